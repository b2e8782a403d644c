"""Value per row acted on, of one policy less another's: against a loop over rows; a classic reversal is warned of."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.catalogue.law_rows import PARTS, cells_of, seeded_rows

import payoff
from payoff.stats.per_acted import per_acted_gap, per_acted_turned
from payoff.tables import Keyed, joined

ROUNDING = 1e-9
# Acting less doing nothing, by the parts act and skip.
WORTH = np.array([1.0, -1.0])


def by_row(rows, share, cluster=None):
    """Loop over parts and rows: the difference, and the variance of its linearised influence."""
    value, influence = looped(rows, rows.part, share)
    units = influence if cluster is None else np.bincount(cluster, influence)
    n = len(units) if cluster is None else len(np.unique(cluster))
    return value, (units**2).sum() * n / (n - 1)


def looped(rows, parts, share):
    influence, value = np.zeros(len(rows)), 0.0
    d = rows.worth - rows.spared
    for sign, acted in ((1.0, rows.acted), (-1.0, rows.rival)):
        for part, q in enumerate(share):
            here = (parts == part) & (acted == 1)
            if q == 0.0:
                continue
            weight = rows.weight[here].sum()
            mean = (rows.weight[here] * d[here]).sum() / weight
            value += sign * q * mean
            influence[here] += sign * q * rows.weight[here] * (d[here] - mean) / weight
    return value, influence


def with_part(rows, cluster=None):
    """Return the cells of rows with the part of each."""
    pieces = []
    for one in range(PARTS):
        here = rows.part == one
        pieces.append(cells_of(rows.take(here), cluster=None if cluster is None else cluster[here]))
    whole = joined([Keyed(cells=piece, keys={}) for piece in pieces]).cells
    return whole, np.repeat(np.arange(PARTS), [len(piece) for piece in pieces])


@given(
    st.integers(0, 400), st.booleans(), st.sampled_from([(1.0, 0.0, 0.0), (0.2, 0.3, 0.5), (0.5, 0.5, 0.0)])
)
def test_value_and_error_are_those_of_a_loop_over_rows(seed, clustered, share):
    rows = seeded_rows(seed, 60)
    cluster = np.random.default_rng(seed).integers(0, 15, 60) if clustered else None
    cells, part = with_part(rows, cluster)
    acted = tuple((cells.actions[name] == 0).astype(float) for name in ("model", "rival"))
    for side in (rows.acted, rows.rival):
        if any(not ((rows.part == one) & (side == 1)).any() for one, q in enumerate(share) if q > 0.0):
            return
    found = per_acted_gap(cells, WORTH, acted, part, np.array(share))
    value, variance = by_row(rows, share, cluster)
    assert found.value == pytest.approx(value, abs=ROUNDING)
    assert found.stderr**2 == pytest.approx(variance, rel=ROUNDING, abs=ROUNDING)


def reversed_rows():
    """Return rows in which the model earns more per row in either region, and acts where less is to be earned."""
    out = []
    # region, outcome share, rows that only the model acts on, rows that only the rival acts on
    for region, (mine, earns), (theirs, earned) in (
        ("rich", (150, 0.9), (540, 0.8)),
        ("poor", (540, 0.3), (150, 0.2)),
    ):
        for count, share, model in ((mine, earns, 1), (theirs, earned, 0)):
            good = round(count * share)
            out += [(region, int(j < good), model, 1 - model) for j in range(count)]
    region, y, model, rival = (np.array(column) for column in zip(*out, strict=True))
    return {"id": np.arange(len(y)), "y": y, "p": model * 0.8 + 0.1, "seen": rival, "region": region}


def checks(rows, **more):
    spec = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then 10 else -1 end", "skip": 0},
        "model": {"name": "new", "score": "p", "score_is": "rank", "policy": {"threshold": 0.5}},
        "baselines": {"old": {"decided": "seen", "as": {"1": "act", "0": "skip"}}},
        "today": "old",
        "slices": ["region"],
        **more,
    }
    return [one for one in payoff.evaluate(pa.table(rows), spec).record.data.checks if one.code == "PAY344"]


def test_the_better_per_row_that_is_worse_in_the_mix_is_warned_of():
    found = [one for one in checks(reversed_rows()) if "per row with 'act'" in one.found]
    assert len(found) == 1
    assert found[0].severity == "warning"
    # 297 and 462 of 690 rows are good over all; 0.9 - 0.8 and 0.3 - 0.2 within: 11 EUR for each.
    assert "-2.63 EUR (" in found[0].found
    assert "+1.1 (" in found[0].found
    assert "with that sign in 2 of 2 slices" in found[0].found
    assert "not both signs" not in found[0].found


def test_nothing_is_said_where_the_mix_is_the_same_or_too_little_is_acted_on():
    rows = reversed_rows()
    alike = {**rows, "region": np.where(np.arange(len(rows["y"])) % 2 == 0, "rich", "poor")}
    assert checks(alike) == []
    assert [one for one in checks(reversed_rows(), today="nobody") if "per row" in one.found] == []


def arms(groups):
    """Return rows of (slice, good and all of the model, good and all of today's)."""
    out = []
    for name, (mine, many, theirs, others) in groups.items():
        for good, count, model in ((mine, many, 1), (theirs, others, 0)):
            out += [(name, int(j < good), model, 1 - model) for j in range(count)]
    region, y, model, rival = (np.array(column) for column in zip(*out, strict=True))
    return {"id": np.arange(len(y)), "y": y, "p": model * 0.8 + 0.1, "seen": rival, "region": region}


def test_the_textbook_table_of_kidney_stones_is_warned_of_and_says_how_sure_each_sign_is():
    # Charig et al. (1986): 78% against 83% over all, 93 against 87 and 73 against 69 within.
    stones = {"small": (81, 87, 234, 270), "large": (192, 263, 55, 80)}
    worth = {"act": "case when outcome then 1 else 0 end", "skip": 0}
    found = [one for one in checks(arms(stones), value=worth) if "per row" in one.found]
    assert len(found) == 1
    assert f"{273 / 350 - 289 / 350:+.4g} EUR" in found[0].found
    alike = (81 / 87 - 234 / 270 + 192 / 263 - 55 / 80) / 2
    assert f"{alike:+.4g} (" in found[0].found
    assert "with that sign in 2 of 2 slices" in found[0].found
    assert found[0].found.endswith("that the mix moves the number is beyond chance, not both signs")


@pytest.mark.parametrize("slices", [2, 8, 60])
def test_slices_at_random_warn_of_nothing(slices):
    # docs/methods/slices.md: none in 4,000 such tables. Nor does a mean of few rows in each of many slices.
    for seed in range(8):
        rng = np.random.default_rng(seed)
        y, model = (rng.random((2, 1_500)) < 0.5).astype(int)
        region = np.array([f"r{one}" for one in rng.integers(0, slices, 1_500)])
        rows = {"id": np.arange(1_500), "y": y, "p": model * 0.8 + 0.1, "seen": 1 - model, "region": region}
        assert checks(rows) == []


def test_the_error_of_what_the_mix_does_is_that_of_a_loop_over_rows():
    rows = seeded_rows(7, 200)
    cells, part = with_part(rows)
    acted = tuple((cells.actions[name] == 0).astype(float) for name in ("model", "rival"))
    share = np.array([0.2, 0.3, 0.5])
    found = per_acted_turned(cells, WORTH, acted, part, share)
    assert found.over_all == per_acted_gap(cells, WORTH, acted, np.zeros(len(cells), np.int64), np.ones(1))
    assert found.alike == per_acted_gap(cells, WORTH, acted, part, share)
    assert found.mix.value == pytest.approx(found.alike.value - found.over_all.value, abs=ROUNDING)
    whole, alike = (looped(rows, rows.part * held, one)[1] for held, one in ((0, [1.0]), (1, share)))
    variance = ((alike - whole) ** 2).sum() * 200 / 199
    assert found.mix.stderr**2 == pytest.approx(variance, rel=ROUNDING)
