"""Rows that wait for room: the queue of every team, worked from the highest score down, period by period."""

import heapq
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Queued:
    """What becomes of the rows that arrive in every pool, be it at once or later.

    Attributes
    ----------
    cut, part : (P,) lowest score that is reached, and the part of its rows that is; NaN where all rows are.
    used : (P,) places that are taken in the period, by its own rows or by those that waited.
    """

    cut: Floats
    part: Floats
    used: Floats


@dataclass(slots=True)
class _Queue:
    """The rows of one team that wait: heaps of (-score, arrival, what they still take, what they took at first)."""

    waiting: list[tuple[float, int, float, float]] = field(default_factory=list)

    def work(self, now: int, room: float, patience: int) -> tuple[float, list[tuple[int, float, float]]]:
        """Give ``room`` to those who wait, and return what was used and (arrival, score, part done) of each."""
        used, done = 0.0, []
        while self.waiting and used < room:
            score = self.waiting[0][0]
            tied = []
            while self.waiting and self.waiting[0][0] == score:
                one = heapq.heappop(self.waiting)
                if now - one[1] <= patience:
                    tied.append(one)
            wanted = sum(one[2] for one in tied)
            given = min(1.0, (room - used) / wanted) if tied else 0.0
            used += given * wanted
            for _, arrival, left, first in tied:
                rest = left - given * left if given < 1.0 else 0.0
                done.append((arrival, -score, 1.0 - rest / first))
                if rest > 0.0:
                    heapq.heappush(self.waiting, (score, arrival, rest, first))
        return used, done


def queued(pool: Integers, score: Floats, cost: Floats, about: "Arrivals") -> Queued:
    """Return what becomes of all rows.

    Parameters
    ----------
    pool, score, cost : (c,) cells by pool and score, pools in order.
    about : when each pool's rows arrive, of which team they are, its room, and how long they wait.

    A score that is higher goes first, however long others have waited; equal scores share. Periods in which no row
    arrives anywhere have no room.

    >>> about = Arrivals(turn=np.array([0, 1]), team=np.array([0, 0]), room=np.array([1.0, 1.0]), patience=1)
    >>> found = queued(np.array([0, 0, 1]), np.array([0.9, 0.8, 0.1]), np.ones(3), about)
    >>> found.cut.tolist(), found.part.tolist()  # 0.8 waits a day and goes before 0.1
    ([nan, 0.1], [1.0, 0.0])
    """
    size, arrivals = len(about.turn), np.searchsorted(pool, np.arange(len(about.turn) + 1))
    lowest, part = np.full(size, np.inf), np.zeros(size)
    used, teams = np.zeros(size), {team: _Queue() for team in set(about.team.tolist())}
    place = {(int(about.team[j]), int(about.turn[j])): j for j in range(size)}
    room = {int(about.team[j]): float(about.room[j]) for j in range(size)}
    for turn in range(int(about.turn.max(initial=-1)) + 1):
        for team, queue in teams.items():
            here = place.get((team, turn))
            if here is not None:
                for cell in range(arrivals[here], arrivals[here + 1]):
                    heapq.heappush(queue.waiting, (-score[cell], turn, cost[cell], cost[cell]))
            taken, done = queue.work(turn, room[team], about.patience)
            for arrival, at, share in done:
                j = place[(team, arrival)]
                if at <= lowest[j]:
                    lowest[j], part[j] = at, share
            if here is not None:
                used[here] += taken
    least = np.array([score[arrivals[j] : arrivals[j + 1]].min() for j in range(size)])
    most = np.array([score[arrivals[j] : arrivals[j + 1]].max() for j in range(size)])
    untouched = np.isinf(lowest)
    everyone = ~untouched & (lowest == least) & (part >= 1.0)
    cut = np.where(everyone, np.nan, np.where(untouched, most, lowest))
    return Queued(cut=cut, part=np.where(everyone, 1.0, part), used=used)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Arrivals:
    """The pools of rows that wait.

    Attributes
    ----------
    turn : (P,) number of the pool's period among those in which rows arrive, from 0.
    team : (P,) number of its team.
    room : (P,) places in a period.
    patience : further periods that a row waits.
    """

    turn: Integers
    team: Integers
    room: Floats
    patience: int
