"""For every metric and law: it holds, fails for a reason, or asks nothing. A metric in no list fails the build."""

from collections.abc import Mapping
from types import MappingProxyType

from payoff.catalogue import CATALOGUE

Reasons = Mapping[str, tuple[str, ...]]

LAWS: Mapping[str, str] = MappingProxyType(
    {
        "row order": "rows in another order give the same number and interval",
        "batches": "tables of parts of the rows, added, give what the table of all gives",
        "groups": "how rows are hashed into groups, and into how many, changes nothing where rows are independent",
        "repetition": "a whole weight is the row as often",
        "scale of weights": "weights several times as large change no number and no interval",
        "shared weight": "a weight that all rows share is none",
        "pending": "rows whose outcome is not known yet change nothing",
        "rising map": "a rising map of scores and threshold changes nothing",
        "label swap": "outcome, score and actions mirrored give the mirrored number",
        "currency": "a hundred times the money is a hundred times the number",
        "shift of value": "a million more under every action raises a value by it, and no difference",
        "centre": "what the parts are centred by changes nothing",
        "slices": "parts of the rows, weighted by what the metric divides by, average to the whole",
        "interval": "the number is within its interval",
        "ties": "it is the mean over all orders in which tied scores could be broken",
    }
)

DECISIONS = tuple(name for name, metric in CATALOGUE.items() if metric.of == "decisions")
RATIOS = ("positive_likelihood_ratio", "negative_likelihood_ratio")
CURVED = ("f_beta", "balanced_accuracy", "matthews_corrcoef", "cohen_kappa", *RATIOS)
RANKINGS = (
    "roc_auc",
    "average_precision",
    "partial_roc_auc",
    "capture_rate",
    "lift",
    "h_measure",
    "discrimination",
)
RECALIBRATIONS = ("calibration_intercept", "calibration_slope")
SCORED = ("log_loss", "brier_score", "calibration_in_the_large")
BINNED = ("binned_calibration_error", "reliability", "resolution")
CALIBRATIONS = ("calibration_error", "local_calibration", "spiegelhalter_z", *RECALIBRATIONS, *BINNED)
PROBABILITIES = (*SCORED, *CALIBRATIONS, "uncertainty")
POTENTIAL = ("expected_maximum_profit",)
GAINS = ("gain", "net_gain")
MONEY = ("value", *GAINS)
BY_SLICE = ("gain_difference", "gain_shrunken")
SHIFTS = ("gain_reweighted", "mix_effect", "performance_effect")
QUANTITIES = tuple(name for name, metric in CATALOGUE.items() if metric.of == "quantity")
OF_QUANTITIES = "is told of quantities: tests/quantities holds it to laws of its own"
OF_ITS_OWN = (
    "is told of slices beside each other: tests/comparison/test_slices_against_rest.py holds it to laws"
)
OF_SHIFTS = "is told of slices beside each other: tests/comparison/test_shift_effects.py holds it to laws"
NO_MONEY = "has no money in it"
BIASED = ("calibration_error", "spiegelhalter_z", *BINNED)
NO_SCORE = "has no score in it, or none whose order matters"
DECIDED = (*DECISIONS, *MONEY)

FAILS: Mapping[str, Reasons] = MappingProxyType(
    {
        "repetition": {
            "the nearest rows are counted, and a heavy row is one row": ("local_calibration",),
            "it takes out the luck of rows, and a heavy row is one row": ("binned_calibration_error",),
            "its standard error is that of rows, and a heavy row is one row": ("spiegelhalter_z",),
        },
        "pending": {"what is done about a row is known before its outcome": ("act_rate",)},
        "rising map": {
            "it says whether the score is right as a number": (
                *SCORED,
                *(name for name in CALIBRATIONS if name != "resolution"),
            )
        },
        "label swap": {
            "it looks at the positives among rows acted on, whose mirror is another metric": (
                "precision",
                "f_beta",
            ),
            "it looks at the top of the scores, whose mirror is the bottom": (
                "average_precision",
                "partial_roc_auc",
                "capture_rate",
                "lift",
            ),
            "bins and the worth of acting are counted from one end": (*BINNED, *POTENTIAL),
        },
        "slices": {
            "it is no mean over rows: tables are added, not numbers": (
                *CURVED,
                *RANKINGS,
                *CALIBRATIONS,
                "uncertainty",
                *POTENTIAL,
            )
        },
        "ties": {
            "tied rows are taken together, as one step of the curve": (
                "average_precision",
                "h_measure",
                "discrimination",
                *POTENTIAL,
            ),
            "part of a tie that is cut by the limit is not linear in it": ("partial_roc_auc",),
        },
    }
)

_NOT_ASKED: Mapping[str, Reasons] = MappingProxyType(
    {
        "currency": {NO_MONEY: (*DECISIONS, *RANKINGS, *PROBABILITIES)},
        "shift of value": {
            NO_MONEY: (*DECISIONS, *RANKINGS, *PROBABILITIES),
            "is given differences between actions alone": POTENTIAL,
        },
        "centre": {
            NO_MONEY: (*DECISIONS, *RANKINGS, *PROBABILITIES),
            "is given worth by outcome alone": POTENTIAL,
        },
        "interval": {
            "has no interval": BIASED,
            "is a mean and a variance here; intervals of money are the inference's": MONEY,
        },
        "ties": {NO_SCORE: (*DECISIONS, *MONEY, *PROBABILITIES)},
    }
)

ASKS_NOTHING: Mapping[str, Reasons] = MappingProxyType(
    {
        law: {**_NOT_ASKED.get(law, {}), OF_ITS_OWN: BY_SLICE, OF_SHIFTS: SHIFTS, OF_QUANTITIES: QUANTITIES}
        for law in LAWS
    }
)

HOLDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "row order": (*DECIDED, *RANKINGS, *PROBABILITIES, *POTENTIAL),
        "batches": (*DECIDED, *RANKINGS, *PROBABILITIES, *POTENTIAL),
        "groups": (*DECIDED, *RANKINGS, *PROBABILITIES, *POTENTIAL),
        "repetition": (
            *DECIDED,
            *RANKINGS,
            *SCORED,
            *RECALIBRATIONS,
            "calibration_error",
            "reliability",
            "resolution",
            "uncertainty",
            *POTENTIAL,
        ),
        "scale of weights": (*DECIDED, *RANKINGS, *PROBABILITIES, *POTENTIAL),
        "shared weight": (*DECIDED, *RANKINGS, *PROBABILITIES, *POTENTIAL),
        "pending": (
            *(name for name in DECISIONS if name != "act_rate"),
            *MONEY,
            *RANKINGS,
            *PROBABILITIES,
            *POTENTIAL,
        ),
        "rising map": (*DECIDED, *RANKINGS, "uncertainty", "resolution", *POTENTIAL),
        "label swap": (
            *(name for name in DECISIONS if name not in ("precision", "f_beta")),
            "roc_auc",
            "h_measure",
            "discrimination",
            *SCORED,
            *(name for name in CALIBRATIONS if name not in BINNED),
            "uncertainty",
            *MONEY,
        ),
        "currency": (*MONEY, *POTENTIAL),
        "shift of value": MONEY,
        "centre": MONEY,
        "slices": (*(name for name in DECISIONS if name not in CURVED), *SCORED, *MONEY),
        "interval": (
            *DECISIONS,
            *RANKINGS,
            *(name for name in PROBABILITIES if name not in BIASED),
            *POTENTIAL,
        ),
        "ties": ("roc_auc", "capture_rate", "lift"),
    }
)


def said_of(law: str, metric: str) -> list[str]:
    """Return everything that the lists say of a metric and a law; it should be one thing.

    >>> said_of("currency", "gain"), said_of("pending", "act_rate")[0][:22]
    (['holds'], 'fails: what is done ab')
    """
    held = ["holds"] * HOLDS[law].count(metric)
    for word, table in (("fails", FAILS), ("asks nothing", ASKS_NOTHING)):
        held += [
            f"{word}: {why}" for why, names in table.get(law, {}).items() for name in names if name == metric
        ]
    return held
