"""Write docs/reference/support.md: how each metric is estimated, whatever the rows; ``--check`` fails when it is stale.

The page is what evaluations of one generated table say, with rows that are independent, weighted, drawn to another
prevalence or clustered.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import payoff
from pages import write_or_check
from payoff.choices import grids
from payoff.spec.names import FURTHER, METRICS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "support.md"
ROWS, CUSTOMERS, SEED = 4_000, 400, 7
SITUATIONS: Mapping[str, Mapping[str, Any]] = {
    "independent rows": {},
    "on a grid": {},
    "weights": {"weight": "weight"},
    "declared prevalence": {"prevalence": 0.1},
    "clusters": {"cluster": "customer"},
    "clusters and weights": {"cluster": "customer", "weight": "weight"},
}
SHORT = {"delete-a-group jackknife over 20 groups of clusters": "jackknife over groups of clusters"}

LOOKS = """
## Judged at every look

What a hurdle of the same rows gets with `--looks any-time` ([repeated looks](../methods/repeated-looks.md)). Where no
bound holds at every look it is not evaluated, reason `no_any_time`, and the verdict is hold: nothing is approximated.

"""
SEARCHES = """
## The search for slices that lose

How `payoff slices` bounds the worst of the slices it has looked through ([how](../methods/slices.md)), by what the rows
are; here of two columns and their pairs.

"""
HEADER = """# What is estimated how, and where not

How the interval of each metric is made, by what the rows are. *Point* has a value and no interval; *refused* has
neither, for the reason below. Nothing else is approximated in silence. The words are those of `method` in the result;
[metrics](../methods/metrics.md) and [further metrics](../methods/further-metrics.md) explain them.

- *On a grid*: more than 200,000 rows; the bound that the grid puts on a number is printed beside it.
- *Declared prevalence*: `data.prevalence` with rows drawn by outcome, which is a weight by outcome; the share is
  [in no doubt](../methods/value-and-gain.md#given-shares-of-outcomes).
- *Pending rows* are left out of every metric; value and gain have bounds for them.
- *By slice*: value, gain, prevalence, act rate, precision and recall, each as in its column; of independent rows
  without weights also shares less the rest's (`slice_differences`, newcombe_independent); why gains differ
  (`shift_effects`, Hall t against the rest) in every column; metrics of scores only where a guardrail asks for them.
- *Few clusters*: under 30 effective ones every interval is of tier C, reason `few_clusters`; below 100 of tier A-, at
  half its error.
- A *weight* that all rows share is none.
- *Strata and blocks of time* have no key: name what repeats together (a shop, a day) as `data.cluster`. A spec that
  names `strata` is refused.

The table is written by `scripts/support_page.py` from evaluations of one generated table.
"""


def main(arguments: list[str]) -> int:
    """Write or check the page; return the exit code."""
    return write_or_check(PAGE, page(), arguments, "PYTHONPATH=src python scripts/support_page.py")


def page() -> str:
    """Return the page."""
    found = {name: told(name) for name in SITUATIONS}
    lines = [HEADER, f"| metric | {' | '.join(SITUATIONS)} |", "|---|" + "---|" * len(SITUATIONS)]
    for metric in found["independent rows"]:
        cells = [said(found[name][metric]) for name in SITUATIONS]
        lines.append(f"| {metric} | {' | '.join(cells)} |")
    lines += ["", "Refused, and why:", ""]
    reasons: dict[str, list[str]] = {}
    for name, estimates in found.items():
        for metric, one in estimates.items():
            if one.value is None:
                reasons.setdefault(f"{metric}: {str(one.note).split(';')[0]}", []).append(name)
    lines += [f"- {reason} ({', '.join(names)})" for reason, names in reasons.items()]
    return "\n".join(lines) + "\n" + SEARCHES + searches() + LOOKS + looks()


def searches() -> str:
    """Return the table of searches over slices: the method and how many slices could be judged."""
    found = {name: data for name, data in SITUATIONS.items() if name != "on a grid"}
    lines = [f"| | {' | '.join(found)} |", "|---|" + "---|" * len(found)]
    cells = []
    for data in found.values():
        one = payoff.slices(rows(), spec(data) | {"metrics": ["value"]}, ["region", "channel"]).record
        cells.append(f"{one.method} ({one.judged} of {one.searched} judged)")
    lines.append(f"| gain of a slice | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def looks() -> str:
    """Return the table of hurdles that are judged at every look."""
    found = {name: data for name, data in SITUATIONS.items() if name != "on a grid"}
    lines = [f"| threshold | {' | '.join(found)} |", "|---|" + "---|" * len(found)]
    for name, threshold in (("fixed", 0.4), ("tuned (`best`)", "best")):
        cells = []
        for data in found.values():
            asked = spec(data) | {"hurdles": [{"name": "any", "gain": "0 per decision", "over": "nobody"}]}
            asked["model"] = asked["model"] | {"policy": {"threshold": threshold}}
            hurdle = payoff.evaluate(
                rows(), asked | {"metrics": ["recall"]}, looks="any-time"
            ).verdict.hurdles[0]
            cells.append(
                "confidence sequence" if hurdle.reason is None else f"not evaluated: `{hurdle.reason}`"
            )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def said(one: Any) -> str:
    """Return one estimate as a cell of the table."""
    if one.value is None:
        return "refused"
    method = SHORT.get(one.method, one.method)
    return method if one.low is not None else f"point ({method})"


def told(situation: str) -> dict[str, Any]:
    """Return the model's estimate of every metric in one situation, by name; differences by ``less another's``."""
    exact = grids.EXACT_ROWS
    try:
        if situation == "on a grid":
            grids.EXACT_ROWS = 1
        result = payoff.evaluate(rows(), spec(SITUATIONS[situation]))
    finally:
        grids.EXACT_ROWS = exact
    out = {}
    for one in result.estimates:
        if one.of == "model" and one.slice is None and one.per != "year" and one.over in (None, "before"):
            paired = one.over is not None and one.metric != "gain"
            out[f"{one.metric}, less another's" if paired else one.metric] = one
    return out


def rows() -> pa.Table:
    """Return rows of customers with two scores of different skill."""
    rng = np.random.default_rng(SEED)
    skill = rng.normal(0, 1, ROWS)
    views = {name: skill + rng.normal(0, noise, ROWS) for name, noise in (("score", 0.7), ("older", 1.2))}
    return pa.table(
        {
            "id": np.arange(ROWS),
            "y": (rng.random(ROWS) < 1 / (1 + np.exp(1.0 - skill))).astype(int),
            "weight": rng.choice([1.0, 2.0, 3.0], ROWS),
            "customer": rng.integers(0, CUSTOMERS, ROWS),
            **{name: 1 / (1 + np.exp(1.0 - view)) for name, view in views.items()},
            "region": rng.choice(["north", "south", "west"], ROWS),
            "channel": rng.choice(["web", "shop"], ROWS),
        }
    )


def spec(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a spec that asks for every metric."""
    scored = {"score_is": "probability"}
    return {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id", **data},
        "value": {"true_positive": 50, "false_positive": -20, "false_negative": 0, "true_negative": 0},
        "model": {"score": "score", **scored, "policy": {"threshold": 0.4}},
        "baselines": {"before": {"score": "older", **scored, "threshold": 0.4}},
        "today": "before",
        "metrics": [one for one in (*METRICS, *FURTHER) if one not in ("slice_differences", "shift_effects")],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
