"""The question in variants: one metric, every metric, constant money, ten times more slices, further policies."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from benchmarks.contenders import SPEC
from payoff.spec.names import FURTHER, METRICS

Spec = Mapping[str, Any]


def base() -> dict[str, Any]:
    """Return the benchmark's question as a mapping."""
    return dict(yaml.safe_load(SPEC.read_text(encoding="utf-8")))


def with_one_metric(spec: Spec) -> dict[str, Any]:
    """Return the question with the one metric that its guardrail needs; value and gain are always there."""
    return {**spec, "metrics": ["recall"]}


def with_all_metrics(spec: Spec) -> dict[str, Any]:
    """Return the question with every default and every further metric by name."""
    return {**spec, "metrics": [*METRICS, *FURTHER]}


def with_constant_money(spec: Spec) -> dict[str, Any]:
    """Return the question with values that follow from the outcome."""
    value = {
        "review": "case when outcome then -8 - cost else -cost end",
        "pass": "case when outcome then -80 else 0 end",
    }
    return {**spec, "value": value}


def with_many_slices(spec: Spec) -> dict[str, Any]:
    """Return the question for 1,200 slices in place of 120."""
    return {**spec, "slices": ["store"]}


def with_policies(spec: Spec, further: int) -> dict[str, Any]:
    """Return the question with ``further`` more baselines: rules by amount and thresholds on a score, in turn.

    Examples
    --------
    >>> list(with_policies({"baselines": {}}, 2)["baselines"].values())
    [{'when': 'amount > 50'}, {'score': 'score', 'threshold': 0.02}]
    """
    more: dict[str, Any] = {}
    for number in range(further):
        step = number // 2
        rule = {"when": f"amount > {50 * (step + 1)}"}
        fixed = {"score": ("score", "second")[step % 2], "threshold": round(0.02 + 0.02 * step, 2)}
        more[f"further {number + 1}"] = fixed if number % 2 else rule
    return {**spec, "baselines": {**spec["baselines"], **more}}


def write(spec: Spec, path: Path) -> Path:
    """Write a question as JSON, which is one of the forms of a spec, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(spec, indent=1), encoding="utf-8")
    return path
