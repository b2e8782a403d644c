"""Which metrics fit a decision and which mislead, from its fingerprint: rules, each with its reason in a sentence."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from payoff.catalogue.advice import Advised, Role
from payoff.catalogue.entries import CATALOGUE
from payoff.catalogue.fingerprint import Fingerprint
from payoff.quantities import readable

Said = tuple[Role, str]
Rule = Callable[[Fingerprint], Said]

LOPSIDED = 0.8  # doing the same for every row is right this often: accuracy has little left to tell
RARE = 0.1
SMALL_LIST = 0.2
ALIKE = 2.0  # two prices are of one size within this factor
NEAR = 0.05


def advise(found: Fingerprint) -> tuple[Advised, ...]:
    """Return what is to be thought of every metric, in the order of the catalogue."""
    return tuple(Advised(metric=name, role=said[0], why=said[1]) for name, said in _all(found))


def _all(found: Fingerprint) -> list[tuple[str, Said]]:
    names = (name for name, metric in CATALOGUE.items() if metric.of != "quantity")
    return [(name, _impossible(found, name) or RULES.get(name, _plainly)(found)) for name in names]


def _impossible(found: Fingerprint, name: str) -> Said | None:
    kind = CATALOGUE[name].of
    if found.unseen and name != "act_rate":
        return "cannot be had", "outcomes are seen only under one action: it has bounds at most"
    if kind in ("ranking", "probability") and found.score_is is None:
        return "cannot be had", "the model has no score"
    if kind == "probability" and found.score_is != "probability":
        return "cannot be had", "the score is a rank, not a probability"
    return None


def _money(_: Fingerprint) -> Said:
    return "decide by", "it prices both errors as this decision does, on these rows"


def _plainly(_: Fingerprint) -> Said:
    return "read beside", "describes the model, prices nothing"


def _accuracy(found: Fingerprint) -> Said:
    if found.prevalence is not None and max(found.prevalence, 1 - found.prevalence) >= LOPSIDED:
        same = max(found.prevalence, 1 - found.prevalence)
        return "misleads", f"doing the same for every row is right on {_percent(same)} of them"
    if found.price_ratio is not None and not _alike(found.price_ratio, 1.0):
        return "misleads", f"it takes a missed positive for one false alarm; here it is {_times(found)}"
    return "read beside", "it prices both errors alike"


def _balanced(found: Fingerprint) -> Said:
    if found.prevalence and found.price_ratio is not None:
        implied = (1 - found.prevalence) / found.prevalence
        if not _alike(implied, found.price_ratio):
            return (
                "misleads",
                f"it takes a missed positive for {readable(implied)} false alarms; here it is {_times(found)}",
            )
    return "read beside", "it prices a missed positive by how rare positives are, not by what they are worth"


def _f_beta(found: Fingerprint) -> Said:
    if found.f_score is not None and found.break_even is not None:
        implied = found.f_score / 2
        if abs(implied - found.break_even) > NEAR:
            best = f"F1 is best served by acting down to half of itself, {_percent(implied)}"
            return "misleads", f"{best}; acting pays from {_percent(found.break_even)} on"
    return "read beside", "it does not see who is rightly left alone, and prices nothing"


def _recall(_: Fingerprint) -> Said:
    return "read beside", "acting on everybody has a recall of 100%: read it with precision or money"


def _precision(found: Fingerprint) -> Said:
    if found.break_even is None:
        return "read beside", "it does not see whom the model misses"
    return (
        "read beside",
        f"acting pays while it is above {_percent(found.break_even)}; it does not see whom the model misses",
    )


def _specificity(found: Fingerprint) -> Said:
    if found.prevalence and found.prevalence <= RARE:
        each = (1 - found.prevalence) / found.prevalence
        return (
            "misleads",
            f"one percent of the negatives is as many rows as {readable(each)}% of the positives",
        )
    return "read beside", "acting on nobody has a specificity of 100%"


def _context(_: Fingerprint) -> Said:
    return "read beside", "says what kind of rows and how much work, not how good the model is"


def _moving(_: Fingerprint) -> Said:
    return "read beside", "it moves with prevalence: do not compare it between slices or months"


def _area(found: Fingerprint) -> Said:
    if found.act_rate is not None and found.act_rate <= RARE:
        return (
            "misleads",
            f"most of its area lies at act rates that are never used; the model acts on {_percent(found.act_rate)}",
        )
    return "read beside", "it judges the order of scores over every threshold, also those never used"


def _top(found: Fingerprint) -> Said:
    if found.act_rate is not None and found.act_rate <= SMALL_LIST:
        return "suits", f"few rows are acted on ({_percent(found.act_rate)}), and it looks at the top alone"
    return "read beside", "it looks at the top of the order alone"


def _average_precision(found: Fingerprint) -> Said:
    base = "" if found.prevalence is None else f" ({_percent(found.prevalence)} here)"
    return "read beside", f"without skill it is the prevalence{base}: do not compare it between slices"


def _proper(found: Fingerprint) -> Said:
    if found.threshold in ("from value", "maximise"):
        return (
            "suits",
            "decisions are computed from the probabilities; it judges all of them, near the threshold or not",
        )
    return "read beside", "it judges every probability, also far from the threshold, where nothing is decided"


def _calibrated(found: Fingerprint) -> Said:
    if found.threshold == "maximise":
        return "suits", "values are weighed by the probabilities: where scores are wrong, so are decisions"
    if found.threshold == "from value":
        return (
            "suits",
            "the threshold is computed from the value: where scores are wrong there, so are decisions",
        )
    if found.threshold == "given":
        return "read beside", "it matters near the threshold, if that was set as a probability"
    return "read beside", "decisions do not rest on the scores being right"


def _potential(_: Fingerprint) -> Said:
    return (
        "misleads",
        "it is what the score could do if the threshold were retuned, not what these decisions do",
    )


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        **dict.fromkeys(("value", "gain", "net_gain"), _money),
        **dict.fromkeys(("prevalence", "act_rate", "uncertainty"), _context),
        **dict.fromkeys(("matthews_corrcoef", "cohen_kappa"), _moving),
        **dict.fromkeys(("partial_roc_auc", "capture_rate", "lift"), _top),
        **dict.fromkeys(("log_loss", "brier_score"), _proper),
        **dict.fromkeys(
            (
                "calibration_error",
                "calibration_in_the_large",
                "local_calibration",
                "calibration_intercept",
                "calibration_slope",
                "binned_calibration_error",
                "reliability",
            ),
            _calibrated,
        ),
        **dict.fromkeys(("h_measure", "expected_maximum_profit"), _potential),
        "accuracy": _accuracy,
        "balanced_accuracy": _balanced,
        "f_beta": _f_beta,
        "recall": _recall,
        "precision": _precision,
        "specificity": _specificity,
        "roc_auc": _area,
        "average_precision": _average_precision,
    }
)


def _alike(one: float, other: float) -> bool:
    return 1 / ALIKE <= one / other <= ALIKE


def _times(found: Fingerprint) -> str:
    return f"worth {readable(found.price_ratio or 0.0)}"


def _percent(share: float) -> str:
    return f"{float(f'{100 * share:.3g}'):g}%"
