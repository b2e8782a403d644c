"""What a metric may be asked for with: parameters of its own, and the exact interval of a share."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """The one parameter of a metric: its name, the number it has where none is given, and which numbers it may be."""

    name: str
    default: float
    claim: str
    holds: Callable[[float], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A metric as it is asked for.

    Attributes
    ----------
    name : the metric's.
    at : its parameters, those that were not given included; empty where it has none.
    exact : whether a share has the interval of Clopper and Pearson in the place of Wilson's.
    """

    name: str
    at: tuple[tuple[str, float], ...] = ()
    exact: bool = False


_SHARE = Parameter(
    name="share",
    default=0.1,
    claim="a share of the rows above 0 and below 1, as in at: {share: 0.2}",
    holds=lambda share: 0.0 < share < 1.0,
)
_BINS = Parameter(
    name="bins",
    default=15.0,
    claim="a whole number of bins from 1 to 1000, as in at: {bins: 10}",
    holds=lambda bins: 1.0 <= bins <= 1000.0 and float(bins).is_integer(),
)
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "f_beta": Parameter(
            name="beta",
            default=1.0,
            claim="a positive beta, as in at: {beta: 2}",
            holds=lambda beta: 0.0 < beta < math.inf,
        ),
        "partial_roc_auc": Parameter(
            name="max_fpr",
            default=0.1,
            claim="a share of false alarms above 0 and at most 1, as in at: {max_fpr: 0.2}",
            holds=lambda share: 0.0 < share <= 1.0,
        ),
        "capture_rate": _SHARE,
        "lift": _SHARE,
        "binned_calibration_error": _BINS,
        "reliability": _BINS,
        "resolution": _BINS,
    }
)
"""Metric -> its parameter, of those that have one."""

EXACT: tuple[str, ...] = ("prevalence", "act_rate", "accuracy", "precision", "recall", "specificity")
"""The shares of a binary outcome, which may be asked for with ``method: exact``."""


def default_of(metric: str) -> tuple[tuple[str, float], ...]:
    """Return the parameters that a metric has where none are given.

    >>> default_of("f_beta"), default_of("recall")
    ((('beta', 1.0),), ())
    """
    known = PARAMETERS.get(metric)
    return () if known is None else ((known.name, known.default),)
