"""Every metric of an outcome of several classes once. Names are scikit-learn's, of its scorers where it has them."""

from collections.abc import Mapping
from types import MappingProxyType

from payoff.catalogue.entries import CATALOGUE, Metric

_AVERAGES = {
    "macro": "mean over the classes",
    "micro": "of all classes pooled",
    "weighted": "mean over the classes by their rows",
}
_KINDS = {
    "precision": "share of right ones among the rows answered with a class",
    "recall": "share of the rows of a class that are answered with it",
    "f1": "harmonic mean of precision and recall",
}


def kind_of_metric(name: str) -> str:
    """Return what a metric judges, be it of a binary outcome or of several classes.

    >>> kind_of_metric("recall"), kind_of_metric("f1_macro")
    ('decisions', 'decisions')
    """
    return (CATALOGUE[name] if name in CATALOGUE else CLASS_METRICS[name]).of


CLASS_METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "accuracy": Metric(
            of="decisions",
            better="high",
            meaning="share of rows answered with their class",
            proof="scikit-learn",
        ),
        "balanced_accuracy": Metric(
            of="decisions", better="high", meaning="mean recall of the classes", proof="scikit-learn"
        ),
        **{
            f"{kind}_{average}": Metric(
                of="decisions", better="high", meaning=f"{meaning}, {how}", proof="scikit-learn"
            )
            for kind, meaning in _KINDS.items()
            for average, how in _AVERAGES.items()
        },
        "cohen_kappa": Metric(
            of="decisions",
            better="high",
            meaning="agreement of answer and class beyond chance",
            proof="scikit-learn",
        ),
        "matthews_corrcoef": Metric(
            of="decisions",
            better="high",
            meaning="correlation of answer and class (Gorodkin)",
            proof="scikit-learn",
        ),
        "normalised_cost": Metric(
            of="money",
            better="low",
            meaning="expected cost over that of the best constant action (Ferrer)",
            proof="brute-force row loop",
        ),
        "log_loss": Metric(
            of="probability", better="low", meaning="mean surprise at the class", proof="scikit-learn"
        ),
        "brier_score": Metric(
            of="probability",
            better="low",
            meaning="mean squared gap of probabilities and class, summed over classes",
            proof="scikit-learn",
        ),
        "roc_auc_ovr": Metric(
            of="ranking",
            better="high",
            meaning="ROC AUC of each class against the rest, mean over the classes",
            proof="scikit-learn",
        ),
        "roc_auc_ovr_weighted": Metric(
            of="ranking",
            better="high",
            meaning="ROC AUC of each class against the rest, mean by their rows",
            proof="scikit-learn",
        ),
    }
)
