"""Guardrails of shares at other thresholds: the counts of the rows, and exact bounds that count every cut on offer."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

import payoff
from customers import rows_of, spec_of
from payoff.verdicts.rails_then import NOT_ELSEWHERE, PICKED_SHARE
from tried import SPECS, evaluated

NAME = "guardrails of shares"


@pytest.fixture(scope="module")
def result() -> Any:
    return evaluated(NAME)


def counted(metric: str, cut: float) -> tuple[int, int]:
    """Return the rows that a share is of and out of, by the rows themselves."""
    rows = rows_of(11, 3_000)
    acted, positive = rows["p"] >= cut, rows["y"] == 1
    part, whole = {
        "recall": (acted & positive, positive),
        "precision": (acted & positive, acted),
        "specificity": (~acted & ~positive, ~positive),
        "accuracy": (acted == positive, np.ones_like(acted)),
        "act_rate": (acted, np.ones_like(acted)),
    }[metric]
    return int(part.sum()), int(whole.sum())


def exact(hits: int, rows: int, confidence: float) -> tuple[float, float]:
    """Return Clopper and Pearson's one-sided bounds, by scipy."""
    low = stats.beta.ppf(1 - confidence, hits, rows - hits + 1) if hits else 0.0
    high = stats.beta.ppf(confidence, hits + 1, rows - hits) if hits < rows else 1.0
    return float(low), float(high)


@pytest.mark.parametrize("place", [0, 7, 20, 40, 60, -1])
def test_a_share_is_counted_and_judged_as_if_any_cut_had_been_picked(place: int, result: Any) -> None:
    cuts = result.record.revaluing.cuts.cuts
    cut, limits = cuts[place], {one.at: one for one in result.record.limits.shares}
    then = payoff.what_if(result, threshold=cut)
    assert sorted(limits) == [0, 1, 2, 3, 4]
    for at, limit in limits.items():
        rail, one = result.verdict.guardrails[at], then.guardrails[at]
        hits, rows = counted(rail.metric, cut)
        low, high = exact(hits, rows, 0.975)
        assert (one.value, one.low, one.high) == pytest.approx((hits / rows, low, high), rel=1e-9)
        assert one.note == PICKED_SHARE
        low, high = exact(hits, rows, 1 - (1 - rail.confidence) / len(cuts))
        shown = (low >= limit.at_least) if limit.at_least is not None else (high <= limit.at_most)
        refuted = (high < limit.at_least) if limit.at_least is not None else (low > limit.at_most)
        if rail.evidence == "shown":
            assert one.status == ("cleared" if shown else "missed" if refuted else "undecided")
        else:
            assert one.status == ("missed" if refuted else "cleared")


def test_more_than_one_status_was_met(result: Any) -> None:
    cuts = result.record.revaluing.cuts.cuts
    met = {one.status for cut in cuts[::5] for one in payoff.what_if(result, threshold=cut).guardrails[:5]}
    assert {"cleared", "missed", "undecided"} <= met


def test_what_counts_alone_cannot_tell_is_withdrawn(result: Any) -> None:
    then = payoff.what_if(result, threshold=result.record.revaluing.cuts.cuts[3])
    assert {(one.status, one.note) for one in then.guardrails[5:]} == {(None, NOT_ELSEWHERE)}
    assert then.overall in (None, "reject")


def test_at_the_threshold_in_use_guardrails_stand_as_judged(result: Any) -> None:
    cuts = result.record.revaluing.cuts
    then = payoff.what_if(result, threshold=cuts.cuts[cuts.in_use])
    assert [one.status for one in then.guardrails] == [one.status for one in result.verdict.guardrails]
    assert {one.note for one in then.guardrails} == {None}


@pytest.mark.parametrize("data", [{"cluster": "person"}, {"weight": "amount"}])
def test_where_the_error_is_not_of_counts_alone_nothing_is_kept(data: dict[str, str]) -> None:
    spec = SPECS[NAME](spec_of)
    spec["data"] = {**spec["data"], **data}
    found = payoff.evaluate(pa.table(rows_of(11, 1_500)), spec)
    assert found.record.limits is None or found.record.limits.shares == ()


def test_pending_rows_are_in_no_count_of_a_share() -> None:
    rows = rows_of(11, 3_000)
    rows["y"] = pa.array([None if j % 40 == 0 else int(one) for j, one in enumerate(rows["y"])])
    found = payoff.evaluate(pa.table(rows), SPECS[NAME](spec_of))
    cut = found.record.revaluing.cuts.cuts[10]
    then = {one.name: one for one in payoff.what_if(found, threshold=cut).guardrails}
    acted, known = rows["p"] >= cut, np.arange(3_000) % 40 != 0
    positive = known & (rows_of(11, 3_000)["y"] == 1)
    # What was judged is of pending rows too, and no cut counts them: it is withdrawn.
    assert (then["act_rate at most 0.4"].status, then["act_rate at most 0.4"].note) == (None, NOT_ELSEWHERE)
    assert then["recall at least 0.5"].value == pytest.approx((acted & positive).sum() / positive.sum())
