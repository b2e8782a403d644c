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
from payoff.catalogue.clusters import Clusters, clusters_of, joined
from payoff.catalogue.decisions import (
    at_of,
    beta_of,
    confusion_of,
    decision_bounds,
    decision_metrics,
    every_row,
    jackknifed,
)
from payoff.catalogue.differences import newcombe_difference, paired_share, paired_shares
from payoff.catalogue.entries import CATALOGUE, Metric
from payoff.catalogue.fingerprint import Fingerprint, traits
from payoff.catalogue.pairs import (
    PAIRED_SCORES,
    clustered_differences,
    pair_cells,
    score_difference,
    score_difference_at,
    score_differences,
)
from payoff.catalogue.quantities import (
    LEVELLED,
    MEANS,
    SKILL_OF,
    quantity_bounds,
    quantity_metric,
    quantity_skill,
)
from payoff.catalogue.scores import judged_area, score_cells, score_metric_at, score_metrics
from payoff.catalogue.suiting import advise
from payoff.catalogue.suiting_quantities import advise_quantities
from payoff.catalogue.weights import told_by_weight, weights_of

__all__ = [
    "Advice",
    "Advised",
    "CATALOGUE",
    "CLASS_METRICS",
    "Clusters",
    "Fingerprint",
    "LEVELLED",
    "MEANS",
    "Metric",
    "PAIRED_SCORES",
    "ROLES",
    "Regret",
    "SKILL_OF",
    "Trait",
    "Worth",
    "advise",
    "advise_quantities",
    "against_the_rest",
    "at_of",
    "beta_of",
    "class_table",
    "clustered_differences",
    "clusters_of",
    "confusion_of",
    "decision_bounds",
    "decision_metrics",
    "every_row",
    "forecast_losses",
    "jackknifed",
    "joined",
    "judged_area",
    "kind_of_metric",
    "newcombe_difference",
    "one_class",
    "pair_cells",
    "paired_share",
    "paired_shares",
    "quantity_bounds",
    "quantity_metric",
    "quantity_skill",
    "score_cells",
    "score_difference",
    "score_difference_at",
    "score_differences",
    "score_metric_at",
    "score_metrics",
    "table_metrics",
    "told_by_weight",
    "traits",
    "weights_of",
]
