"""How far an area under the ROC curve can be trusted whose rarer outcome is seldom out of place.

DeLong's variance is taken from the rows that are out of place. Where these are few, the ones not seen yet are what
matters, and the lower bound is too high: at 50 positives among 2,050 rows and a true area of 0.99 it lies above it in
14 to 18% of draws where it says 5%. Hanley and McNeil's variance needs no such rows: it is a function of the area,

    V(t) = t (1 - t) (1 + (n - 1) t / (1 + t) + (m - 1) (1 - t) / (2 - t)) / (m n),

with m rows of the outcome whose scores are taken to spread more and n of the other. Newcombe's method 5 has the mean
of m and n in the place of both, since no one knows which spreads more; here the rarer outcome is taken to, which is the
more careful. As in his method, V is taken at the bound, and the bound solved for: |area - t| = z sqrt(V(t)).

Hanley, McNeil (1982). https://doi.org/10.1148/radiology.143.1.7063747
Newcombe (2006). Confidence intervals for an effect size measure based on the Mann-Whitney statistic. Part 2.
Statistics in Medicine 25, 559-573.
"""

import math
from dataclasses import replace

from payoff.stats.estimates import Interval
from payoff.stats.kish import counted

# Rows of the rarer outcome, below which no interval of a ranking is trusted.
FEWEST = 10
# Rows of the rarer outcome out of place, from which on DeLong's interval errs at most 7% where it says 5%.
OUT_OF_PLACE = 20
HALVINGS = 60
JUDGED_WIDER = "few rows: a guardrail is judged by wider bounds"
SELDOM_WRONG = "few rows out of place: the wider of DeLong's bounds and of Hanley and McNeil's"


def is_seldom_wrong(area: float, worth: tuple[float, float]) -> bool:
    """Return whether too few rows of the rarer outcome are out of place for DeLong's variance.

    >>> is_seldom_wrong(0.9, (190.0, 5000.0)), is_seldom_wrong(0.9, (210.0, 5000.0))
    (True, False)
    """
    return float(counted(min(area, 1.0 - area) * min(worth))) < OUT_OF_PLACE


def hanley_mcneil_variance(area: float, worth: tuple[float, float]) -> float:
    """Return the variance of an AUC whose rarer outcome has the scores that spread more.

    Parameters
    ----------
    area : the true AUC.
    worth : rows of both outcomes, in either order; with weights those that they are worth.

    >>> round(hanley_mcneil_variance(0.5, (1.0, 1.0)), 12), round(hanley_mcneil_variance(0.5, (2.0, 2.0)), 12)
    (0.25, 0.104166666667)
    """
    few, many = min(worth), max(worth)
    shares = area / (1.0 + area), (1.0 - area) / (2.0 - area)
    pairs = (many - 1.0) * max(shares) + (few - 1.0) * min(shares)
    return area * (1.0 - area) * max(1.0 + pairs, 0.0) / (few * many)


def hanley_mcneil_bounds(area: float, worth: tuple[float, float], quantile: float) -> tuple[float, float]:
    """Return the two true AUCs from which the one seen is ``quantile`` of their own standard errors away.

    >>> low, high = hanley_mcneil_bounds(0.9, (10.0, 200.0), 1.959964)
    >>> round(low, 3), round(high, 3)
    (0.717, 0.972)
    """

    def bound(end: float) -> float:
        near, far = area, end
        for _ in range(HALVINGS):
            middle = (near + far) / 2.0
            reach = quantile * math.sqrt(hanley_mcneil_variance(middle, worth))
            near, far = (middle, far) if abs(area - middle) < reach else (near, middle)
        return far

    return bound(0.0), bound(1.0)


def few_of_the_rarer(found: Interval, worth: tuple[float, float]) -> Interval:
    """Return an interval without trust where the rarer outcome has fewer than 10 rows.

    >>> area = Interval(value=0.9, low=0.8, high=1.0, level=0.95, rows=99, events=7, method="delong_logit", tier="A")
    >>> few_of_the_rarer(area, (7.0, 92.0)).note
    '7 rows of the rarer outcome, 10 are needed'
    """
    rarer = min(worth)
    if found.low is None or rarer >= FEWEST:
        return found
    few = f"{math.floor(rarer)} rows of the rarer outcome, {FEWEST} are needed"
    return replace(found, tier="C", note=f"{few}; {found.note}" if found.note else few)
