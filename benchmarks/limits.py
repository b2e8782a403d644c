"""What must hold of a session's figures. Each limit is judged where its figures were measured, and said where not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks import further
from benchmarks.laws import ratios
from benchmarks.processes import DONE

Document = Mapping[str, Any]

JUDGED, LARGEST = "10000000", "100000000"
# How many times less CPU than each peer at ten million rows.
LESS_THAN = {"Evidently": 20.0, "NannyML": 15.0, "scikit-learn": 4.0}
FLOORS = 12.0
TENFOLD, PEAK_GIB = 12.0, 2.0
SMALL_CPU, IMPORT_CPU, HELP_CPU = 1.2, 0.25, 0.5
GROWTH, PER_POLICY, ALL_METRICS = 1.5, 0.10, 2.0
SPARK_TIMES, SPARK_DOUBLE = 15.0, 2.0
# At a million rows: four shares in each of 120 slices, and at least 60 numbers of all rows.
SLICES, LEAST_ESTIMATES, LEAST_INTERVALS, COMMON = 120, 720, 540, 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit: what was found, what is allowed, and whether it holds; ``found`` is None where not measured."""

    name: str
    found: float | None
    allowed: float
    at_least: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether it holds; None where it was not measured."""
        if self.found is None:
            return None
        return self.found >= self.allowed if self.at_least else self.found <= self.allowed


def limits(document: Document) -> list[Limit]:
    """Return every limit, judged on what the document holds."""
    return [
        *_against_peers(document),
        *_at_scale(document),
        *_beginnings(document),
        *_growths(document),
        *_further(document),
        *_answers(document),
        *_on_spark(document),
    ]


def _against_peers(document: Document) -> Iterator[Limit]:
    for name, times in LESS_THAN.items():
        found = ratio(document, JUDGED, name, "payoff")
        yield Limit(name=f"times less CPU than {name}, 1e7 rows", found=found, allowed=times, at_least=True)
    found = ratio(document, JUDGED, "payoff", "floor")
    yield Limit(name="times the CPU of the bare scan, 1e7 rows", found=found, allowed=FLOORS)


def _at_scale(document: Document) -> Iterator[Limit]:
    small, large = taken(document, JUDGED, "payoff"), taken(document, LARGEST, "payoff")
    for what in ("cpu", "wall"):
        times = large[what] / small[what] if small and large else None
        yield Limit(name=f"times the {what} at 1e8 rows of that at 1e7", found=times, allowed=TENFOLD)
    peak = large["peak"] / 2**30 if large else None
    yield Limit(name="peak GiB at 1e8 rows", found=peak, allowed=PEAK_GIB)


def _beginnings(document: Document) -> Iterator[Limit]:
    found = document.get("start", {}).get("found", {})
    for name, allowed in (
        ("import payoff", IMPORT_CPU),
        ("payoff --help", HELP_CPU),
        ("a thousand rows", SMALL_CPU),
    ):
        yield Limit(name=f"CPU s of {name}", found=found.get(name, {}).get("cpu"), allowed=allowed)


def _growths(document: Document) -> Iterator[Limit]:
    laws = document.get("laws")
    found = ratios(laws["found"]) if laws else {}
    yield Limit(name="times the CPU for every metric against one", found=found.get("metrics"), allowed=GROWTH)
    yield Limit(name="times the CPU for 1,200 slices against 120", found=found.get("slices"), allowed=GROWTH)
    for count in (1, 5, 10):
        share = found.get(f"policy of {count}")
        yield Limit(
            name=f"share of CPU that each of {count} further policies costs", found=share, allowed=PER_POLICY
        )


def _further(document: Document) -> Iterator[Limit]:
    for rows in further.SIZES:
        measured = document.get("further", {}).get(str(rows))
        times = further.ratios(measured["found"]) if measured else {}
        for money in further.MONEY:
            name = f"times the CPU for all further metrics, {rows:,} rows, {money}"
            yield Limit(name=name, found=times.get(money), allowed=ALL_METRICS)


def _answers(document: Document) -> Iterator[Limit]:
    least = {"estimates": LEAST_ESTIMATES, "intervals": LEAST_INTERVALS, "slices": SLICES}
    for rows, size in document.get("sizes", {}).items():
        if int(rows) >= COMMON:
            for what, allowed in least.items():
                name = f"{what} that came out at {int(rows):,} rows"
                yield Limit(name=name, found=size["answer"][what], allowed=allowed, at_least=True)


def _on_spark(document: Document) -> Iterator[Limit]:
    found = document.get("spark", {})
    yield Limit(
        name="times the wall time on Spark local[2] of that on DuckDB",
        found=found.get("times"),
        allowed=SPARK_TIMES,
    )
    yield Limit(
        name="times the wall time on Spark for double the rows",
        found=found.get("double"),
        allowed=SPARK_DOUBLE,
    )


def taken(document: Document, rows: str, name: str) -> Mapping[str, Any] | None:
    """Return what a contender took at a size, None where it was not measured or did not come to its end."""
    found = document.get("sizes", {}).get(rows, {}).get("found", {}).get(name)
    return found if found and found["state"] == DONE else None


def ratio(document: Document, rows: str, over: str, under: str) -> float | None:
    """Return the ratio of two contenders' CPU at a size.

    A contender that was ended is held against what it had taken by then: a ratio that is at least so large.
    """
    found = document.get("sizes", {}).get(rows, {}).get("found", {})
    below = taken(document, rows, under)
    above = found.get(over)
    if below is None or above is None or above["state"].startswith(("exit", "signal")):
        return None
    return float(above["cpu"] / below["cpu"])
