"""Running: one evaluation from spec and data to the result."""

from payoff.running.evaluating import run

__all__ = ["run"]
