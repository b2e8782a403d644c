"""A day's figures as a page of Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.contenders import KNOWN
from benchmarks.limits import Document, Limit
from benchmarks.processes import DONE

MEASURED = (
    "Whole processes with imports, warm page cache, medians of runs that took turns after one that is not counted "
    "(what takes over a minute runs once). CPU is user and system, children included. Inside is the same seconds of "
    "CPU after the imports, told by the process itself. Ratios are of one session."
)
OURS = {
    "payoff": "all of it: both thresholds looked for, every metric with its interval, three baselines, 120 slices, "
    "curves, checks, verdict, result.json, report.html",
    "payoff from Python": "the same from Python",
    "floor": "a process that adds up each column that the question needs",
}


def page(document: Document, judged: Sequence[Limit]) -> str:
    """Return the page of a day's figures."""
    parts = [_head(document), *(_size(rows, one) for rows, one in document.get("sizes", {}).items())]
    parts += [part(document[key]) for key, part in (("start", _start), ("laws", _laws)) if document.get(key)]
    parts += [_further(rows, one) for rows, one in document.get("further", {}).items()]
    parts += [_one(name, document[name]) for name in ("spark", "flights") if document.get(name)]
    parts += [_limits(judged), _gives(document)]
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _head(document: Document) -> Iterator[str]:
    machine = document.get("machine", {})
    versions = ", ".join(f"{name} {found}" for name, found in document.get("versions", {}).items())
    yield from (f"# Speed, {document.get('date', 'some day')}", "", MEASURED, "")
    yield (
        f"Machine: {machine.get('kind')}, {machine.get('cores')} cores, {machine.get('instructions')}, "
        f"{machine.get('memory_gib')} GiB. Versions: {versions}."
    )
    commands = ", ".join(f"`{one}`" for one in document.get("commands", []))
    yield from ("", f"Commands, in this order: {commands}.")


def _size(rows: str, size: Mapping[str, Any]) -> Iterator[str]:
    answer, found = size["answer"], size["found"]
    yield from ("", f"## {int(rows):,} rows", "")
    yield (
        f"payoff answered with {answer['estimates']:,} estimates, {answer['intervals']:,} of them with an interval, "
        f"{answer['slices']} slices and {answer['curves']} curves."
    )
    if size.get("left out"):
        yield f"Not run at this size: {', '.join(size['left out'])}."
    yield ""
    yield from table(found, found.get("payoff"))


def table(found: Mapping[str, Mapping[str, Any]], ours: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield a table of contenders; the last column holds CPU against payoff's."""
    yield "| | CPU s | inside, CPU s | wall s | peak MiB | CPU over payoff's | every run, CPU s |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for name, one in found.items():
        inside = f"{one['inside']['cpu']:.2f}" if one["inside"] else ""
        times = f"{one['cpu'] / ours['cpu']:.2f}" if ours and ours["cpu"] else ""
        every = ", ".join(f"{run['cpu']:.2f}" for run in one["runs"])
        end = "" if one["state"] == DONE else f" ({one['state']})"
        yield (
            f"| {name}{end} | {one['cpu']:.2f} | {inside} | {one['wall']:.2f} | {one['peak'] / 2**20:,.0f} | "
            f"{times} | {every} |"
        )


def _start(start: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## To begin", "")
    yield from table(start["found"], None)
    yield from ("", "Where a thousand rows spend their imports, ms in each package's own modules:", "")
    yield ", ".join(f"{name} {cost:.0f}" for name, cost in start["imports"]) + "."


def _laws(laws: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"## How cost grows, {laws['rows']:,} rows", "")
    yield from table(laws["found"], laws["found"]["as asked"])
    counts = (f"{name} {one['estimates']:,}" for name, one in laws["answers"].items())
    yield from ("", f"Estimates that came out: {', '.join(counts)}.")


def _further(rows: str, one: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"## All further metrics, {int(rows):,} rows", "")
    yield "CPU over that of the default metrics where money varies by row."
    yield ""
    yield from table(one["found"], next(iter(one["found"].values())))
    counts = (f"{name} {answer['estimates']:,}" for name, answer in one["answers"].items())
    yield from ("", f"Estimates that came out: {'; '.join(counts)}.")


def _one(name: str, part: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"## {name.capitalize()}", "", part["told"])
    if part.get("found"):
        yield ""
        yield from table(part["found"], part["found"].get("payoff"))


def _limits(judged: Sequence[Limit]) -> Iterator[str]:
    yield from ("", "## Limits", "", "| | found | allowed | holds |", "|---|---:|---:|---|")
    said = {True: "yes", False: "**no**", None: "not measured"}
    for one in judged:
        found = "" if one.found is None else f"{one.found:,.3g}"
        word = "at least" if one.at_least else "at most"
        yield f"| {one.name} | {found} | {word} {one.allowed:,.4g} | {said[one.holds]} |"


def _gives(document: Document) -> Iterator[str]:
    versions: dict[str, Mapping[str, str]] = {}
    for size in document.get("sizes", {}).values():
        versions |= {name: one["versions"] for name, one in size["found"].items()}
    yield from ("", "## What each computed", "", "| | what | versions |", "|---|---|---|")
    for name, found in versions.items():
        what = OURS.get(name) or KNOWN[name].gives
        yield f"| {name} | {what} | {', '.join(f'{key} {value}' for key, value in found.items())} |"
