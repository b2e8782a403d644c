"""How cost grows: with metrics, with slices and with policies, on the same rows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import specs
from benchmarks.contenders import ours
from benchmarks.sizes import answered, table
from benchmarks.turns import Turns, in_turn

FURTHER = (1, 5, 10)


def variants() -> dict[str, specs.Spec]:
    """Return the questions whose costs are compared, by name."""
    base = specs.base()
    found: dict[str, specs.Spec] = {
        "as asked": base,
        "one metric": specs.with_one_metric(base),
        "1,200 slices": specs.with_many_slices(base),
    }
    return found | {f"further policies: {count}": specs.with_policies(base, count) for count in FURTHER}


def grow(rows: int, turns: Turns, folder: Path) -> dict[str, Any]:
    """Return what each variant of the question takes on ``rows`` rows, and how much came out."""
    data = table(rows)
    outs = {name: folder / f"variant {place}" for place, name in enumerate(variants())}
    contenders = [
        ours(data, outs[name], specs.write(spec, outs[name] / "spec.json"), name)
        for name, spec in variants().items()
    ]
    found = in_turn(contenders, turns, folder)
    answers = {name: answered(out / "result.json") for name, out in outs.items()}
    return {"rows": rows, "found": found, "answers": answers}


def ratios(found: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return each growth as a ratio of CPU; for policies, what one further costs as a share.

    Examples
    --------
    >>> cpu = {"as asked": 2.0, "one metric": 1.6, "1,200 slices": 2.2, "further policies: 10": 3.0}
    >>> ratios({name: {"cpu": value} for name, value in cpu.items()})
    {'metrics': 1.25, 'slices': 1.1, 'policy of 10': 0.05}
    """
    base = found["as asked"]["cpu"]
    out = {"metrics": base / found["one metric"]["cpu"], "slices": found["1,200 slices"]["cpu"] / base}
    for count in FURTHER:
        name = f"further policies: {count}"
        if name in found:
            out[f"policy of {count}"] = (found[name]["cpu"] / base - 1) / count
    return out
