"""The catalogue of metrics: what each is, and how tables become its number with an interval."""

from payoff.catalogue.advice import ROLES, Advice, Advised, Regret, Trait, Worth
from payoff.catalogue.class_entries import CLASS_METRICS, kind_of_metric
from payoff.catalogue.classwise import (
    against_the_rest,
    class_table,
    forecast_losses,
    one_class,
    table_metrics,
)
from payoff.catalogue.decisions import at_of, confusion_of, decision_bounds, decision_metrics, jackknifed
from payoff.catalogue.differences import newcombe_difference, paired_shares
from payoff.catalogue.entries import CATALOGUE, Metric
from payoff.catalogue.fingerprint import Fingerprint, traits
from payoff.catalogue.pairs import clustered_differences, score_differences
from payoff.catalogue.scores import score_cells, score_metrics
from payoff.catalogue.suiting import advise

__all__ = [
    "Advice",
    "Advised",
    "CATALOGUE",
    "CLASS_METRICS",
    "Fingerprint",
    "Metric",
    "ROLES",
    "Regret",
    "Trait",
    "Worth",
    "advise",
    "against_the_rest",
    "at_of",
    "class_table",
    "clustered_differences",
    "confusion_of",
    "decision_bounds",
    "decision_metrics",
    "forecast_losses",
    "jackknifed",
    "kind_of_metric",
    "newcombe_difference",
    "one_class",
    "paired_shares",
    "score_cells",
    "score_differences",
    "score_metrics",
    "table_metrics",
    "traits",
]
