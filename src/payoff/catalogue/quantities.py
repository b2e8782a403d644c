"""Metrics of quantities, from the losses table."""

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from payoff.stats.estimates import Interval
from payoff.stats.proportions import clopper_pearson_lower, clopper_pearson_upper
from payoff.stats.quantity_losses import RATIO, interval_of, mean_of, ratio_of_losses, share_of
from payoff.tables.losses import ABSOLUTE, COVERED, ERROR, PINBALL, SQUARED, Losses

MEANS: Mapping[str, str] = MappingProxyType(
    {
        "mean_absolute_error": ABSOLUTE,
        "root_mean_squared_error": SQUARED,
        "mean_pinball_loss": PINBALL,
        "mean_error": ERROR,
        "interval_coverage": COVERED,
    }
)
"""Metric of one candidate -> the loss that it is a mean of."""

SKILL_OF: Mapping[str, str] = MappingProxyType(
    {"absolute_error_skill": ABSOLUTE, "squared_error_skill": SQUARED, "pinball_skill": PINBALL}
)
"""Metric of two candidates -> the loss that is compared."""

LEVELLED = frozenset({"mean_pinball_loss", "pinball_skill"})
"""Metrics that are about one quantile."""


def quantity_metric(losses: Losses, name: str, candidate: str, level: float = 0.95) -> Interval | None:
    """Return a metric of one candidate, None where its loss is not counted (no interval, no level)."""
    place = losses.place(candidate, MEANS[name])
    if place is None:
        return None
    rows = int(losses.rows.sum())
    if name == "interval_coverage":
        return share_of(losses, place, level)
    found = interval_of(mean_of(losses, place), rows, level)
    return _rooted(found) if name == "root_mean_squared_error" else _positive(found, name)


def quantity_skill(
    losses: Losses, name: str, candidate: str, rival: str, level: float = 0.95
) -> Interval | None:
    """Return one less the ratio of two mean losses, on the same rows; None where they are not counted."""
    mine, theirs = (losses.place(one, SKILL_OF[name]) for one in (candidate, rival))
    if mine is None or theirs is None or (mine, theirs) not in losses.pairs:
        return None
    found = interval_of(ratio_of_losses(losses, mine, theirs), int(losses.rows.sum()), level, RATIO)
    value, low, high = (None if one is None else 1.0 - one for one in (found.value, found.high, found.low))
    return replace(found, value=value, low=low, high=high)


def quantity_bounds(
    losses: Losses, name: str, candidate: str, rival: str | None, confidence: float
) -> tuple[float | None, float | None]:
    """Return one-sided lower and upper bounds of a metric, as guardrails are judged; none that is not trusted.

    A coverage has Clopper and Pearson's bounds where rows count alike and are independent.
    """
    level = max(2.0 * confidence - 1.0, 1e-9)
    found = (
        quantity_metric(losses, name, candidate, level)
        if name in MEANS
        else quantity_skill(losses, name, candidate, str(rival), level)
    )
    if found is None or found.tier == "C":
        return None, None
    if name == "interval_coverage" and found.method == "wilson" and found.value is not None:
        inside = round(found.value * found.rows)
        return (
            clopper_pearson_lower(inside, found.rows, confidence),
            clopper_pearson_upper(inside, found.rows, confidence),
        )
    return found.low, found.high


def _rooted(found: Interval) -> Interval:
    """Return the root of a mean square: its ends are the roots of that one's ends."""
    value, low, high = (
        None if one is None else math.sqrt(max(one, 0.0)) for one in (found.value, found.low, found.high)
    )
    stderr = found.stderr / (2.0 * value) if found.stderr is not None and value else found.stderr
    return replace(found, value=value, low=low, high=high, stderr=stderr)


def _positive(found: Interval, name: str) -> Interval:
    """Return a loss that cannot be negative with a bound that is not."""
    if name == "mean_error" or found.low is None:
        return found
    return replace(found, low=max(found.low, 0.0))
