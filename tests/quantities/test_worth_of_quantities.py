"""What quantities are worth, and gain over one another, against a loop over rows and closed forms."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy import stats

import payoff
from payoff.comparison import compare
from payoff.stats.estimates import Estimate

# Some hundred doubles added in another order; thirds lose more to centring.
ROUNDING, THIRD = 1e-9, 1e-7
Floats = NDArray[np.float64]
Make = Callable[..., Any]
NAMES = ("net", "bolder", "recorded", "flat", "nobody")


def quantities(rows: dict[str, Any]) -> dict[str, Floats]:
    n = len(rows["demand"])
    return {
        "net": rows["forecast"],
        "bolder": 1.1 * rows["forecast"],
        "recorded": rows["ordered"],
        "flat": np.full(n, 45.0),
        "nobody": np.zeros(n),
    }


def worth(demand: Floats, quantity: Floats, margin: float = 5.0, cost: float = 2.0) -> Floats:
    return np.array(
        [margin * min(y, q) - cost * max(q - y, 0.0) for y, q in zip(demand, quantity, strict=True)]
    )


def estimate(result: payoff.Result, metric: str, of: str, over: str | None = None) -> Estimate:
    found = [one for one in result.estimates if (one.metric, one.of, one.over) == (metric, of, over)]
    return next(one for one in found if one.slice is None)


@pytest.mark.parametrize("kind", ["rows", "weighted", "clustered", "pending"])
@pytest.mark.parametrize("of", ["net", "bolder"])
@pytest.mark.parametrize("over", [None, *NAMES])
def test_value_and_gain_are_means_over_rows_with_their_error_and_skewness(
    make_orders: Make, make_spec: Make, count: Make, kind: str, of: str, over: str | None
) -> None:
    if of == over:
        return
    rows = make_orders(3)
    data = {"weighted": {"weight": "weight"}, "clustered": {"cluster": "day"}}.get(kind, {})
    demand = rows["demand"].copy()
    known = np.ones(len(demand), dtype=bool)
    if kind == "pending":
        known[::7] = False
        rows = rows | {"demand": pa.array(demand, mask=~known)}
    grounds = count(rows, make_spec(data=data)).grounds
    found = compare(grounds, of, over)
    worths = {name: worth(demand, quantity) for name, quantity in quantities(make_orders(3)).items()}
    each = (worths[of] - (worths[over] if over else 0.0))[known]
    w = make_orders(3)["weight"][known] if kind == "weighted" else np.ones(known.sum())
    mean = (w * each).sum() / w.sum()
    psi = w * (each - mean)
    if kind == "clustered":
        psi = np.array([psi[rows["day"] == one].sum() for one in np.unique(rows["day"])])
    n = len(psi)
    likely = grounds.valuation.contrast()
    contrast = found.evidence.contrast
    assert float(found.point @ likely) == pytest.approx(mean, rel=ROUNDING)
    variance = float(likely @ contrast.covariance[0] @ likely) / n
    assert math.sqrt(variance) == pytest.approx(
        math.sqrt((psi**2).sum() * n / (n - 1)) / w.sum(), rel=ROUNDING
    )
    assert contrast.skewness[0] == pytest.approx(
        (psi**3).mean() / (psi**2).mean() ** 1.5, rel=THIRD, abs=THIRD
    )
    if kind == "rows" and over is not None:
        assert found.differing == (each != 0).sum()
        assert contrast.deciding_events[0] == (each != 0).sum()


def test_a_symmetric_cost_is_the_mean_absolute_error(make_orders: Make, make_spec: Make) -> None:
    spec = make_spec(value={"quantity": "-abs(outcome - quantity)"}, assumptions={})
    result = payoff.evaluate(pa.table(make_orders(1)), spec)
    for name in ("net", "bolder", "recorded", "flat"):
        value, error = estimate(result, "value", name), estimate(result, "mean_absolute_error", name)
        assert (value.value, value.low, value.high) == pytest.approx(
            (-error.value, -error.high, -error.low), rel=ROUNDING
        )
        # A unit too many costs what a unit too few does: the median is asked for.
        pinball = estimate(result, "mean_pinball_loss", name)
        assert pinball.at == {"alpha": 0.5}
        assert 2 * pinball.value == pytest.approx(error.value, rel=ROUNDING)


def test_the_loss_of_money_is_the_pinball_loss_at_the_critical_ratio(
    make_orders: Make, make_spec: Make
) -> None:
    """Perfect foresight earns 5 per piece of demand; what is lost of it is (5 + 2) times the pinball loss."""
    rows = make_orders(2)
    result = payoff.evaluate(pa.table(rows), make_spec())
    for name in ("net", "recorded", "flat"):
        pinball = estimate(result, "mean_pinball_loss", name)
        assert pinball.at == {"alpha": pytest.approx(5 / 7)}
        lost = 5 * rows["demand"].mean() - estimate(result, "value", name).value
        assert 7 * pinball.value == pytest.approx(lost, rel=ROUNDING)


def test_the_newsvendor_has_its_closed_form(make_spec: Make) -> None:
    """Normal demand: the best quantity is mu + z sigma, z at the critical ratio, worth Cu mu - (Cu+Co) sigma phi(z)."""
    rng = np.random.default_rng(11)
    mu, sigma, under, over, n = 100.0, 20.0, 5.0, 2.0, 40_000
    # Stratified draws: the mean over them is the integral, up to the width of a stratum.
    demand = mu + sigma * stats.norm.ppf((rng.permutation(n) + 0.5) / n)
    z = stats.norm.ppf(under / (under + over))
    best = mu + z * sigma
    spec = make_spec(
        model={"name": "best", "policy": {"always": float(best)}},
        challengers={},
        baselines={f"{step:+g}": {"always": float(best + step)} for step in (-6, -3, 3, 6)},
        today="+3",
    )
    rows = {"id": np.arange(n), "demand": demand, "day": np.full(n, "2026-01-01")}
    spec["data"].pop("time")
    result = payoff.evaluate(pa.table(rows), spec)
    closed = under * mu - (under + over) * sigma * stats.norm.pdf(z)
    assert estimate(result, "value", "best").value == pytest.approx(closed, rel=1e-5)
    for step in (-6, -3, 3, 6):
        assert estimate(result, "gain", "best", f"{step:+g}").value > 0
        assert estimate(result, "gain", "best", f"{step:+g}").low > 0


def test_a_hundred_times_the_money_is_a_hundred_times_the_gain(make_orders: Make, make_spec: Make) -> None:
    rows = pa.table(make_orders(4))
    plain = payoff.evaluate(rows, make_spec())
    cents = make_spec(assumptions={"margin": {"likely": 500, "low": 300, "high": 700}, "cost": 200})
    scaled = payoff.evaluate(rows, cents | {"hurdles": [{"gain": "100 per decision"}]})
    for over in ("recorded", "flat", "nobody", "bolder"):
        one, other = (estimate(result, "gain", "net", over) for result in (plain, scaled))
        assert (other.value, other.low, other.high) == pytest.approx(
            (100 * one.value, 100 * one.low, 100 * one.high), rel=ROUNDING
        )
    assert plain.record.verdict.hurdles[0].probability == pytest.approx(
        scaled.record.verdict.hurdles[0].probability, rel=ROUNDING
    )


def test_the_order_of_rows_changes_nothing(make_orders: Make, make_spec: Make) -> None:
    rows = pa.table(make_orders(5))
    spec = make_spec()
    spec["baselines"] |= {
        "last": {"naive": "last value", "by": "shop", "otherwise": 40},
        "mean": {"naive": "mean", "by": "shop", "otherwise": 40},
    }
    turned = rows.take(np.random.default_rng(0).permutation(rows.num_rows))
    assert payoff.evaluate(rows, spec).record.hash == payoff.evaluate(turned, spec).record.hash


def test_the_totals_add_up_to_the_values(make_orders: Make, make_spec: Make) -> None:
    rows = make_orders(6)
    result = payoff.evaluate(pa.table(rows), make_spec())
    for total in result.record.totals:
        each = worth(rows["demand"], quantities(rows)[total.of])
        assert total.total is not None
        assert total.total * total.quantum == pytest.approx(each.sum(), abs=1e-4 * len(each))
        assert total.counts[f"{total.of}/known"] == len(each)
        assert estimate(result, "value", total.of).value == pytest.approx(each.mean(), abs=1e-4)


def test_a_candidate_that_decides_the_same_gains_exactly_nothing(make_orders: Make, make_spec: Make) -> None:
    spec = make_spec(baselines={"same": {"quantity": "forecast + 0"}}, today="same")
    result = payoff.evaluate(pa.table(make_orders(7)), spec)
    gain = estimate(result, "gain", "net", "same")
    assert (gain.value, gain.low, gain.high, gain.tier) == (0.0, 0.0, 0.0, "A")
    assert result.record.verdict.hurdles[0].reason == "same_decisions"


def test_an_assumption_in_a_quantity_decides_at_its_likely_value_and_again_when_it_is_changed(
    make_orders: Make, make_spec: Make
) -> None:
    rows = make_orders(8)
    spec = make_spec(baselines={"padded": {"quantity": "forecast + cost"}}, today="padded")
    for cost in (2.0, 4.0):
        found = payoff.evaluate(pa.table(rows), spec, assume={"cost": cost})
        each = worth(rows["demand"], rows["forecast"] + cost, cost=cost)
        assert estimate(found, "value", "padded").value == pytest.approx(each.mean(), rel=ROUNDING)


def test_a_challenger_in_the_models_place_is_judged_by_its_own_quantity(
    make_orders: Make, make_spec: Make
) -> None:
    rows = pa.table(make_orders(9))
    plain, swapped = payoff.evaluate(rows, make_spec()), payoff.evaluate(rows, make_spec(), model="bolder")
    gain = swapped.record.verdict.hurdles[0]
    assert (gain.of, gain.gain) == ("bolder", estimate(plain, "gain", "bolder", "recorded").value)
