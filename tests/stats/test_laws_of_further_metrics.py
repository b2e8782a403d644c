"""What holds for every metric of a score that a spec asks for by name, whatever the rows."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stats.score_tables import cells_of

from payoff.catalogue import score_cells
from payoff.catalogue.further import FURTHER
from payoff.stats.estimates import Interval
from payoff.stats.ranking import ScoreCells
from payoff.tables import Cells
from payoff.tables.moments import Moments

# Sums of a few dozen terms in another order; fits stop at steps of 1e-10.
ORDER = 1e-7
MURPHY = ("reliability", "resolution")
OF_ORDER_ALONE = ("partial_roc_auc", "capture_rate", "lift", "h_measure", "discrimination", "uncertainty")
TURNED_ROUND = ("h_measure", "discrimination", "uncertainty", "calibration_slope", "spiegelhalter_z")

Kernel = Callable[[ScoreCells, float], Interval]
rows = st.lists(
    st.tuples(st.integers(1, 19), st.booleans(), st.sampled_from([1, 2, 5])), min_size=2, max_size=40
).map(lambda drawn: [*drawn, (4, True, 1), (11, False, 1), (15, True, 1), (7, False, 2)])
every = pytest.mark.parametrize("name", FURTHER)


def arrays(drawn):
    score, y, w = (np.array(column, float) for column in zip(*drawn, strict=True))
    return score / 20.0, y, w


def same(one: Interval, other: Interval) -> None:
    for ours, theirs in ((one.value, other.value), (one.low, other.low), (one.high, other.high)):
        assert (ours is None) == (theirs is None)
        if ours is not None:
            assert ours == pytest.approx(theirs, rel=ORDER, abs=ORDER)
    assert one.tier == other.tier


@every
@settings(max_examples=25)
@given(drawn=rows, shuffler=st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_scale_of_weights_are_free(name, drawn, shuffler) -> None:
    score, y, w = arrays(drawn)
    mixed = list(range(len(y)))
    shuffler.shuffle(mixed)
    once = FURTHER[name](cells_of(score, y, w), 0.95)
    same(once, FURTHER[name](cells_of(score[mixed], y[mixed], w[mixed]), 0.95))
    same(once, FURTHER[name](cells_of(score, y, 4.0 * w), 0.95))


@every
@settings(max_examples=25)
@given(drawn=rows, cut=st.integers(1, 5))
def test_batches_add_up_to_all_rows(name, drawn, cut) -> None:
    score, y, w = arrays(drawn)
    batch = np.arange(len(y)) % (cut + 1)
    order = np.lexsort([score, batch])
    added = score_cells(table(score[order], y[order], w[order]))
    same(FURTHER[name](cells_of(score, y, w), 0.95), FURTHER[name](added, 0.95))


def table(score, y, w) -> Cells:
    """A scores table with one cell for each row, as of many batches."""
    size = len(y)
    counted = {"rows": np.ones(size, dtype=np.int64), "weight": w, "weight2": w**2, "weight3": w**3}
    money = {name: np.zeros((size, 0)) for name in Moments.__dataclass_fields__ if name not in counted}
    return Cells(
        group=np.zeros(size, dtype=np.int64),
        state=y.astype(np.int64),
        actions={},
        moments=Moments(**counted, **money),
        score=score,
    )


@every
@settings(max_examples=25)
@given(drawn=rows)
def test_a_row_of_weight_two_is_the_point_of_two_rows(name, drawn) -> None:
    score, y, w = arrays(drawn)
    heavy = FURTHER[name](cells_of(score, y, w), 0.95).value
    times = w.astype(int)
    copies = FURTHER[name](cells_of(np.repeat(score, times), np.repeat(y, times)), 0.95).value
    # Corrections for luck, and the luck itself, count rows: only they tell a weight from a copy.
    if name not in ("binned_calibration_error", "spiegelhalter_z") and heavy is not None:
        assert copies == pytest.approx(heavy, rel=ORDER, abs=ORDER)


@pytest.mark.parametrize("name", OF_ORDER_ALONE)
@settings(max_examples=25)
@given(drawn=rows)
def test_rising_maps_of_the_score_change_nothing_that_reads_its_order(name, drawn) -> None:
    score, y, w = arrays(drawn)
    once = FURTHER[name](cells_of(score, y, w), 0.95)
    same(once, FURTHER[name](cells_of(score**3 / 2.0, y, w), 0.95))


@pytest.mark.parametrize("name", TURNED_ROUND)
@settings(max_examples=25)
@given(drawn=rows)
def test_the_other_outcome_at_the_other_probability_is_as_good(name, drawn) -> None:
    score, y, w = arrays(drawn)
    once = FURTHER[name](cells_of(score, y, w), 0.95)
    turned = FURTHER[name](cells_of(np.round(1.0 - score, 12), 1.0 - y, w), 0.95)
    same(once, turned)


@every
@settings(max_examples=25)
@given(drawn=rows)
def test_a_number_lies_within_its_interval_or_says_why_there_is_none(name, drawn) -> None:
    for level in (0.5, 0.95):
        found = FURTHER[name](cells_of(*arrays(drawn)), level)
        assert found.level == level
        if found.low is None:
            assert found.high is None
            assert found.note
        else:
            assert found.low - ORDER <= found.value <= found.high + ORDER


@every
@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_rows_of_one_outcome_are_undefined_or_said_to_show_no_error(name, outcome) -> None:
    found = FURTHER[name](cells_of(np.arange(1.0, 30.0) / 30.0, np.full(29, outcome)), 0.95)
    if found.value is None:
        assert found.note.startswith("undefined: 0 ")
    elif name in ("lift", "capture_rate"):
        # Where all are positive so are those acted on: neither needs a negative row.
        assert outcome == 1.0
        assert found.value == pytest.approx(1.0 if name == "lift" else 0.1)
    else:
        assert name in (
            "discrimination",
            "uncertainty",
            "spiegelhalter_z",
            "binned_calibration_error",
            *MURPHY,
        )
        assert found.low is None
