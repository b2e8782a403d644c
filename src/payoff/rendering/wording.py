"""Plain words for what the result holds as keys: statuses, reasons, metrics, trust tiers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# Names stand in “ ”, and amounts have no space after their stop.
_OPENING = re.compile(r"((?:“[^”]*”|\.(?! )|[^.“])+\.) (\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Status:
    """How a status is told: a word, a sign that needs no colour, and a tone for the style sheet."""

    word: str
    sign: str
    tone: Literal["good", "bad", "doubt", "none"]


STATUSES: Mapping[str, Status] = {
    "cleared": Status("cleared", "✓", "good"),
    "missed": Status("missed", "✕", "bad"),
    "undecided": Status("undecided", "?", "doubt"),
    "not evaluated": Status("not evaluated", "–", "none"),
}

OVERALL: Mapping[str | None, tuple[Status, str]] = {
    "ship": (
        Status("ship", "✓", "good"),
        "Every needed hurdle is cleared and no limit stands in the way.",
    ),
    "hold": (
        Status("hold", "?", "doubt"),
        "A needed hurdle or a limit is still open: this cannot be decided yet.",
    ),
    "reject": (Status("reject", "✕", "bad"), "A needed hurdle or a limit is missed."),
    None: (Status("no verdict", "–", "none"), "Nothing was judged: without a hurdle there is no verdict."),
}

REASONS: Mapping[str, str] = {
    "sampling": "the data do not settle it",
    "slice_too_small": "too few rows in this part to judge it",
    "assumptions": "the rows would suffice, the assumptions do not",
    "same_decisions": "the policy decides every row as its baseline does: the gain is exactly zero",
    "no_verdict_tier": "the interval cannot be trusted enough to judge by it",
    "few_clusters": "too few independent clusters",
    "few_periods": "too few periods to tell how much their totals vary",
    "does_nothing": "the policy acts on no row",
    "pending": "too many outcomes are still pending",
    "no_labels": "too few known outcomes of each kind",
    "miscalibrated": "refused: the probabilities that it weighs values by are off where it decides",
    "unseen_outcomes": "not measured: outcomes are seen only where one action was taken",
    "no_any_time": "no bound that holds at every look can be given here: say how many looks there are in all",
}

TIERS: Mapping[str, tuple[str, str]] = {
    "A": ("calibrated", "the interval keeps its promise; judged"),
    "A-": ("widened", "widened for a heavy tail or few clusters, then judged like A"),
    "F": ("finite support", "few possible values per row, unseen ones included; judged"),
    "B": ("guaranteed", "holds whatever the distribution, given the declared cap; judged"),
    "C": ("no verdict", "too little or too heavy-tailed to trust; shown, never judged"),
}

Kind = Literal["percent", "ratio", "money"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's title, how its numbers read, and what it says in a few words."""

    title: str
    kind: Kind
    meaning: str


METRICS: Mapping[str, Metric] = {
    "value": Metric("Value", "money", "worth of the decisions, as the spec values them"),
    "gain": Metric("Gain", "money", "worth more than the other policy, on the same rows"),
    "net_gain": Metric("Net gain", "money", "gain less running costs"),
    "gain_difference": Metric(
        "Gain against the rest", "money", "gain in a slice less the gain in all other rows"
    ),
    "gain_reweighted": Metric(
        "Gain, re-weighted",
        "money",
        "gain in a slice if its shares of outcomes were those of all other rows",
    ),
    "mix_effect": Metric("Mix effect", "money", "what other shares of outcomes make of a slice's gain"),
    "performance_effect": Metric(
        "Performance effect",
        "money",
        "what other gains on rows of one outcome make of a slice's gain",
    ),
    "prevalence_difference": Metric(
        "Prevalence against the rest", "percent", "that of a slice less that of all other rows"
    ),
    "act_rate_difference": Metric(
        "Act rate against the rest", "percent", "that of a slice less that of all other rows"
    ),
    "precision_difference": Metric(
        "Precision against the rest", "percent", "that of a slice less that of all other rows"
    ),
    "recall_difference": Metric(
        "Recall against the rest", "percent", "that of a slice less that of all other rows"
    ),
    "gain_shrunken": Metric("Gain, shrunken", "money", "drawn to the mean of all slices; for display only"),
    "net_present_value": Metric(
        "Net present value",
        "money",
        "yearly net gain over the horizon at the hurdle rate, less what is paid once",
    ),
    "payback": Metric("Payback", "money", "years of net gain that what is paid once takes"),
    "latency": Metric("Latency", "money", "time that an answer takes"),
    "claimed_value": Metric("Claimed value", "money", "value on the rows that chose the threshold; too rosy"),
    "value_bounds": Metric("Bounds of the value", "money", "unseen outcomes at their worst and best"),
    "gain_bounds": Metric("Bounds of the gain", "money", "unseen outcomes at their worst and best"),
    "prevalence_bounds": Metric("Bounds of prevalence", "percent", "unseen outcomes at their worst and best"),
    "precision_bounds": Metric("Bounds of precision", "percent", "unseen outcomes at their worst and best"),
    "recall_bounds": Metric("Bounds of recall", "percent", "unseen outcomes at their worst and best"),
    "worth_of_one_more": Metric(
        "Worth of one more", "money", "of acting on one more row where the capacity is full"
    ),
    "worth_of_a_tenth_more": Metric("Worth of a tenth more", "money", "of a tenth more capacity"),
    "prevalence": Metric("Prevalence", "percent", "share of rows with a positive outcome"),
    "act_rate": Metric("Act rate", "percent", "share of rows acted on"),
    "accuracy": Metric("Accuracy", "percent", "share of rows decided as the outcome asks"),
    "precision": Metric("Precision", "percent", "share of those acted on that is positive"),
    "recall": Metric("Recall", "percent", "share of the positive that is acted on"),
    "specificity": Metric("Specificity", "percent", "share of the negative that is left alone"),
    "balanced_accuracy": Metric("Balanced accuracy", "percent", "mean of recall and specificity"),
    "f_beta": Metric("F-beta", "ratio", "weighted harmonic mean of precision and recall"),
    "matthews_corrcoef": Metric("Matthews correlation", "ratio", "correlation of action and outcome"),
    "roc_auc": Metric("ROC AUC", "ratio", "chance that a positive row scores above a negative one"),
    "average_precision": Metric(
        "Average precision", "ratio", "read beside prevalence, its value for a random score"
    ),
    "log_loss": Metric("Log loss", "ratio", "lower is better"),
    "brier_score": Metric("Brier score", "ratio", "lower is better"),
    "calibration_error": Metric("Calibration error", "ratio", "distance of scores from observed rates"),
    "calibration_in_the_large": Metric("Calibration in the large", "ratio", "observed rate less mean score"),
    "local_calibration": Metric(
        "Calibration at the threshold", "ratio", "observed rate less score where it matters"
    ),
    "cohen_kappa": Metric("Cohen's kappa", "ratio", "agreement of action and outcome beyond chance"),
    "positive_likelihood_ratio": Metric(
        "Positive likelihood ratio", "ratio", "recall over false alarms' share"
    ),
    "negative_likelihood_ratio": Metric(
        "Negative likelihood ratio", "ratio", "misses' share over specificity"
    ),
    "partial_roc_auc": Metric("Partial ROC AUC", "ratio", "the top of the ROC curve; 0.5 without skill"),
    "capture_rate": Metric("Capture rate", "percent", "of the positive, among the highest scores"),
    "lift": Metric("Lift", "ratio", "rate among the highest scores over the rate among all"),
    "h_measure": Metric("H-measure", "ratio", "potential, if the threshold is retuned to every cost ratio"),
    "discrimination": Metric("Discrimination", "ratio", "Brier score that the order of the scores can save"),
    "uncertainty": Metric("Uncertainty", "ratio", "Brier score of the prevalence itself"),
    "calibration_intercept": Metric(
        "Calibration intercept", "ratio", "0 if right; above 0 scores are too low"
    ),
    "calibration_slope": Metric("Calibration slope", "ratio", "1 if right; below 1 scores are too extreme"),
    "spiegelhalter_z": Metric(
        "Spiegelhalter's z", "ratio", "a test: beyond 2 either way, scores are not right"
    ),
    "binned_calibration_error": Metric(
        "Binned calibration error", "ratio", "debiased gap of scores and rates"
    ),
    "reliability": Metric("Reliability", "ratio", "Murphy's, by bins; lower is better"),
    "resolution": Metric("Resolution", "ratio", "Murphy's, by bins; higher is better"),
    "net_benefit": Metric(
        "Net benefit", "ratio", "true positives per row, less false alarms at the odds of the threshold"
    ),
    "mean_absolute_error": Metric("Mean absolute error", "money", "how far quantities are from outcomes"),
    "root_mean_squared_error": Metric(
        "Root mean squared error", "money", "the same, large misses counting more"
    ),
    "mean_pinball_loss": Metric(
        "Pinball loss", "money", "gap to the outcome, too few and too many weighed by what they cost"
    ),
    "mean_error": Metric("Bias", "money", "mean of quantity less outcome; above 0 too many"),
    "interval_coverage": Metric("Interval coverage", "percent", "outcomes inside the predicted interval"),
    "absolute_error_skill": Metric(
        "Skill by absolute error", "percent", "part of the other's mean absolute error that is saved"
    ),
    "squared_error_skill": Metric(
        "Skill by squared error", "percent", "part of the other's mean squared error that is saved"
    ),
    "pinball_skill": Metric(
        "Skill by pinball loss", "percent", "part of the other's pinball loss that is saved"
    ),
    "precision_at_k": Metric("Precision of the best", "percent", "of the k highest scores, positive"),
    "recall_at_k": Metric("Recall of the best", "percent", "of the positive, among the k highest scores"),
    "lift_at_k": Metric(
        "Lift of the best", "ratio", "rate among the k highest scores over the rate among all"
    ),
    "value_at_k": Metric("Value of the best", "money", "of acting on the k highest scores, in all"),
    "ndcg": Metric("NDCG", "ratio", "discounted gain of the order over that of the best order"),
    "f1": Metric("F1", "ratio", "harmonic mean of precision and recall"),
    "precision_macro": Metric("Precision, macro", "percent", "mean over the classes"),
    "precision_micro": Metric("Precision, micro", "percent", "of all classes pooled"),
    "precision_weighted": Metric("Precision, weighted", "percent", "mean over the classes by their rows"),
    "recall_macro": Metric("Recall, macro", "percent", "mean over the classes"),
    "recall_micro": Metric("Recall, micro", "percent", "of all classes pooled"),
    "recall_weighted": Metric("Recall, weighted", "percent", "mean over the classes by their rows"),
    "f1_macro": Metric("F1, macro", "ratio", "mean over the classes"),
    "f1_micro": Metric("F1, micro", "ratio", "of all classes pooled"),
    "f1_weighted": Metric("F1, weighted", "ratio", "mean over the classes by their rows"),
    "roc_auc_ovr": Metric("ROC AUC, one against the rest", "ratio", "mean over the classes"),
    "roc_auc_ovr_weighted": Metric(
        "ROC AUC, one against the rest, weighted", "ratio", "mean over the classes by their rows"
    ),
    "normalised_cost": Metric(
        "Normalised cost", "ratio", "expected cost over that of the best constant action; 1 is no better"
    ),
    "expected_maximum_profit": Metric(
        "Expected maximum profit", "money", "potential, if the threshold is retuned to every assumption"
    ),
}

KEY_OF_RANKINGS = ("precision_at_k", "recall_at_k", "lift_at_k", "value_at_k", "ndcg")
KEY_METRICS = (
    "prevalence",
    "act_rate",
    "precision",
    "recall",
    "roc_auc",
    "average_precision",
    "brier_score",
    "mean_absolute_error",
    "root_mean_squared_error",
    "mean_pinball_loss",
    "mean_error",
    "interval_coverage",
)

KEY_OF_CLASSES = (
    "accuracy",
    "balanced_accuracy",
    "f1_macro",
    "matthews_corrcoef",
    "roc_auc_ovr",
    "log_loss",
    "normalised_cost",
)

GROUPS: Mapping[str, str] = {
    "cluster": "rows of one cluster stay together",
    "id": "by each row's id",
    "row position": "by the position of the row in the file, since the spec names neither cluster nor id",
}

VOLUME_FROM: Mapping[str, str] = {
    "spec": "as the spec states it",
    "time": "counted from the rows' own dates, since the spec states none",
    "none": "not known: amounts are per decision only",
}


def metric_title(name: str, at: Mapping[str, float] | Mapping[str, str] | None = None) -> str:
    """Return how a metric is called, its parameters included.

    >>> metric_title("f_beta", {"beta": 1.0})
    'F1'
    >>> metric_title("something_new")
    'Something new'
    >>> metric_title("ndcg_per_query_id", {"k": 10.0})
    'NDCG per query_id (k 10)'
    """
    if name == "f_beta" and at and set(at) == {"beta"}:
        return f"F{at['beta']:g}"
    known, (ranked, _, each) = METRICS.get(name), name.partition("_per_")
    if known is None and each and ranked in METRICS:
        title = f"{METRICS[ranked].title} per {each}"
    else:
        title = known.title if known else name.replace("_", " ").capitalize()
    parameters = (
        f"{key} {one if isinstance(one, str) else f'{one:.4g}'}" for key, one in sorted((at or {}).items())
    )
    return title + (f" ({', '.join(parameters)})" if at else "")


def reason_text(reason: str | None) -> str:
    """Return a reason in words; one that has no words of its own is returned as it is.

    >>> reason_text("few_clusters")
    'too few independent clusters'
    """
    if reason is not None and reason.startswith("assumptions: "):
        name, mark, at = reason.removeprefix("assumptions: ").rpartition(", break-even at ")
        return (
            f"it hangs on {name}: at {at} the gain just meets what is needed" if mark else f"it hangs on {at}"
        )
    return "" if reason is None else REASONS.get(reason, reason.removeprefix("few_clusters: "))


def sentence_case(text: str) -> str:
    """Return a text with its first letter as a sentence begins; names in it keep theirs.

    >>> sentence_case("it hangs on Margin")
    'It hangs on Margin'
    """
    return text[:1].upper() + text[1:]


def opening(text: str) -> tuple[str, str]:
    """Return the first sentence of a text and the rest; a full stop in a quoted name ends nothing.

    >>> opening("Use “St. Anne” to call. It clears the hurdle.")
    ('Use “St. Anne” to call.', 'It clears the hurdle.')
    """
    found = _OPENING.fullmatch(text)
    return (found[1], found[2]) if found else (text, "")


def part_text(part: Mapping[str, str] | None, *, alone: bool = False) -> str:
    """Return a slice in words; ``alone``: the value only, where the column is said nearby.

    >>> part_text({"job": "retired", "age_band": "60 and over"})
    'job = retired, age_band = 60 and over'
    """
    if part is None:
        return "all rows"
    if alone and len(part) == 1:
        return next(iter(part.values()))
    return ", ".join(f"{column} = {value}" for column, value in part.items())
