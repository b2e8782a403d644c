"""The scale of weights matters to nothing that is told, not even where the rows they are worth lie on a limit."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import payoff

SCALES = st.one_of(st.floats(1e-3, 1e3), st.sampled_from([0.1, 0.3, 0.7, 1 / 3, 0.01, 7.0]))
SPEC = {
    "payoff": 1,
    "decision": {"unit": "EUR"},
    "data": {"outcome": "y", "id": "id", "weight": "w"},
    "value": {"true_positive": 1, "false_positive": -1, "false_negative": 0, "true_negative": 0},
    "model": {"score": "s", "policy": {"threshold": 0.5}},
    "today": "nobody",
    "hurdles": [{"gain": "0 per decision"}],
    "guardrails": [{"metric": "recall", "at_least": 0.4}, {"metric": "roc_auc", "at_least": 0.5}],
    "metrics": ["gain", "recall", "act_rate", "f_beta", "roc_auc", "brier_score", "log_loss", "net_benefit"],
}


def rows_of(positives, negatives):
    drawn = np.random.default_rng(2)
    return {
        "id": np.arange(positives + negatives),
        "s": np.r_[drawn.beta(3, 2, positives), drawn.beta(2, 3, negatives)].round(3),
        "y": np.r_[np.ones(positives, int), np.zeros(negatives, int)],
    }


def told(rows, **data):
    found = payoff.evaluate(pa.table(rows), {**SPEC, "data": {**SPEC["data"], **data}})
    judged = [(one.status, one.reason) for one in (*found.verdict.hurdles, *found.verdict.guardrails)]
    return judged, [
        (one.metric, one.of, one.over, one.at, one.tier, one.note, one.rows, one.events)
        for one in found.estimates
    ]


@pytest.mark.parametrize("positives", [10, 30, 100])
@settings(max_examples=6, deadline=None)
@given(SCALES)
@example(0.1)
@example(1 / 3)
def test_rows_worth_exactly_a_limit_are_judged_alike_at_every_scale_of_weights(positives, scale):
    rows = rows_of(positives, 300)
    weight = np.where(rows["y"] == 1, 2.0, 1.0)
    assert told({**rows, "w": weight * scale}) == told({**rows, "w": weight})


@pytest.mark.parametrize("clusters", [10, 30, 100])
@settings(max_examples=4, deadline=None)
@given(SCALES)
@example(1 / 3)
def test_clusters_worth_exactly_a_limit_are_judged_alike_at_every_scale_of_weights(clusters, scale):
    place = np.arange(12 * clusters)
    order = np.random.default_rng(3).permutation(place)
    rows = {name: column[order] for name, column in rows_of(4 * clusters, 8 * clusters).items()}
    rows["c"], weight = place % clusters, np.where(place // clusters % 2, 3.0, 1.0)
    both = [told({**rows, "w": weight * each}, cluster="c") for each in (1.0, scale)]
    assert both[0] == both[1]


@pytest.mark.parametrize("prevalence", [0.01, 0.05, 0.13, 0.2, 0.3])
def test_a_ranking_of_ten_positives_is_trusted_at_every_prevalence_that_is_given(prevalence):
    spec = {
        **SPEC,
        "data": {"outcome": "y", "id": "id", "prevalence": prevalence, "sampled": "by outcome"},
        "metrics": ["roc_auc"],
    }
    found = payoff.evaluate(pa.table(rows_of(10, 100)), spec)
    area = next(one for one in found.estimates if one.metric == "roc_auc")
    assert (area.tier, found.verdict.guardrails[1].status) == ("A", "cleared")
