"""The fingerprint of a decision: the few facts that tell which metrics fit it.

The idea of choosing metrics by a fingerprint of the problem is that of Maier-Hein, Reinke et al. (2024), Metrics
reloaded: recommendations for image analysis validation, Nature Methods 21, 195-212,
https://doi.org/10.1038/s41592-023-02151-z. The questions here are payoff's own: of costs, of who acts, and of what the
policy needs from the score.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from payoff.catalogue.advice import Trait
from payoff.quantities import readable


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What is known of one decision; None where nothing tells.

    Attributes
    ----------
    unit : of money.
    policy : the model's, in words.
    prevalence : share of positives among known outcomes.
    on_positive, on_negative : what acting is worth over doing nothing on a positive and on a negative row, in the mean.
    varies : whether either varies by row.
    act_rate : share of rows that the model acts on.
    f_score : F1 of the model's decisions.
    score_is : ``probability`` or ``rank``; None without a score.
    threshold : ``from value``, ``best``, ``given``, ``maximise`` where every row has its own; None without any.
    unseen : whether outcomes are seen only under one action.
    """

    unit: str
    policy: str
    prevalence: float | None
    on_positive: float | None
    on_negative: float | None
    varies: bool
    act_rate: float | None
    f_score: float | None
    score_is: Literal["probability", "rank"] | None
    threshold: Literal["from value", "best", "given", "maximise"] | None
    unseen: bool

    @property
    def break_even(self) -> float | None:
        """Return the probability from which on acting pays; None where it pays always, never or nobody knows.

        Acting on a row of probability p is worth p on_positive + (1 - p) on_negative.
        """
        gain, loss = self.on_positive, self.on_negative
        return None if gain is None or loss is None or not gain > 0 > loss else -loss / (gain - loss)

    @property
    def price_ratio(self) -> float | None:
        """Return how many false alarms cost as much as one positive that is missed."""
        gain, loss = self.on_positive, self.on_negative
        return None if gain is None or loss is None or not gain > 0 > loss else gain / -loss

    @property
    def trivial(self) -> str | None:
        """Return what is best for every row whatever its outcome, in words; None where that depends on it."""
        gain, loss = self.on_positive, self.on_negative
        if gain is None or loss is None or min(gain, loss) < 0 < max(gain, loss):
            return None
        return "acting pays on positives and negatives alike" if max(gain, loss) > 0 else "acting never pays"


def traits(found: Fingerprint) -> Iterator[Trait]:
    """Yield the fingerprint as questions with their answers."""
    yield Trait(
        question="How common is the outcome?", answer=_rate(found.prevalence, "not known without rows")
    )
    yield Trait(question="What is acting worth?", answer=_worth(found))
    yield Trait(question="From which probability on does acting pay?", answer=_break_even(found))
    acts = "" if found.act_rate is None else f"; acts on {_percent(found.act_rate)} of rows"
    yield Trait(question="Who acts, and by what?", answer=found.policy + acts)
    yield Trait(question="Must scores be probabilities?", answer=_probabilities(found))
    yield Trait(
        question="Are outcomes seen wherever they matter?",
        answer="no, only under one action: what needs an outcome has bounds, not a value"
        if found.unseen
        else "yes, as far as the spec says",
    )


def _worth(found: Fingerprint) -> str:
    if found.on_positive is None or found.on_negative is None:
        return "varies by row: rows are needed"
    kind = "in the mean, varies by row" if found.varies else "the same for every row"
    return (
        f"{_signed(found.on_positive, found.unit)} on a positive, "
        f"{_signed(found.on_negative, found.unit)} on a negative ({kind})"
    )


def _signed(amount: float, unit: str) -> str:
    return f"{'-' if amount < 0 else ''}{unit} {readable(abs(amount))}"


def _break_even(found: Fingerprint) -> str:
    if found.trivial is not None:
        return f"{found.trivial}: no score is needed to decide"
    if found.break_even is None or found.price_ratio is None:
        return (
            "not known" if found.on_positive is None else "acting is worth more on negatives: check the value"
        )
    return (
        f"{_percent(found.break_even)}: one positive that is missed costs as much as "
        f"{readable(found.price_ratio)} false alarms"
    )


def _probabilities(found: Fingerprint) -> str:
    has = {None: "there is no score", "rank": "it is a rank", "probability": "it is one"}[found.score_is]
    needs = {
        "from value": "yes, the threshold is computed from them",
        "given": "only near the threshold, if that was set as a probability",
        "best": "no, the threshold is tuned on rows",
        "maximise": "yes, the values of every row are weighed by them",
        None: "no, the policy reads none",
    }[found.threshold]
    return f"{needs}; {has}"


def _rate(share: float | None, otherwise: str) -> str:
    return otherwise if share is None else f"{_percent(share)} of known outcomes are positive"


def _percent(share: float) -> str:
    return f"{float(f'{100 * share:.3g}'):g}%"
