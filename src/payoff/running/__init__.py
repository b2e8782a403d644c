"""Running: one evaluation from spec and rows, or tables of them, to the result."""

from payoff.running.evaluating import judged
from payoff.running.reusing import Reused, reused
from payoff.running.tabulating import Gathered, tabulate

__all__ = ["Gathered", "Reused", "judged", "reused", "tabulate"]
