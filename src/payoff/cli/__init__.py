"""The command line: each command is a call of the Python interface and a way to tell what came back."""

from payoff.cli.running import main

__all__ = ["main"]
