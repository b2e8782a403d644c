"""Another likely value of an assumption, as a caller tries it."""

from dataclasses import replace

from payoff.spec.model import Assumption


def tried_at(item: Assumption, value: float) -> Assumption:
    """Return an assumption with another likely value; one outside its range widens the range to it.

    >>> tried_at(Assumption(name="margin", likely=5.0, low=4.0, high=6.0), 9.0).high
    9.0
    """
    if item.low is None or item.high is None:
        return replace(item, likely=value)
    return replace(item, likely=value, low=min(item.low, value), high=max(item.high, value))
