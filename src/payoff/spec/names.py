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

GUARDED: tuple[str, ...] = (*METRICS, "net_gain")
"""What a guardrail may limit."""

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
    }
)
"""Metrics of a score rather than of decisions."""

OF_PROBABILITIES = frozenset(
    {"log_loss", "brier_score", "calibration_error", "calibration_in_the_large", "local_calibration"}
)
"""Metrics that mean something only where the score is a probability."""

LIMITS = MappingProxyType({"matthews_corrcoef": (-1.0, 1.0), "log_loss": (0.0, float("inf"))})
"""The range of a metric where it is not 0 to 1."""

CELLS: tuple[str, ...] = ("true_positive", "false_positive", "false_negative", "true_negative")
"""The four-cell shorthand of ``value``."""
