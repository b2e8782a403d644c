"""The names that a spec may use and what each of them allows."""

from types import MappingProxyType

METRICS: tuple[str, ...] = (
    "prevalence",
    "act_rate",
    "accuracy",
    "precision",
    "recall",
    "specificity",
    "f_beta",
    "balanced_accuracy",
    "matthews_corrcoef",
    "roc_auc",
    "average_precision",
    "log_loss",
    "brier_score",
    "calibration_error",
    "calibration_in_the_large",
    "local_calibration",
    "value",
    "gain",
)
"""What is estimated when the spec does not choose (``metrics``)."""

FURTHER: tuple[str, ...] = (
    "cohen_kappa",
    "positive_likelihood_ratio",
    "negative_likelihood_ratio",
    "partial_roc_auc",
    "capture_rate",
    "lift",
    "h_measure",
    "discrimination",
    "uncertainty",
    "calibration_intercept",
    "calibration_slope",
    "spiegelhalter_z",
    "binned_calibration_error",
    "reliability",
    "resolution",
    "expected_maximum_profit",
    "paired_differences",
    "slice_differences",
    "shift_effects",
    "net_benefit",
)
"""What is estimated only when the spec names it (``metrics``)."""

OF_QUANTITIES: tuple[str, ...] = (
    "mean_absolute_error",
    "root_mean_squared_error",
    "mean_pinball_loss",
    "mean_error",
    "interval_coverage",
    "absolute_error_skill",
    "squared_error_skill",
    "pinball_skill",
    "value",
    "gain",
)
"""What is estimated where a quantity is decided."""

SKILLS = frozenset({"absolute_error_skill", "squared_error_skill", "pinball_skill"})
"""Metrics that compare a candidate with another one."""

OF_CLASSES: tuple[str, ...] = (
    "act_rate",
    "accuracy",
    "balanced_accuracy",
    "precision_macro",
    "precision_micro",
    "precision_weighted",
    "recall_macro",
    "recall_micro",
    "recall_weighted",
    "f1_macro",
    "f1_micro",
    "f1_weighted",
    "cohen_kappa",
    "matthews_corrcoef",
    "log_loss",
    "brier_score",
    "roc_auc_ovr",
    "roc_auc_ovr_weighted",
    "normalised_cost",
    "value",
    "gain",
)
"""What is estimated of an outcome of several classes; ``metrics`` may choose among them."""

FURTHER_OF_CLASSES: tuple[str, ...] = ("shift_effects",)
"""What is estimated of an outcome of several classes only when the spec names it (``metrics``)."""

NORMALISED = "normalised_cost"
"""What is estimated too of a binary outcome with more than two actions."""

GUARDED_OF_CLASSES: tuple[str, ...] = ("act_rate", "value", "gain", "net_gain", *OF_CLASSES[1:14])
"""What a guardrail may limit of an outcome of several classes; of answers, where actions bear their names."""

GUARDED: tuple[str, ...] = (
    *METRICS,
    "net_gain",
    "cohen_kappa",
    "positive_likelihood_ratio",
    "negative_likelihood_ratio",
    "partial_roc_auc",
    "capture_rate",
    "lift",
    "calibration_intercept",
    "calibration_slope",
    "latency",
)
"""What a guardrail may limit: of the further metrics those with an interval that may be judged."""

MONEY = frozenset({"value", "gain", "net_gain"})
"""Metrics in the spec's unit, per decision or per period."""

OF_SCORES = frozenset(
    {
        "roc_auc",
        "average_precision",
        "log_loss",
        "brier_score",
        "calibration_error",
        "calibration_in_the_large",
        "local_calibration",
        "partial_roc_auc",
        "capture_rate",
        "lift",
        "calibration_intercept",
        "calibration_slope",
    }
)
"""Metrics of a score rather than of decisions."""

OF_PROBABILITIES = frozenset(
    {
        "log_loss",
        "brier_score",
        "calibration_error",
        "calibration_in_the_large",
        "local_calibration",
        "calibration_intercept",
        "calibration_slope",
    }
)
"""Metrics that mean something only where the score is a probability."""

_WITHOUT_END = float("inf")

LIMITS = MappingProxyType(
    {
        "matthews_corrcoef": (-1.0, 1.0),
        "cohen_kappa": (-1.0, 1.0),
        "calibration_in_the_large": (-1.0, 1.0),
        "local_calibration": (-1.0, 1.0),
        "log_loss": (0.0, _WITHOUT_END),
        "mean_absolute_error": (0.0, _WITHOUT_END),
        "root_mean_squared_error": (0.0, _WITHOUT_END),
        "mean_pinball_loss": (0.0, _WITHOUT_END),
        "mean_error": (-_WITHOUT_END, _WITHOUT_END),
        "absolute_error_skill": (-_WITHOUT_END, 1.0),
        "squared_error_skill": (-_WITHOUT_END, 1.0),
        "pinball_skill": (-_WITHOUT_END, 1.0),
        "lift": (0.0, _WITHOUT_END),
        "latency": (0.0, _WITHOUT_END),
        "positive_likelihood_ratio": (0.0, _WITHOUT_END),
        "negative_likelihood_ratio": (0.0, _WITHOUT_END),
        "calibration_intercept": (-_WITHOUT_END, _WITHOUT_END),
        "calibration_slope": (-_WITHOUT_END, _WITHOUT_END),
    }
)
"""The range of a metric where it is not 0 to 1."""

CELLS: tuple[str, ...] = ("true_positive", "false_positive", "false_negative", "true_negative")
"""The four-cell shorthand of ``value``."""

VOLUME = "decision.volume"
"""How results and correlations call the volume among the assumptions."""
