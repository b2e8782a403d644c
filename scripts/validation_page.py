"""Write docs/methods/validation.md from committed figures and the table of laws; ``--check`` fails when it is stale.

PYTHONPATH=src:. python scripts/validation_page.py [--check]
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from studies.coverage.__main__ import FIGURES
from studies.coverage.grid import all_cells
from studies.coverage.page import REGIMES
from studies.coverage.promises import PROMISES, Finding, finding
from studies.coverage.tallies import read
from tests.catalogue.laws import HOLDS, LAWS, said_of

from pages import write_or_check
from payoff.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "methods" / "validation.md"
HEADER = """# Validation

What the numbers of payoff have been held to, beside the tests of every method. This page is written by
`scripts/validation_page.py` from the committed figures in `studies/results` and from `tests/catalogue/laws.py`, and
`make test` fails when it is stale.
"""
NIST = """## Reference data of NIST

Mean and standard deviation of the nine univariate Statistical Reference Datasets, through a spec whose value is the
column (`act: x`, `skip: 0`): the mean is the value per decision of acting on everybody, the standard deviation its
standard error times the root of the rows. In digits that agree with the certified figure (log relative error, at most
15). *Exact sum* is the mean of the exact sum of money in quanta; *doubles* that of the sums of centred doubles, which
estimates are made of: on 5,000 digits of pi it agrees to 14.88, a little short of the 14.9 aimed at, since the centre
is chosen once, from a middle that enormous rows do not move, and is not the mean. *Ceiling* is the standard deviation,
without rounding, of the values as
doubles hold them: 10000000.1 is no double, and no sum over doubles can be nearer to what was certified for decimals.
The worst of the engines is shown ({engines}); they differ by {apart} at most in the digits shown.
`python -m studies.nist` repeats it.

| set | rows | mean, exact sum | mean, doubles | standard deviation | ceiling |
|---|---|---|---|---|---|
"""
ORACLES = """## Independent implementations

Random data sets with ties, weights and rare outcomes, put to payoff and to implementations that share no code with it.
The largest difference, relative to the number where it is above 1. As many data sets as some seconds allow, 5,000 at
most, and a tenth where the other side is slow; a part runs with every `make test`, and
`python -m studies.oracles --seconds 1200`
gives each up to twenty minutes (seed {seed}; {versions}).

| implementation | estimator | data sets | largest difference |
|---|---|---|---|
"""
COVERAGE = """## Coverage

Data sets whose true gain is known, judged as an evaluation judges them ([every figure](coverage.md), seed and time;
{ran} of {cells} cells ran). Each promise under each rule: *kept* in every cell that ran, *broken* in one, *open* where
its draws are too few to tell; and how many cells that is, of those that it speaks of.

"""
LAWS_OF = """## Laws

{count} properties, each tried on random rows that Hypothesis draws (`tests/catalogue/test_metric_laws.py`). A metric
of the catalogue without an entry for every law fails the build, and of every law that is said to fail some table is
shown that breaks it.

"""
MUTATION = """## Broken on purpose

One small change at a time to the rooms `stats` and `verdicts` (a comparison, an operator, a constant, a sign, a
returned value), drawn by lot over all their modules (seed {seed}); a change is killed when a test that calls its
function fails or does not end. Tests of more than some seconds, most of them simulations, are left out. `make mutate`
goes on where it was stopped.

| room | possible | tried | killed | share |
|---|---|---|---|---|
"""


def main(arguments: list[str]) -> int:
    """Write or check the page; return the exit code."""
    return write_or_check(PAGE, page(), arguments, "PYTHONPATH=src:. python scripts/validation_page.py")


def page() -> str:
    """Return the page."""
    return "\n".join(
        part.rstrip() + "\n" for part in (HEADER, coverage(), nist(), oracles(), laws(), mutation())
    )


def newest(kind: str) -> Any:
    """Return the figures of the last day that has some."""
    return json.loads(max((ROOT / "studies" / "results").glob(f"{kind}-*.json")).read_text())


def coverage() -> str:
    """Return what the study of coverage says of every promise under every rule."""
    tallies = read(FIGURES)
    rows = [
        [promise.sentence, *(_promised(finding(promise, cells, tallies)) for cells in REGIMES.values())]
        for promise in PROMISES
    ]
    head = f"| promise | {' | '.join(REGIMES)} |\n|{'---|' * (len(REGIMES) + 1)}\n"
    cells = all_cells()
    ran = sum(cell.name in tallies for cell in cells)
    return COVERAGE.format(ran=ran, cells=len(cells)) + head + table(rows)


def _promised(found: Finding) -> str:
    return f"{found.verdict}, {found.cells} of {found.asked}" if found.asked else ""


def nist() -> str:
    """Return the table of the reference data, the worst engine of each set."""
    names, by_set = [], defaultdict(list)
    for one in newest("nist"):
        by_set[one["set"]].append(one)
        names.append(one["engine"])
    columns = ("mean", "mean_of_doubles", "standard_deviation")
    gaps = [
        max(one[name] for one in held) - min(one[name] for one in held)
        for held in by_set.values()
        for name in columns
    ]
    head = NIST.format(engines=", ".join(dict.fromkeys(names)), apart=round(max(gaps), 1))
    rows = [
        [
            name,
            f"{held[0]['rows']:,}",
            *(min(one[each] for one in held) for each in columns),
            held[0]["ceiling"],
        ]
        for name, held in by_set.items()
    ]
    return head + table(rows)


def oracles() -> str:
    """Return the table of independent implementations."""
    found = newest("oracles")
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    rows = [
        [one["by"], one["estimator"], f"{one['sets']:,}", f"{one['largest']:.0e}"] for one in found["figures"]
    ]
    return ORACLES.format(seed=found["seed"], versions=versions) + table(rows)


def laws() -> str:
    """Return the laws, the matrix of metrics and laws, and the reasons."""
    head = LAWS_OF.format(count=sum(len(names) for names in HOLDS.values()))
    listed = "".join(f"- **{law}**: {meaning}.\n" for law, meaning in LAWS.items())
    reasons: dict[str, str] = {}
    rows = [[f"`{name}`", *(_cell(said_of(law, name)[0], reasons) for law in LAWS)] for name in CATALOGUE]
    matrix = f"| metric | {' | '.join(LAWS)} |\n|{'---|' * (len(LAWS) + 1)}\n" + table(rows)
    explained = "".join(f"- {mark}: {why}.\n" for why, mark in reasons.items())
    return f"{head}{listed}\n{matrix}\nIn brackets: it does not hold; without: it asks nothing, because\n\n{explained}"


def _cell(said: str, reasons: dict[str, str]) -> str:
    """Return yes, or the letter of the reason, in brackets where the law fails."""
    if said == "holds":
        return "yes"
    word, why = said.split(": ", 1)
    mark = reasons.setdefault(why, ascii_lowercase[len(reasons)])
    return f"({mark})" if word == "fails" else mark


def mutation() -> str:
    """Return how many changes were noticed, and every one that was not, with its judgement."""
    found = newest("mutation")
    rows = [
        [
            f"`{room}`",
            f"{one['mutants']:,}",
            one["tried"],
            one["killed"],
            f"{one['killed'] / max(one['tried'], 1):.0%}",
        ]
        for room, one in found["rooms"].items()
    ]
    left = [
        [f"`{one['module'].removeprefix('payoff/')}` {one['line']}", _change(one), one["judged"]]
        for one in found["survivors"]
    ]
    tried, killed = (sum(one[name] for one in found["rooms"].values()) for name in ("tried", "killed"))
    alike = sum(one["judged"].startswith("equivalent") for one in found["survivors"])
    share = f"{killed / max(tried - alike, 1):.1%}"
    since = sum(one["judged"].startswith("killed") for one in found["survivors"])
    head = (
        f"\nOf the {tried:,} that were tried, {alike} change nothing that could be noticed (*equivalent* below); of "
        f"the others {share} were killed. Tests written since, or too slow for that run, kill {since} more: each "
        f"was seen to fail by hand, which makes {(killed + since) / max(tried - alike, 1):.1%}.\n\n"
        "Those that the run did not notice:\n\n| where | change | judged |\n|---|---|---|\n"
    )
    return MUTATION.format(seed=found["seed"]) + table(rows) + (head + table(left) if left else "")


def _change(survivor: dict[str, Any]) -> str:
    before, after = (survivor[name].replace("|", "\\|").replace("\n", " ") for name in ("before", "after"))
    return f"`{before}` to `{after}`"


def table(rows: list[list[Any]]) -> str:
    """Return rows of a table in Markdown."""
    return "".join(f"| {' | '.join(str(cell) for cell in row)} |\n" for row in rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
