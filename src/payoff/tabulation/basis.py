"""What of a spec each part of the tables rests on, so that a changed spec re-uses the parts that its change spares."""

import json
from collections.abc import Mapping
from typing import Any

from payoff.spec.model import (
    Always,
    Candidate,
    Capacity,
    Decided,
    Maximise,
    Naive,
    Random,
    Rule,
    Threshold,
    Thresholds,
)
from payoff.tabulation.plan import Plan
from payoff.tabulation.rows import slice_entries

ROWS, VALUE, LIKELY, POLICIES, SLICES = "rows", "value", "likely values", "policies", "slices"


def basis_of(plan: Plan) -> dict[str, str]:
    """Return part -> what of the spec it rests on: rows, scores, values, policies and slices."""
    spec, data = plan.spec, plan.spec.data
    rows: dict[str, Any] = {
        key: str(getattr(data, key))
        for key in (
            "outcome",
            "positive",
            "id",
            "time",
            "timezone",
            "cluster",
            "weight",
            "label_known_on",
            "maturity_days",
            "as_of",
            "sampled",
            "prevalence",
        )
    }
    rows |= {} if data.classes is None else {"classes": list(data.classes)}
    rows |= {"actions": spec.decision.actions, "quantum": spec.decision.quantum, "cap": _cap(plan)}
    if plan.quantities:
        naive = {one.name: str(one.policy) for one in spec.candidates if isinstance(one.policy, Naive)}
        intervals = {one.name: str(one.interval) for one in spec.candidates}
        rows |= {"naive": naive, "intervals": intervals, "quantity": str(spec.decision.quantity)}
    parts = [part.text for part in plan.valuation.expansion.parts]
    terms = {name: [str(term) for term in found] for name, found in plan.valuation.expansion.terms.items()}
    out = {
        ROWS: _text(rows),
        VALUE: _text({"parts": parts, "terms": terms}),
        LIKELY: _text(
            {name: plan.valuation.likely.get(name, 0.0) for name in sorted(plan.valuation.expansion.symbols)}
        ),
        POLICIES: _text({one.name: _policy(one, plan) for one in spec.candidates if one.name in plan.keyed}),
        SLICES: _text(slice_entries(plan)),
    }
    return out | {f"score of {one.name}": _text([one.score, one.score_is]) for one in spec.columns_scored}


def _cap(plan: Plan) -> str:
    """Return the cap, with the ranges at which rows were held to it."""
    spec = plan.spec
    if spec.cap is None:
        return str(spec.cap)
    ranges = {name: (item.low, item.high, item.shape) for name, item in sorted(spec.assumptions.items())}
    return f"{spec.cap} over {ranges}"


def entries_of(basis: Mapping[str, str]) -> set[tuple[str, ...]]:
    """Return the slice entries that tables hold."""
    return {tuple(entry) for entry in json.loads(basis[SLICES])}


def _policy(candidate: Candidate, plan: Plan) -> Any:
    policy = candidate.policy
    if isinstance(policy, Rule):
        used = {name: plan.valuation.likely[name] for name in sorted(policy.when.assumptions)}
        return ["when", policy.when.text, policy.do, policy.otherwise, used]
    if isinstance(policy, Decided):
        return ["decided", policy.column, dict(policy.mapping)]
    if isinstance(policy, Threshold):
        return ["threshold", policy.at, policy.do, policy.otherwise]
    if isinstance(policy, Capacity):
        cost = policy.cost
        used = {} if cost is None else {one: plan.valuation.likely[one] for one in sorted(cost.assumptions)}
        limit = [policy.limit, policy.per, policy.by, policy.carry_over, policy.do, policy.otherwise]
        volume = None if plan.spec.decision.volume is None else str(plan.spec.decision.volume.likely)
        return ["capacity", *limit, None if cost is None else cost.text, used, volume]
    if isinstance(policy, Thresholds):
        return ["thresholds", candidate.score, policy.steps, policy.otherwise]
    if isinstance(policy, Maximise):
        values = [formula.text for formula in plan.value.values()]
        return [
            "maximise",
            policy.recalibrated,
            candidate.score or candidate.scores,
            values,
            dict(sorted(plan.valuation.likely.items())),
        ]
    if isinstance(policy, (Always, Random)):
        return str(policy)
    raise TypeError(type(policy).__name__)


def _text(content: Any) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False)
