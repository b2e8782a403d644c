"""How far an evaluation is: steps by name, and within long ones the share done, for whoever wants to be told."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from payoff.engines import Engine, Watchable
from payoff.spec.model import Spec

# Steps that ask the engine: columns, rows, decisions, and each score. Those after them do not grow with the rows.
OTHER_STEPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far an evaluation is.

    Attributes
    ----------
    step : what is being done.
    share : of the whole evaluation, 0 to 1, estimated: steps count alike. None where nobody can say.
    rows : rows of the data.
    seconds : since the evaluation began.
    """

    step: str
    share: float | None
    rows: int
    seconds: float

    @property
    def rate(self) -> float | None:
        """Return rows per second: those of the data times the share done."""
        return self.rows * self.share / self.seconds if self.share and self.seconds > 0 else None

    @property
    def left(self) -> float | None:
        """Return the seconds left if the rest goes as fast.

        >>> Reached(step="counting", share=0.25, rows=1000, seconds=10.0).left
        30.0
        """
        return self.seconds * (1 - self.share) / self.share if self.share else None


@runtime_checkable
class Follower(Protocol):
    """Who is told more than the names of steps."""

    def __call__(self, step: str) -> None:
        """Hear that a step begins."""

    def reach(self, reached: Reached) -> None:
        """Hear how far the evaluation is: a few times a second while a query runs."""


class Steps:
    """Passes on each step as it begins and, where somebody follows and the engine can tell, how far it is.

    A step may ask several long queries, and nobody knows how many: each fills half of what the step has left.
    """

    def __init__(self, told: Callable[[str], None], engine: Engine, count: int) -> None:
        self._told, self._count = told, count
        self._step, self._number = "", -1
        self._floor = self._within = 0.0
        self._began = time.monotonic()
        self._rows = 0
        if isinstance(told, Follower) and isinstance(engine, Watchable):
            self._rows = engine.watch(self._advance)

    def __call__(self, step: str) -> None:
        """Begin a step."""
        self._step, self._number = step, self._number + 1
        self._floor = self._within = 0.0
        self._told(step)

    def _advance(self, share: float) -> None:
        if share < self._within:  # another query
            self._floor += (1 - self._floor) * self._within / 2
        self._within = share
        done = self._floor + (1 - self._floor) * share / 2
        if isinstance(self._told, Follower):
            whole = min((max(self._number, 0) + done) / self._count, 1.0)
            seconds = time.monotonic() - self._began
            self._told.reach(Reached(step=self._step, share=whole, rows=self._rows, seconds=seconds))


def following(told: Callable[[str], None], engine: Engine, spec: Spec) -> Steps:
    """Return what passes on the steps of one evaluation to ``told``, who hears more if it is a ``Follower``."""
    return Steps(told, engine, OTHER_STEPS + len(spec.scored))
