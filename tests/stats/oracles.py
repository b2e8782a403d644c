"""Independent implementations beside ours: each draws a data set and tells how far the two are apart.

A difference is |ours - theirs| / max(1, |theirs|), so that it is relative for large numbers and absolute for small.
None of them is among those known to be wrong: no binned C index, no paired power by 2 var - 2 cov, no F1 interval of
other packages, lift always with the fractional last row.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import statsmodels.api as sm
from scipy import special, stats
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_by_statsmodels
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from tests.catalogue.law_rows import LIKELY, Rows, cells_of, rows_from
from tests.stats import score_tables

from payoff.stats.calibration import corp
from payoff.stats.confusion import Confusion, decision_metric
from payoff.stats.contrast import Contrast
from payoff.stats.contributions import contrast_of
from payoff.stats.distributions import beta_ppf, chi2_sf, normal_ppf, t_ppf
from payoff.stats.multiplicity import benjamini_hochberg, holm_refuted
from payoff.stats.partial_area import partial_roc_auc
from payoff.stats.probability_scores import brier_score, log_loss
from payoff.stats.proportions import clopper_pearson, mcnemar, newcombe_independent, wilson
from payoff.stats.ranking import average_precision, delong
from payoff.stats.recalibration import calibration_intercept, calibration_slope
from payoff.stats.retuned import maximum_profit
from payoff.stats.targeting import capture_rate, lift

# Of a slow implementation as many times fewer data sets are drawn.
SLOWER = 10
Floats = np.ndarray
Generator = np.random.Generator
# Estimator -> (ours, theirs); a number that either side leaves undefined is left out.
Compared = Iterator[tuple[str, float | None, float]]


@dataclass(frozen=True, slots=True)
class Oracle:
    """One independent implementation, how to draw a data set and put both to it, and whether that takes long."""

    by: str
    compared: Callable[[Generator], Compared]
    slow: bool = False


def largest_differences(
    oracle: Oracle, seed: int, sets: int, seconds: float = math.inf
) -> dict[str, tuple[int, float]]:
    """Return, per estimator, how many data sets were compared and the largest difference.

    No further data set is drawn after so many seconds of the processor.
    """
    generator, found = np.random.default_rng(seed), {}
    end = time.process_time() + seconds
    for _ in range(sets // SLOWER if oracle.slow else sets):
        if time.process_time() > end:
            break
        for name, ours, theirs in oracle.compared(generator):
            if ours is None or not np.isfinite(theirs):
                continue
            count, worst = found.get(name, (0, 0.0))
            found[name] = count + 1, max(worst, float(abs(ours - theirs) / max(1.0, abs(theirs))))
    return found


def _scored(generator: Generator) -> tuple[Floats, Floats, Floats]:
    return next(score_tables.tables(int(generator.integers(2**32)), 1))


def _probable(generator: Generator) -> tuple[Floats, Floats, Floats]:
    return next(score_tables.probabilities(int(generator.integers(2**32)), 1))


def _counts(generator: Generator) -> Floats:
    return np.maximum(generator.integers(0, 300, 4) // generator.choice([1, 10, 100], 4), 1)


def _money(generator: Generator) -> Rows:
    n = int(generator.integers(8, 120))
    ends = ((1, 20), (0, 2), (0, 2), (1, 5), (-50, 51), (-9, 10), (0, 20), (0, 3))
    return rows_from(list(zip(*(generator.integers(*end, n) for end in ends), strict=True)))


def gain_of(rows: Rows, cluster: Floats | None = None) -> Contrast:
    """Return the gain of the model over its rival."""
    cells = cells_of(rows, cluster=cluster)
    gap = (cells.actions["rival"] - cells.actions["model"]).astype(float)
    return contrast_of(cells, np.stack([np.zeros(len(cells)), gap], axis=1), LIKELY)


def rankings_of_scikit_learn(generator: Generator) -> Compared:
    score, y, w = _scored(generator)
    cells, given = score_tables.cells_of(score, y, w), {"sample_weight": w}
    yield "roc_auc", delong(cells)[0], metrics.roc_auc_score(y, score, **given)
    yield (
        "average_precision",
        average_precision(cells).value,
        metrics.average_precision_score(y, score, **given),
    )
    end = float(generator.choice([0.01, 0.1, 0.5]))
    theirs = metrics.roc_auc_score(y, score, max_fpr=end, **given)
    yield "partial_roc_auc", partial_roc_auc(cells, max_fpr=end).value, theirs


def probabilities_of_scikit_learn(generator: Generator) -> Compared:
    score, y, w = _probable(generator)
    cells = score_tables.cells_of(score, y, w)
    yield (
        "brier_score",
        brier_score(cells).value,
        metrics.brier_score_loss(y, score, sample_weight=w, pos_label=1),
    )
    yield "log_loss", log_loss(cells).value, metrics.log_loss(y, score, sample_weight=w)


def decisions_of_scikit_learn(generator: Generator) -> Compared:
    cells = _counts(generator)
    y, a, given = np.array([1, 0, 1, 0]), np.array([1, 1, 0, 0]), {"sample_weight": cells}
    table = Confusion(totals=cells.astype(float), rows=cells)
    theirs = {
        "accuracy": metrics.accuracy_score(y, a, **given),
        "precision": metrics.precision_score(y, a, **given),
        "recall": metrics.recall_score(y, a, **given),
        "specificity": metrics.recall_score(1 - y, 1 - a, **given),
        "f_beta": metrics.fbeta_score(y, a, beta=2.0, **given),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, a, **given),
        "matthews_corrcoef": metrics.matthews_corrcoef(y, a, **given),
        "cohen_kappa": metrics.cohen_kappa_score(y, a, **given),
    }
    likelihood = metrics.class_likelihood_ratios(y, a, **given)
    theirs |= dict(zip(("positive_likelihood_ratio", "negative_likelihood_ratio"), likelihood, strict=True))
    for name, expected in theirs.items():
        yield name, decision_metric(name, table, beta=2.0).value, expected


def isotonic_of_scikit_learn(generator: Generator) -> Compared:
    score, y, w = _probable(generator)
    fitted = IsotonicRegression().fit(score, y, sample_weight=w).predict(score)
    found, base = corp(score_tables.cells_of(score, y, w)), np.average(y, weights=w)
    plain, best, none = (np.average((y - one) ** 2, weights=w) for one in (score, fitted, base))
    yield "calibration_error", found.miscalibration, plain - best
    yield "discrimination", found.discrimination, none - best
    yield "uncertainty", found.uncertainty, none


def proportions_of_statsmodels(generator: Generator) -> Compared:
    n = int(10 ** generator.uniform(0, 5))
    k = int(generator.choice([0, n, generator.integers(0, n + 1), min(n, 3)]))
    for name, ours, method in (("wilson", wilson, "wilson"), ("clopper_pearson", clopper_pearson, "beta")):
        found = ours(k, n)
        low, high = proportion_confint(k, n, method=method)
        yield f"{name} low", found.low, float(low)
        yield f"{name} high", found.high, float(high)


def differences_of_statsmodels(generator: Generator) -> Compared:
    n, m = generator.integers(1, 2_000, 2)
    k, j = generator.integers(0, n + 1), generator.integers(0, m + 1)
    found = newcombe_independent((int(k), int(n)), (int(j), int(m)))
    low, high = confint_proportions_2indep(k, n, j, m, method="newcomb", compare="diff")
    yield "newcombe_independent low", found.low, float(low)
    yield "newcombe_independent high", found.high, float(high)


def agreement_of_statsmodels(generator: Generator) -> Compared:
    cells = hit, alarm, miss, quiet = _counts(generator)
    theirs = cohens_kappa(np.array([[hit, miss], [alarm, quiet]]))
    found = decision_metric("cohen_kappa", Confusion(totals=np.array(cells, float), rows=np.array(cells)))
    yield "cohen_kappa", found.value, theirs.kappa
    yield "cohen_kappa error", found.stderr, theirs.std_kappa
    table = [[5, int(miss)], [int(alarm), 5]]
    yield "mcnemar", mcnemar(int(miss), int(alarm)), mcnemar_by_statsmodels(table, exact=True).pvalue


def adjustments_of_statsmodels(generator: Generator) -> Compared:
    p = generator.random(int(generator.integers(1, 9))) ** generator.choice([1, 3])
    refuted = holm_refuted([lambda sure, p=one: p < 1.0 - sure for one in p], 0.95)
    for one, other in zip(refuted, multipletests(p, alpha=0.05, method="holm")[0], strict=True):
        yield "holm", float(one), float(other)


def adjustments_of_scipy(generator: Generator) -> Compared:
    p = generator.random(int(generator.integers(1, 40))) ** generator.choice([1, 3])
    gap = np.abs(benjamini_hochberg(p) - stats.false_discovery_control(p)).max()
    yield "benjamini_hochberg", float(gap), 0.0


def recalibration_of_statsmodels(generator: Generator) -> Compared:
    score, y, _ = _probable(generator)
    cells, x, family = score_tables.cells_of(score, y), special.logit(score), sm.families.Binomial()
    shift = sm.GLM(y, np.ones(len(y)), family, offset=x).fit(tol=1e-14, cov_type="HC0")
    yield "calibration_intercept", calibration_intercept(cells).value, float(shift.params[0])
    slope = calibration_slope(cells)
    if slope.value is not None:
        line = sm.GLM(y, sm.add_constant(x), family).fit(tol=1e-14, cov_type="HC0")
        yield "calibration_slope", slope.value, float(line.params[1])


def clustered_mean_of_statsmodels(generator: Generator) -> Compared:
    rows = _money(generator)
    rows.weight[:] = 1.0
    cluster = generator.integers(0, max(3, len(rows) // 4), len(rows))
    cluster[:2] = 0, 1
    gain = (rows.acted - rows.rival) * (rows.worth - rows.spared)
    theirs = sm.OLS(gain, np.ones(len(gain))).fit(cov_type="cluster", cov_kwds={"groups": cluster})
    found = gain_of(rows, cluster)
    yield "gain", float(found.mean[0] @ LIKELY), float(theirs.params[0])
    # Where clusters are the units the variance of the mean is the covariance over their number.
    error = float(np.sqrt(LIKELY @ found.covariance[0] @ LIKELY / found.units))
    yield "gain error in clusters", error, float(theirs.bse[0])


def moments_of_scipy(generator: Generator) -> Compared:
    rows = _money(generator)
    rows.weight[:] = 1.0
    gain = (rows.acted - rows.rival) * (rows.worth - rows.spared)
    found = gain_of(rows)
    if gain.std() > 0:
        yield "gain skewness", float(found.skewness[0]), float(stats.skew(gain))
    error = float(np.sqrt(LIKELY @ found.covariance[0] @ LIKELY / len(rows)))
    yield "gain error", error, float(stats.sem(gain))


def distributions_of_scipy(generator: Generator) -> Compared:
    p, df = float(generator.uniform(1e-6, 1 - 1e-6)), float(10 ** generator.uniform(0, 6))
    a, b = 10 ** generator.uniform(-1, 5, 2)
    yield "normal quantile", float(normal_ppf(p)), float(special.ndtri(p))
    yield "t quantile", float(t_ppf(p, df)), float(special.stdtrit(df, p))
    yield "beta quantile", float(beta_ppf(p, a, b)), float(special.betaincinv(a, b, p))
    yield "chi-squared tail", float(chi2_sf(50 * p)), float(special.chdtrc(1.0, 50 * p))


def ranks_of_scipy(generator: Generator) -> Compared:
    score, y, _ = _scored(generator)
    up, down = score[y == 1], score[y == 0]
    theirs = stats.mannwhitneyu(up, down, method="asymptotic").statistic / (len(up) * len(down))
    yield "roc_auc", delong(score_tables.cells_of(score, y))[0], float(theirs)


def pairs_by_loops(generator: Generator) -> Compared:
    score, y, _ = _scored(generator)
    up, down = score[y == 1], score[y == 0]
    kernel = (up[:, None] > down) + 0.5 * (up[:, None] == down)
    theirs = kernel.mean(axis=1).var(ddof=1) / len(up) + kernel.mean(axis=0).var(ddof=1) / len(down)
    yield "roc_auc variance", delong(score_tables.cells_of(score, y))[1], float(theirs)


def rows_by_loops(generator: Generator) -> Compared:
    score, y, w = _scored(generator)
    cells, share = score_tables.cells_of(score, y, w), float(generator.choice([0.01, 0.1, 1 / 3]))
    left, caught = share * w.sum(), 0.0
    for level in np.unique(score)[::-1]:
        here = score == level
        caught += min(max(left / w[here].sum(), 0.0), 1.0) * (w * y)[here].sum()
        left -= w[here].sum()
    caught /= (w * y).sum()
    yield "capture_rate", capture_rate(cells, share=share).value, caught
    yield "lift", lift(cells, share=share).value, caught / share
    gain, loss = float(generator.uniform(0, 9)), float(generator.uniform(0, 9))
    worth = np.where(y == 1, gain, -loss) * w
    best = max(0.0, *(worth[score >= cut].sum() / w.sum() for cut in np.unique(score)))
    yield "expected_maximum_profit", maximum_profit(cells, np.array([gain]), np.array([loss])), best


def exact_fractions(generator: Generator) -> Compared:
    rows = _money(generator)
    found = gain_of(rows)
    gains = [Fraction(int(one)) for one in (rows.acted - rows.rival) * (rows.worth - rows.spared)]
    weights = [Fraction(int(one)) for one in rows.weight]
    total, n = sum(weights), len(rows)
    mean = sum(w * gain for w, gain in zip(weights, gains, strict=True)) / total
    square = sum((w * (gain - mean)) ** 2 for w, gain in zip(weights, gains, strict=True))
    yield "gain", float(found.mean[0] @ LIKELY), float(mean)
    variance = float(LIKELY @ found.covariance[0] @ LIKELY)
    yield "gain variance", variance, float(square * n * n / total**2 / (n - 1))
    ups = [(one, w) for one, w, y in zip(rows.score, weights, rows.state, strict=True) if y == 1]
    downs = [(one, w) for one, w, y in zip(rows.score, weights, rows.state, strict=True) if y == 0]
    won = sum(v * w * (2 if up > down else up == down) for up, v in ups for down, w in downs)
    area = Fraction(won, 2) / (sum(v for _, v in ups) * sum(w for _, w in downs))
    cells = score_tables.cells_of(rows.score, rows.state.astype(float), rows.weight)
    yield "roc_auc", delong(cells)[0], float(area)


ORACLES: Mapping[str, Oracle] = MappingProxyType(
    {
        one.compared.__name__.replace("_", " "): one
        for one in (
            Oracle("scikit-learn, `roc_auc_score`, `average_precision_score`", rankings_of_scikit_learn),
            Oracle("scikit-learn, `brier_score_loss`, `log_loss`", probabilities_of_scikit_learn),
            Oracle("scikit-learn, metrics of classification", decisions_of_scikit_learn),
            Oracle("scikit-learn, `IsotonicRegression`", isotonic_of_scikit_learn),
            Oracle("statsmodels, `proportion_confint`", proportions_of_statsmodels),
            Oracle("statsmodels, `confint_proportions_2indep`", differences_of_statsmodels),
            Oracle("statsmodels, `cohens_kappa`, `mcnemar`", agreement_of_statsmodels),
            Oracle("statsmodels, `multipletests`", adjustments_of_statsmodels, slow=True),
            Oracle("scipy, `false_discovery_control`", adjustments_of_scipy),
            Oracle("statsmodels, `GLM` of a binomial family", recalibration_of_statsmodels),
            Oracle("statsmodels, `OLS` with clustered errors", clustered_mean_of_statsmodels),
            Oracle("scipy, `stats.skew`, `stats.sem`", moments_of_scipy),
            Oracle("scipy, `special`", distributions_of_scipy),
            Oracle("scipy, `mannwhitneyu`", ranks_of_scipy),
            Oracle("all pairs of rows, one by one", pairs_by_loops),
            Oracle("a walk over the rows", rows_by_loops),
            Oracle("exact fractions", exact_fractions),
        )
    }
)
