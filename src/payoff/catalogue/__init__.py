"""The catalogue of metrics: what each is, and how tables become its number with an interval."""

from payoff.catalogue.advice import ROLES, Advice, Advised, Regret, Trait, Worth
from payoff.catalogue.decisions import at_of, confusion_of, decision_bounds, decision_metrics, jackknifed
from payoff.catalogue.differences import newcombe_difference, paired_shares
from payoff.catalogue.entries import CATALOGUE, Metric
from payoff.catalogue.fingerprint import Fingerprint, traits
from payoff.catalogue.pairs import clustered_differences, score_differences
from payoff.catalogue.quantities import (
    LEVELLED,
    MEANS,
    SKILL_OF,
    quantity_bounds,
    quantity_metric,
    quantity_skill,
)
from payoff.catalogue.scores import score_cells, score_metrics
from payoff.catalogue.suiting import advise
from payoff.catalogue.suiting_quantities import advise_quantities

__all__ = [
    "Advice",
    "Advised",
    "CATALOGUE",
    "Fingerprint",
    "LEVELLED",
    "MEANS",
    "Metric",
    "ROLES",
    "Regret",
    "SKILL_OF",
    "Trait",
    "Worth",
    "advise",
    "advise_quantities",
    "at_of",
    "clustered_differences",
    "confusion_of",
    "decision_bounds",
    "decision_metrics",
    "jackknifed",
    "newcombe_difference",
    "paired_shares",
    "quantity_bounds",
    "quantity_metric",
    "quantity_skill",
    "score_cells",
    "score_differences",
    "score_metrics",
    "traits",
]
