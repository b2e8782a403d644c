"""Every form that the sentence of a verdict can take, told in German."""

from dataclasses import replace
from itertools import product
from typing import Any

import fakes
import pytest

from payoff.rendering.languages import language
from payoff.rendering.languages.voice import Voice
from payoff.verdicts.rivals import Rival
from payoff.verdicts.sentence import REASONS, Occasion, sentence

VOICE = Voice(
    language("de"),
    own=frozenset(
        (
            "v3",
            "rule",
            "roll-out",
            "pilot",
            "call",
            "mail",
            "skip",
            "margin",
            "recall",
            "region = north",
            "everybody",
            "minutes of buffer",
        )
    ),
    units=frozenset(("EUR",)),
)
OCCASIONS = (
    Occasion(today="rule", actions=("call", "skip")),
    Occasion(today="everybody", actions=("call", "skip")),
    Occasion(today="nobody", actions=("call", "mail", "skip")),
    Occasion(today=None, name="minutes of buffer", volume=12_000.0),
)
REASON = (None, "assumptions: margin, break-even at 40.5", "assumptions: margin", *REASONS)
SCORED = ("nothing", "same", "other")
RIVALS = (
    (),
    *((Rival(name="rule", value=-5.0, high=high, scored=by),) for high in (-1.0, 3.0) for by in SCORED),
)
HURDLE = replace(fakes.bank().verdict.hurdles[0], of="v3", name="roll-out", unit="EUR per year")


def hurdles() -> list[Any]:
    """A needed hurdle in every state: known or not, judged or not, above and below zero, of both gains."""
    states = (("cleared", None), *(("undecided", reason) for reason in REASON), ("missed", None))
    amounts = ((None, None, None), (212_000.0, 150_000.0, 270_000.0), (-1_200.0, None, None), (0.0, 0.0, 0.0))
    baselines = (("gain", "rule"), ("net_gain", "nobody"), ("gain", "everybody"))
    return [
        replace(
            HURDLE,
            needed_to_ship=True,
            status=status,
            reason=reason,
            gain=gain,
            low=low,
            high=high,
            required=required,
            probability=probability,
            metric=metric,
            over=over,
        )
        for (status, reason), (gain, low, high), required, probability, (metric, over) in product(
            states, amounts, (200_000.0, -75.0), (None, 0.64), baselines
        )
        if status != "cleared" or gain is not None
    ]


OVERALL = {"cleared": "ship", "undecided": "hold", "missed": "reject"}


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_every_form_of_the_sentence_has_its_german(occasion: Occasion) -> None:
    every = {sentence(OVERALL[one.status], [one], [], occasion, ()) for one in hurdles()}  # type: ignore[arg-type]
    assert sorted(part for said in every for part in VOICE.unknown(said)) == []


def test_what_stands_before_and_behind_the_sentence_has_its_german() -> None:
    left = []
    further = replace(HURDLE, name="pilot", needed_to_ship=False, status="cleared")
    cleared = replace(HURDLE, needed_to_ship=True, status="cleared", probability=0.97)
    margin = replace(cleared, required=-50.0)
    alike = replace(margin, gain=0.0, low=0.0, high=0.0, reason="same_decisions")
    for rivals, occasion in product(RIVALS, OCCASIONS):
        for overall, ladder in (
            ("ship", [cleared, further]),
            ("ship", [margin]),
            ("ship", [alike]),
            (None, []),
        ):
            left += VOICE.unknown(sentence(overall, ladder, [], occasion, rivals))  # type: ignore[arg-type]
    assert left == []


@pytest.mark.parametrize("where", [None, {"region": "north"}])
@pytest.mark.parametrize("status", ["cleared", "undecided"])
@pytest.mark.parametrize("overall", ["hold", "reject"])
@pytest.mark.parametrize("metric", ["recall", "precision", "brier_score"])
def test_a_guardrail_that_decides_has_its_german(overall: Any, status: Any, where: Any, metric: str) -> None:
    rail = replace(
        fakes.bank().verdict.guardrails[0],
        of="v3",
        name="recall",
        metric=metric,
        value=0.71,
        limit="at least 0.9",
        slice=where,
        reason=None,
        status="missed" if overall == "reject" else "undecided",
    )
    needed = replace(HURDLE, needed_to_ship=True, status="cleared" if status == "cleared" else "missed")
    ladder = [needed] if status == "cleared" else [replace(needed, needed_to_ship=False)]
    assert VOICE.unknown(sentence(overall, ladder, [rail], OCCASIONS[0], ())) == ()
