"""What the register says beside assumptions and checks: methods, provenance, and what changed since a reference."""

from typing import Any

from payoff.record import Result
from payoff.rendering import numbers
from payoff.rendering.changes import changes_since
from payoff.rendering.doubt import Cell, Table
from payoff.rendering.provenance import command, provenance, spec_file, spec_text
from payoff.rendering.wording import metric_title

MOST_CHECKS = 200
MOST_METHODS = 60
NAMED_METRICS = 4


def register_parts(result: Result, reference: Result | None) -> dict[str, Any]:
    """Return what the template of the register names; ``changes`` is None without a reference."""
    return {
        "changes": None if reference is None else changes_since(result, reference),
        "checks": result.data.checks[:MOST_CHECKS],
        "more_checks": max(len(result.data.checks) - MOST_CHECKS, 0),
        "methods": methods_table(result),
        "provenance": provenance(result),
        "command": command(result),
        "spec_file": spec_file(result.spec_text),
        "spec_text": spec_text(result),
    }


def methods_table(result: Result) -> Table:
    """Return how the intervals were made: every method, what it was used for, how often, and its tiers."""
    used: dict[str, list[Any]] = {}
    for one in result.estimates:
        used.setdefault(one.method, []).append(one)
    rows: list[tuple[Cell, ...]] = []
    for method, estimates in sorted(used.items(), key=lambda each: -len(each[1]))[:MOST_METHODS]:
        titles = list(dict.fromkeys(metric_title(one.metric) for one in estimates))
        more = len(titles) - NAMED_METRICS
        named = ", ".join(titles[:NAMED_METRICS]) + (f" and {numbers.count(more)} more" if more > 0 else "")
        tiers = ", ".join(sorted({one.tier for one in estimates}))
        rows.append((method, named, numbers.count(len(estimates)), tiers))
    left = len(used) - len(rows)
    return Table(
        title="Methods",
        caption="How values and intervals were made, the most used first.",
        columns=("Method", "Used for", "Estimates", "Trust"),
        rows=tuple(rows),
        lines=(f"{numbers.count(left)} more methods are in result.json.",) if left > 0 else (),
    )
