"""The page of the study, written from the committed figures."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from studies.coverage.grid import BESIDE, SIDES, Cell, all_cells, grid
from studies.coverage.promises import PROMISES, Finding, Measure, finding
from studies.coverage.tallies import Tally
from studies.coverage.words import BROKEN, INTRODUCTION, LEFT_OUT, READING

PAGE = Path(__file__).resolve().parents[2] / "docs" / "methods" / "coverage.md"
FAILING_SHOWN = 12
REGIMES: dict[str, list[Cell]] = {
    "fixed threshold, plain rows": grid("fixed", clustered=False),
    "fixed threshold, plain rows, beside the grid": grid("fixed", clustered=False, amounts=BESIDE),
    "fixed threshold, clusters": grid("fixed", clustered=True),
    "tuned threshold, plain rows": grid("tuned", clustered=False),
    "tuned threshold, clusters": grid("tuned", clustered=True),
    "tuned threshold with skill, plain rows": grid("skilled", clustered=False),
    "tuned threshold with skill, clusters": grid("skilled", clustered=True),
    "top tenth, plain rows": grid("top", clustered=False),
    "top tenth, clusters": grid("top", clustered=True),
}
COLUMNS = (
    "| amounts | side | events | r | draws | A / A- / F / B / none | judged | holds, of all | of printed "
    "| false clear | false miss | seen |"
)
RULER = "|---|---|---:|---:|---:|---|---:|---:|---:|---|---|---|"


def write_page(tallies: Mapping[str, Tally]) -> None:
    """Write the page."""
    PAGE.write_text(page(tallies), encoding="utf-8")


def page(tallies: Mapping[str, Tally]) -> str:
    """Return the page."""
    parts = [INTRODUCTION, *_run(tallies), "## Promises", READING, *_verdicts(tallies), *_failing(tallies)]
    parts += ["## What broke, and what it costs", BROKEN, "## What is left out", LEFT_OUT]
    for name, cells in REGIMES.items():
        lines = [_line(cell, tallies[cell.name]) for cell in cells if cell.name in tallies]
        if lines:
            parts += [f"## Figures: {name}", "\n".join([COLUMNS, RULER, *lines])]
    return "\n\n".join(parts) + "\n"


def _run(tallies: Mapping[str, Tally]) -> Iterator[str]:
    """Yield what ran, when, how long and with what."""
    ran = [tallies[cell.name] for cell in all_cells() if cell.name in tallies]
    if not ran:
        yield "Nothing has run yet."
        return
    draws, seconds = sum(one.all.draws for one in ran), sum(one.seconds for one in ran)
    dates, seeds = sorted({one.date for one in ran}), Counter(one.seed for one in ran)
    told = ", ".join(f"{seed} ({count} cells)" for seed, count in sorted(seeds.items()))
    versions = sorted({", ".join(f"{name} {of}" for name, of in one.versions.items()) for one in ran})
    yield "\n".join(
        [
            f"{len(ran)} of {len(all_cells())} cells, {draws:,} draws, {seconds / 60:.0f} minutes of one processor.",
            f"{' and '.join(dates)}, `python -m studies.coverage`, seeds {told},",
            f"{'; '.join(versions)}.",
        ]
    )
    rows = [
        f"| {name} | {len(held)} of {len(cells)} | {_span(held)} | {sum(one.seconds for one in held) / 60:.1f} |"
        for name, cells in REGIMES.items()
        for held in [[tallies[cell.name] for cell in cells if cell.name in tallies]]
    ]
    yield "\n".join(["| rule and rows | cells | draws of each | minutes |", "|---|---:|---:|---:|", *rows])


def _span(held: list[Tally]) -> str:
    counts = sorted({one.all.draws for one in held})
    return " or ".join(f"{count:,}" for count in counts) or "0"


def _verdicts(tallies: Mapping[str, Tally]) -> Iterator[str]:
    for promise in PROMISES:
        found = {name: finding(promise, cells, tallies) for name, cells in REGIMES.items()}
        rows = [_verdict(name, one) for name, one in found.items() if one.asked]
        head = ["| rule and rows | verdict | cells | nearest to the limit, or beyond |", "|---|---|---:|---|"]
        yield "\n".join([f"**{promise.sentence}.**", "", *head, *rows])


def _verdict(name: str, found: Finding) -> str:
    worst = "" if found.worst is None else _told(found.worst)
    return f"| {name} | **{found.verdict}** | {found.cells} of {found.asked} | {worst} |"


def _told(one: Measure) -> str:
    at = "" if one.at is None else f" at {100 * one.at:g}%"
    side = "at least" if one.at_least else "at most"
    share = f"{100 * one.share:.2f}% (error {100 * one.error:.2f}; {side} {100 * one.limit:.2f})"
    return f"{share}{at}: {one.cell}"


def _failing(tallies: Mapping[str, Tally]) -> Iterator[str]:
    for promise in PROMISES:
        failing = [one for cells in REGIMES.values() for one in finding(promise, cells, tallies).failing]
        if failing:
            failing.sort(key=lambda one: one.beyond, reverse=True)
            shown = [f"- {one.verdict}: {_told(one)}" for one in failing[:FAILING_SHOWN]]
            more = len(failing) - len(shown)
            rest = [f"- and {more} more, in the figures below"] if more > 0 else []
            yield "\n".join([f"Beyond the limit: {promise.sentence}.", "", *shown, *rest])


def _line(cell: Cell, tally: Tally) -> str:
    of, every = cell.population, tally.all
    draws = every.draws

    def each(numbers: tuple[int, ...]) -> str:
        return " / ".join(f"{100 * number / draws:.1f}" for number in numbers)

    tiers = " / ".join(
        f"{100 * tally.tiers[tier].draws / draws:.0f}" if tier in tally.tiers else "0"
        for tier in ("A", "A-", "F", "B", "C")
    )
    printed = f"{100 * every.held / every.printed:.1f}" if every.printed else "none"
    columns = [
        str(of.amounts),
        SIDES[of.sign],
        f"{of.events:,}",
        f"{of.tail_ratio:.2f}",
        f"{draws:,}",
        tiers,
        f"{100 * tally.judged / draws:.1f}",
        f"{100 * every.held / draws:.1f}",
        printed,
        each(every.cleared),
        each(every.missed),
        each(every.seen),
    ]
    return f"| {' | '.join(columns)} |"
