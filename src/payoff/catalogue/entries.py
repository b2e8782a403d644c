"""Every metric once: what it is called, what it needs and which way is better. Names are scikit-learn's."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric.

    ``of`` says what it judges: decisions (policies table), a ranking or a probability (scores table), a quantity
    (losses table), or money.
    ``better`` is ``near`` for a difference that should vanish. ``proof`` names the reference of its tests.
    """

    of: Literal["decisions", "ranking", "probability", "quantity", "money"]
    better: Literal["high", "low", "near", "neither"]
    meaning: str
    proof: str


CATALOGUE: Mapping[str, Metric] = MappingProxyType(
    {
        "prevalence": Metric(
            of="decisions",
            better="neither",
            meaning="share of positives",
            proof="statsmodels proportion_confint",
        ),
        "act_rate": Metric(
            of="decisions",
            better="neither",
            meaning="share of rows acted on",
            proof="statsmodels proportion_confint",
        ),
        "accuracy": Metric(
            of="decisions",
            better="high",
            meaning="share of rows decided as the outcome turned out",
            proof="scikit-learn",
        ),
        "precision": Metric(
            of="decisions",
            better="high",
            meaning="share of positives among rows acted on",
            proof="scikit-learn",
        ),
        "recall": Metric(
            of="decisions",
            better="high",
            meaning="share of positives that are acted on",
            proof="scikit-learn",
        ),
        "specificity": Metric(
            of="decisions",
            better="high",
            meaning="share of negatives that are left alone",
            proof="scikit-learn",
        ),
        "f_beta": Metric(
            of="decisions",
            better="high",
            meaning="weighted harmonic mean of precision and recall",
            proof="scikit-learn",
        ),
        "balanced_accuracy": Metric(
            of="decisions", better="high", meaning="mean of recall and specificity", proof="scikit-learn"
        ),
        "matthews_corrcoef": Metric(
            of="decisions", better="high", meaning="correlation of decision and outcome", proof="scikit-learn"
        ),
        "roc_auc": Metric(
            of="ranking",
            better="high",
            meaning="chance that a positive scores above a negative",
            proof="scikit-learn",
        ),
        "average_precision": Metric(
            of="ranking",
            better="high",
            meaning="mean precision over the positives, from the top",
            proof="scikit-learn",
        ),
        "log_loss": Metric(
            of="probability", better="low", meaning="mean surprise at the outcome", proof="scikit-learn"
        ),
        "brier_score": Metric(
            of="probability",
            better="low",
            meaning="mean squared gap of score and outcome",
            proof="scikit-learn",
        ),
        "calibration_error": Metric(
            of="probability",
            better="low",
            meaning="Brier score lost to miscalibration (CORP)",
            proof="scikit-learn",
        ),
        "calibration_in_the_large": Metric(
            of="probability", better="near", meaning="mean outcome less mean score", proof="hand computation"
        ),
        "local_calibration": Metric(
            of="probability",
            better="near",
            meaning="mean outcome less mean score near the threshold used",
            proof="brute force",
        ),
        "cohen_kappa": Metric(
            of="decisions",
            better="high",
            meaning="agreement of decision and outcome beyond chance",
            proof="statsmodels, scikit-learn",
        ),
        "positive_likelihood_ratio": Metric(
            of="decisions",
            better="high",
            meaning="how much more often positives are acted on than negatives",
            proof="scikit-learn",
        ),
        "negative_likelihood_ratio": Metric(
            of="decisions",
            better="low",
            meaning="how much more often positives are left alone than negatives",
            proof="scikit-learn",
        ),
        "partial_roc_auc": Metric(
            of="ranking",
            better="high",
            meaning="area under the top of the ROC curve, one half for no skill",
            proof="scikit-learn",
        ),
        "capture_rate": Metric(
            of="ranking",
            better="high",
            meaning="share of the positives among the rows of highest score",
            proof="brute-force row loop",
        ),
        "lift": Metric(
            of="ranking",
            better="high",
            meaning="rate of positives among the rows of highest score over the rate among all",
            proof="brute-force row loop",
        ),
        "h_measure": Metric(
            of="ranking",
            better="high",
            meaning="part of the least loss that a score retuned to every cost ratio could save",
            proof="hull and integral by scipy",
        ),
        "discrimination": Metric(
            of="ranking",
            better="high",
            meaning="Brier score saved by the best rising map of the score (CORP)",
            proof="scikit-learn",
        ),
        "uncertainty": Metric(
            of="probability",
            better="neither",
            meaning="Brier score of saying the prevalence of every row",
            proof="scikit-learn",
        ),
        "calibration_intercept": Metric(
            of="probability",
            better="near",
            meaning="logit by which outcomes exceed the scores",
            proof="statsmodels",
        ),
        "calibration_slope": Metric(
            of="probability",
            better="neither",
            meaning="slope of outcomes on the scores' logits, 1 if right",
            proof="statsmodels",
        ),
        "spiegelhalter_z": Metric(
            of="probability",
            better="near",
            meaning="excess of the Brier score over that of right scores, standardised",
            proof="brute force",
        ),
        "binned_calibration_error": Metric(
            of="probability",
            better="low",
            meaning="root mean square gap of outcome and score by bins, debiased",
            proof="brute force",
        ),
        "reliability": Metric(
            of="probability",
            better="low",
            meaning="mean squared gap of outcome and score by bins (Murphy)",
            proof="brute force",
        ),
        "resolution": Metric(
            of="probability",
            better="high",
            meaning="mean squared gap of outcome by bins and prevalence (Murphy)",
            proof="brute force",
        ),
        "mean_absolute_error": Metric(
            of="quantity", better="low", meaning="mean gap of quantity and outcome", proof="scikit-learn"
        ),
        "root_mean_squared_error": Metric(
            of="quantity", better="low", meaning="root of the mean squared gap", proof="scikit-learn"
        ),
        "mean_pinball_loss": Metric(
            of="quantity",
            better="low",
            meaning="mean gap, too few and too many weighed by what they cost",
            proof="scikit-learn",
        ),
        "mean_error": Metric(
            of="quantity", better="near", meaning="mean of quantity less outcome (bias)", proof="NumPy"
        ),
        "interval_coverage": Metric(
            of="quantity",
            better="near",
            meaning="share of outcomes inside the predicted interval",
            proof="statsmodels proportion_confint",
        ),
        "absolute_error_skill": Metric(
            of="quantity",
            better="high",
            meaning="part of another candidate's mean absolute error that is saved",
            proof="scikit-learn",
        ),
        "squared_error_skill": Metric(
            of="quantity",
            better="high",
            meaning="part of another candidate's mean squared error that is saved",
            proof="scikit-learn",
        ),
        "pinball_skill": Metric(
            of="quantity",
            better="high",
            meaning="part of another candidate's pinball loss that is saved",
            proof="scikit-learn",
        ),
        "expected_maximum_profit": Metric(
            of="money",
            better="high",
            meaning="worth if the threshold were retuned to every draw of the assumptions",
            proof="brute force",
        ),
        "value": Metric(
            of="money", better="high", meaning="worth of the decisions", proof="brute-force row loop"
        ),
        "gain": Metric(
            of="money",
            better="high",
            meaning="value less a baseline's, same rows",
            proof="brute-force row loop",
        ),
        "net_gain": Metric(
            of="money", better="high", meaning="gain less running costs", proof="hand computation"
        ),
        "gain_difference": Metric(
            of="money",
            better="neither",
            meaning="gain in a slice less the gain in all other rows",
            proof="brute-force row loop, statsmodels",
        ),
        "gain_reweighted": Metric(
            of="money",
            better="neither",
            meaning="gain in a slice at the shares of outcomes of all other rows",
            proof="brute-force row loop, jackknife",
        ),
        "mix_effect": Metric(
            of="money",
            better="neither",
            meaning="gain in a slice less the same at the shares of outcomes of all other rows",
            proof="brute-force row loop, jackknife",
        ),
        "performance_effect": Metric(
            of="money",
            better="neither",
            meaning="gain in a slice at the shares of outcomes of all other rows, less theirs",
            proof="brute-force row loop, jackknife",
        ),
        "gain_shrunken": Metric(
            of="money",
            better="neither",
            meaning="gain in a slice drawn to the mean of all slices, for display",
            proof="hand formula",
        ),
    }
)
