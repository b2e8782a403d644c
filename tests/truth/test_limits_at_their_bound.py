"""A limit is missed from the bound at its own confidence on, by hand on counted rows."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import payoff

SPEC = {
    "payoff": 1,
    "decision": {"name": "recall", "row": "a row", "unit": "EUR"},
    "data": {"outcome": "y", "positive": 1, "id": "id"},
    "value": {"act": "case when outcome then 10 else -1 end", "skip": "0"},
    "model": {"name": "m", "score": "s", "score_is": "probability", "policy": {"threshold": 0.5}},
    "today": "nobody",
    "hurdles": [{"name": "h", "gain": "0 per decision", "over": "nobody"}],
}


def rows() -> pd.DataFrame:
    """50 positives, 30 of them acted on, and 50 negatives that none is."""
    acted = np.r_[np.full(30, 0.9), np.full(70, 0.1)]
    return pd.DataFrame({"id": np.arange(100), "y": np.r_[np.ones(50, int), np.zeros(50, int)], "s": acted})


@pytest.mark.parametrize("evidence", ["shown", "not refuted"])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_recall_of_30_in_50_misses_a_limit_beyond_its_one_sided_clopper_pearson_bound(
    evidence: str, confidence: float
) -> None:
    # 30 of 50 at 95%: 0.7169.
    bound = stats.beta.ppf(confidence, 31, 20)
    for limit, status in ((bound + 1e-6, "missed"), (bound - 1e-6, None)):
        rail = {"metric": "recall", "at_least": float(limit), "confidence": confidence, "evidence": evidence}
        result = payoff.evaluate(rows(), {**SPEC, "guardrails": [rail]})
        found = result.verdict.guardrails[0].status
        assert found == (status or ("undecided" if evidence == "shown" else "cleared"))


def test_differences_between_models_raise_no_alarm_of_a_reversed_score() -> None:
    generator = np.random.default_rng(3)
    y = generator.integers(0, 2, 400)
    frame = pd.DataFrame({"id": np.arange(400), "y": y})
    frame["s"] = np.clip(0.3 + 0.4 * y + generator.normal(0, 0.15, 400), 0.01, 0.99)
    frame["q"] = np.clip(frame["s"] + generator.normal(0, 0.05, 400), 0.01, 0.99)
    rival = {"score": "q", "score_is": "probability", "policy": {"threshold": 0.5}}
    spec = {**SPEC, "challengers": {"rival": rival}, "metrics": ["roc_auc", "paired_differences"]}
    assert "PAY334" not in [one.code for one in payoff.evaluate(frame, spec).checks]
    turned = frame.assign(s=1.0 - frame["s"])
    assert "PAY334" in [one.code for one in payoff.evaluate(turned, spec).checks]
