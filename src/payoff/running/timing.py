"""Latency: percentiles of a column with exact intervals, or as declared, and limits on them."""

from collections.abc import Iterator, Mapping

from payoff.engines import Engine
from payoff.spec.model import Candidate, Guardrail, Spec
from payoff.stats.estimates import Estimate, Interval
from payoff.stats.order_statistics import lower_rank, quantile_rank, upper_rank
from payoff.tabulation.latency import Latencies, count_latencies, latency_columns, read_latencies
from payoff.verdicts import Measured, stricter_guardrails

LATENCY = "latency"
METHOD = "order_statistics"
SHOWN = (50.0, 95.0, 99.0)
LEVEL = 0.95
UNIT = "ms"
IN_CLUSTERS = "rows come in clusters, and the interval takes calls as independent"
FROM_TABLES = "not evaluated: saved tables hold no latency, the rows do"
DECLARED = "declared, not measured"


def timed(spec: Spec, engine: Engine) -> dict[str, Latencies]:
    """Read the latencies of every candidate that has a column of them, at the ranks that will be asked for."""
    out = {}
    for name, column in latency_columns(spec).items():
        rows = count_latencies(engine, column)
        out[name] = read_latencies(engine, column, rows, _ranks(spec, name, rows))
    return out


def latency_estimates(spec: Spec, held: Mapping[str, Latencies]) -> Iterator[Estimate]:
    """Yield percentiles of every candidate whose rows tell its latency."""
    for candidate in spec.candidates:
        if candidate.name not in held:
            continue
        for percentile in _percentiles(spec, candidate.name):
            found = measured_interval(spec, held[candidate.name], percentile)
            yield found.keyed(LATENCY, candidate.name, at={"percentile": percentile}, unit=UNIT, events=None)


def measured_interval(spec: Spec, held: Latencies, percentile: float) -> Interval:
    """Return a percentile with its exact interval; an end that too few rows can tell is None."""
    rows, share = held.rows, percentile / 100.0
    low, high = _bounds(held, share, 0.5 + LEVEL / 2.0)
    notes = [IN_CLUSTERS] if spec.data.cluster is not None else []
    notes += ["too few rows for an upper end"] if high is None else []
    notes += ["too few rows for a lower end"] if low is None else []
    return Interval(
        value=held.at[quantile_rank(rows, share)],
        low=low,
        high=high,
        level=LEVEL,
        rows=rows,
        events=None,
        method=METHOD,
        tier="C" if spec.data.cluster is not None else "A",
        note="; ".join(notes) or None,
    )


def latency_of(candidate: Candidate, held: Mapping[str, Latencies], percentile: float) -> float | None:
    """Return a candidate's latency at a percentile, measured or declared; None where neither tells."""
    if candidate.name in held:
        one = held[candidate.name]
        return one.at.get(quantile_rank(one.rows, percentile / 100.0))
    return None if candidate.latency is None else candidate.latency.declared.get(percentile)


def measured_latency(spec: Spec, held: Mapping[str, Latencies], rail: Guardrail) -> Measured:
    """Return what a limit on the model's latency is held against."""
    percentile, model = dict(rail.at or {})["percentile"], spec.model
    if model.name in held:
        found, own = measured_interval(spec, held[model.name], percentile), held[model.name]
        return Measured(
            slice=None,
            found=found,
            bounds=lambda confidence: (
                (None, None) if found.tier == "C" else _bounds(own, percentile / 100.0, confidence)
            ),
        )
    declared = {} if model.latency is None else model.latency.declared
    value = declared.get(percentile)
    missing = FROM_TABLES if not declared else f"p{percentile:g} is not declared"
    found = Interval(
        value=value,
        low=None,
        high=None,
        level=LEVEL,
        rows=0,
        events=None,
        method="declared",
        tier="A",
        note=missing if value is None else DECLARED,
    )
    return Measured(slice=None, found=found, bounds=lambda _: (value, value))


def _bounds(held: Latencies, share: float, confidence: float) -> tuple[float | None, float | None]:
    """Return one-sided bounds of a quantile, each at that confidence."""
    ranks = lower_rank(held.rows, share, confidence), upper_rank(held.rows, share, confidence)
    low, high = (None if rank is None else held.at[rank] for rank in ranks)
    return low, high


def _percentiles(spec: Spec, name: str) -> tuple[float, ...]:
    rails = [rail for rail in spec.guardrails if rail.metric == LATENCY and name == spec.model.name]
    asked = [dict(rail.at or {})["percentile"] for rail in rails]
    return tuple(sorted({*SHOWN, *asked}))


def _ranks(spec: Spec, name: str, rows: int) -> set[int]:
    """Return every rank that an estimate or a limit will ask for."""
    ranks: set[int | None] = set()
    for percentile in _percentiles(spec, name):
        share = percentile / 100.0
        ranks.add(quantile_rank(rows, share))
        for confidence in (0.5 + LEVEL / 2.0, *_confidences(spec, name, percentile)):
            ranks |= {lower_rank(rows, share, confidence), upper_rank(rows, share, confidence)}
    return {rank for rank in ranks if rank is not None}


def _confidences(spec: Spec, name: str, percentile: float) -> Iterator[float]:
    """Yield the confidences at which limits on one percentile of the model will be judged."""
    for rail in (*spec.guardrails, *stricter_guardrails(spec.guardrails, spec.looks)):
        limits = rail.metric == LATENCY and name == spec.model.name
        if limits and dict(rail.at or {})["percentile"] == percentile:
            yield rail.confidence
