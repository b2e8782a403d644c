"""Shares of a slice less those of all other rows: Newcombe's independent interval, refused where rows are not."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

import payoff
from payoff.stats.estimates import Estimate
from payoff.stats.proportions import newcombe_independent

# Sums of whole rows; both are the same closed form.
ROUNDING = 1e-9
NAMES = ("prevalence", "act_rate", "precision", "recall")


def rows_of(count: int = 1_200) -> pd.DataFrame:
    generator = np.random.default_rng(8)
    region = generator.choice(["east", "north", "south", "tiny"], count, p=[0.4, 0.3, 0.295, 0.005])
    p = generator.beta(2, 3, count).round(2)
    y = generator.random(count) < np.where(region == "east", p, 0.6 * p)
    customer = np.arange(count) // 4
    return pd.DataFrame(
        {
            "id": np.arange(count),
            "y": y,
            "p": p,
            "region": region,
            "w": 1.0 + customer % 2,
            "customer": customer,
        }
    )


def evaluated(rows: pd.DataFrame, **changes: Any) -> payoff.Result:
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then 3 else -1 end", "skip": 0},
        "model": {"name": "model", "score": "p", "score_is": "probability", "policy": {"threshold": 0.4}},
        "today": "nobody",
        "slices": ["region"],
        "metrics": ["slice_differences"],
    }
    return payoff.evaluate(rows, spec | changes)


def told(result: payoff.Result, name: str) -> dict[str, Estimate]:
    return {one.slice["region"]: one for one in result.estimates if one.metric == f"{name}_difference"}


def counted(rows: pd.DataFrame, name: str) -> tuple[pd.Series, pd.Series]:
    """Return whether a row is one of the share's, and whether it counts in it."""
    acted, every = rows["p"] >= 0.4, rows["p"] >= 0.0
    return {
        "prevalence": (every, rows["y"]),
        "act_rate": (every, acted),
        "precision": (acted, rows["y"]),
        "recall": (rows["y"], acted),
    }[name]


@pytest.mark.parametrize("name", NAMES)
def test_they_are_those_of_statsmodels_on_rows_apart(name: str) -> None:
    rows = rows_of()
    held, right = counted(rows, name)
    found = told(evaluated(rows), name)
    assert list(found) == ["east", "north", "south", "tiny"]
    p = {}
    for where in ("east", "north", "south"):
        here = rows["region"] == where
        (k, n), (j, m) = (
            (int((right & held & side).sum()), int((held & side).sum())) for side in (here, ~here)
        )
        one = found[where]
        wanted = confint_proportions_2indep(k, n, j, m, method="newcomb", compare="diff")
        assert one.value == pytest.approx(k / n - j / m, abs=ROUNDING)
        assert (one.low, one.high) == pytest.approx(wanted, abs=ROUNDING)
        assert (one.method, one.tier, one.rows) == ("newcombe_independent", "A", n)
        wide = newcombe_independent((k, n), (j, m), 1 - 0.05 / 3)
        assert (one.low_adjusted, one.high_adjusted) == pytest.approx((wide.low, wide.high), abs=ROUNDING)
        assert one.adjustment == "Bonferroni over 3 slices"
        levels = np.linspace(0.0, 1.0, 20_001)[1:-1]
        apart = [x for x in levels if _excludes(newcombe_independent((k, n), (j, m), float(x)))]
        p[where] = 1.0 - max(apart, default=0.0)
    q = dict(zip(p, multipletests(list(p.values()), method="fdr_bh")[1], strict=True))
    for where, each in q.items():
        said = found[where].note.partition(" over ")[0]
        if said != "q < 0.001":
            # The grid of levels is 5e-5 wide, times three slices.
            assert float(said.removeprefix("q = ")) == pytest.approx(each, abs=1e-3)
        else:
            assert each < 2e-3


def _excludes(one: Any) -> bool:
    return bool(one.low > 0.0 or one.high < 0.0)


def test_of_a_tiny_slice_no_difference_is_told() -> None:
    one = told(evaluated(rows_of()), "recall")["tiny"]
    assert (one.value, one.low, one.high, one.low_adjusted) == (None, None, None, None)
    assert one.note == "not evaluated: fewer than 10 rows in this slice, or in the others"


@pytest.mark.parametrize("data", [{"weight": "w"}, {"cluster": "customer"}])
def test_rows_that_are_not_independent_are_refused(data: dict[str, str]) -> None:
    found = told(evaluated(rows_of(), data={"outcome": "y", "id": "id", **data}), "recall")
    assert {one.value for one in found.values()} == {None}
    assert all("weights or come in clusters" in one.note for one in found.values())


def test_they_are_there_only_when_asked_for_and_say_so_without_slices() -> None:
    assert not told(evaluated(rows_of(), metrics=["recall"]), "recall")
    (one,) = [
        each for each in evaluated(rows_of(), slices=[]).estimates if each.metric == "slice_differences"
    ]
    assert (one.value, one.note) == (None, "not evaluated: the spec names no slices")
