"""Waiting for a long query in such a way that signals are heard and somebody can be told how far it is.

Python hears a signal in its main thread, between two steps of its own: while a library computes there, it hears
nothing. So the library computes in another thread, and this one waits.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar, runtime_checkable

# How often is looked, and how long a query may take to stop, in seconds.
GLANCE = 0.2
GRACE = 1.2
TINY = 0.02
NAME = "payoff-query"

T = TypeVar("T")


@runtime_checkable
class Watchable(Protocol):
    """An engine that can tell how far a query is while it runs; not every engine can."""

    def watch(self, told: Callable[[float], None]) -> int:
        """Call ``told`` with the share done of each long query while it runs; return the rows of ``source``."""


class _Work(Generic[T]):
    """What a thread computes, and what came of it."""

    def __init__(self, compute: Callable[[], T]) -> None:
        self._compute, self.done = compute, threading.Event()
        self.found: list[T] = []
        self.problem: BaseException | None = None

    def __call__(self) -> None:
        try:
            self.found.append(self._compute())
        except BaseException as problem:  # noqa: BLE001 - it is raised where it is waited for
            self.problem = problem
        finally:
            self.done.set()


def wait_for(compute: Callable[[], T], of: object, stop: Callable[[], None], glance: Callable[[], None]) -> T:
    """Return what ``compute`` returns, or raise what it raises.

    Parameters
    ----------
    of : what computes, such as a connection; see ``is_stuck``.
    stop : called when the wait is broken off, by Ctrl-C say, until ``compute`` has ended. It is waited for, though
        not for ever.
    glance : called a few times a second while ``compute`` runs.
    """
    work = _Work(compute)
    thread = threading.Thread(target=work, name=_named(of), daemon=True)
    thread.start()
    try:
        while not work.done.wait(GLANCE):
            glance()
    except BaseException:
        until = time.monotonic() + GRACE
        # Again and again: what had only just begun may not have heard it.
        while not work.done.wait(TINY) and time.monotonic() < until:
            stop()
        raise
    thread.join()
    if work.problem is not None:
        raise work.problem
    return work.found[0]


def is_stuck(of: object | None = None) -> bool:
    """Return whether something still computes that nothing waits for any more: of one connection, or of any."""
    name = NAME if of is None else _named(of)
    return any(thread.name.startswith(name) and thread.is_alive() for thread in threading.enumerate())


def _named(of: object) -> str:
    return f"{NAME}-{id(of)}-"
