"""Which metrics fit a decision about a quantity: by the quantile that its value asks for."""

from payoff.catalogue.advice import Advised, Role
from payoff.catalogue.entries import CATALOGUE

MONEY = ("value", "gain", "net_gain")
MEDIAN = 0.5
NEAR = 0.02  # of one half: a loss for the median is as good as the decision's own


def advise_quantities(level: float | None, *, stated: bool, has_interval: bool) -> tuple[Advised, ...]:
    """Return what is to be thought of every metric of quantities, in the order of the catalogue.

    Parameters
    ----------
    level : the quantile that the best quantity is, None where none follows from the value.
    stated : whether the spec states the level, rather than the value giving it.
    has_interval : whether the model has a predicted interval.

    >>> said = advise_quantities(0.8, stated=False, has_interval=False)
    >>> next(one.role for one in said if one.metric == "mean_absolute_error")
    'misleads'
    """
    names = (name for name, metric in CATALOGUE.items() if metric.of == "quantity" or name in MONEY)
    return tuple(
        Advised(metric=name, role=role, why=why)
        for name in names
        for role, why in [_said(name, level, stated, has_interval)]
    )


def _said(name: str, level: float | None, stated: bool, has_interval: bool) -> tuple[Role, str]:
    if name in MONEY:
        return "decide by", "it prices too few and too many as this decision does, on these rows"
    if name in ("mean_pinball_loss", "pinball_skill"):
        return _pinball(level, stated)
    if name in ("mean_absolute_error", "absolute_error_skill"):
        return _absolute(level)
    if name in ("root_mean_squared_error", "squared_error_skill"):
        if level is None:
            return "read beside", "it is least at the mean; whether the value asks for that is not known"
        return "misleads", f"it is least at the mean, the value asks for the {level:.3g}-quantile"
    if name == "interval_coverage":
        if not has_interval:
            return "cannot be had", "the model has no predicted interval"
        return "read beside", "it says whether the interval is honest, and prices nothing"
    return "read beside", "the best quantity is biased wherever too few and too many cost differently"


def _pinball(level: float | None, stated: bool) -> tuple[Role, str]:
    if level is None:
        return "cannot be had", "no quantile follows from the value; decision.quantity.level may state one"
    if stated:
        return "read beside", "its level is stated, not read off the value"
    return "suits", f"at {level:.3g} it is the money lost against perfect foresight, up to a factor"


def _absolute(level: float | None) -> tuple[Role, str]:
    if level is None:
        return "read beside", "it is least at the median; whether the value asks for that is not known"
    if abs(level - MEDIAN) <= NEAR:
        return "suits", "the value asks for the median, at which it is least"
    return "misleads", f"it is least at the median, the value asks for the {level:.3g}-quantile"
