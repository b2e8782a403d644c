"""What all further metrics together cost beside the default ones, where money varies by row and where it does not."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import specs
from benchmarks.contenders import ours
from benchmarks.sizes import answered, table
from benchmarks.turns import Turns, in_turn

SIZES = (1_000_000, 10_000_000)
DEFAULT, ALL = "default metrics", "all further metrics"
# One further metric, the expected maximum profit, exists only where acting is worth the same in all rows of an outcome.
MONEY = ("money by row", "constant money")


def variants() -> dict[str, specs.Spec]:
    """Return the questions whose costs are compared, by name."""
    questions = dict(zip(MONEY, (specs.base(), specs.with_constant_money(specs.base())), strict=True))
    found: dict[str, specs.Spec] = {}
    for money, spec in questions.items():
        found |= {f"{DEFAULT}, {money}": spec, f"{ALL}, {money}": specs.with_all_metrics(spec)}
    return found


def compare(sizes: Sequence[int], turns: Turns, folder: Path) -> dict[str, Any]:
    """Return, by rows, what each variant of the question takes and how much came out."""
    return {str(rows): _at(rows, turns, folder / str(rows)) for rows in sizes}


def _at(rows: int, turns: Turns, folder: Path) -> dict[str, Any]:
    data, written = table(rows), folder.parent
    outs = {name: folder / f"variant {place}" for place, name in enumerate(variants())}
    contenders = [
        ours(data, outs[name], specs.write(spec, outs[name] / "spec.json"), name)
        for name, spec in variants().items()
    ]
    found = in_turn(contenders, turns, written)
    return {"found": found, "answers": {name: answered(out / "result.json") for name, out in outs.items()}}


def ratios(found: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return CPU for all metrics as a multiple of that for the default ones, by money.

    Examples
    --------
    >>> names = [f"{which}, {money}" for money in MONEY for which in (DEFAULT, ALL)]
    >>> cpu = dict(zip(names, (2.0, 3.0, 1.0, 1.25)))
    >>> ratios({name: {"cpu": value} for name, value in cpu.items()})
    {'money by row': 1.5, 'constant money': 1.25}
    """
    return {money: found[f"{ALL}, {money}"]["cpu"] / found[f"{DEFAULT}, {money}"]["cpu"] for money in MONEY}
