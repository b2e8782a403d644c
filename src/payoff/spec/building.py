"""From the document to ``Spec``: names resolved, formulas parsed, defaults filled, everything checked.

Sections that do not need each other are all built before the first problem is raised, so that one run
names every problem.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TypeVar

from payoff.errors import PayoffError
from payoff.spec.asking import Asked
from payoff.spec.candidates import Field, candidates
from payoff.spec.checking import check_document, first_of
from payoff.spec.demands import guardrails, hurdles, metrics, slices
from payoff.spec.model import Spec
from payoff.spec.places import Node, Text
from payoff.spec.valuation import Valuation, valuation
from payoff.spec.world import cap, data, decision

_T = TypeVar("_T")


def build(text: Text) -> Spec:
    """Return the resolved spec of a document.

    Raises
    ------
    payoff.errors.SpecError
        The first problem; its ``problems`` holds all that were found.
    """
    document = check_document(text)
    found: list[PayoffError] = []
    asked = Asked.of(text, document)
    decided = _try(found, lambda: decision(asked))
    rows = _try(found, lambda: data(asked))
    worth: Valuation | None = _try(found, lambda: valuation(asked))
    limits = _try(found, lambda: cap(asked))
    field: Field | None = _try(found, lambda: candidates(asked))
    chosen = _try(found, lambda: metrics(asked))
    ladder = guarded = None
    if field is not None:
        ladder = _try(found, lambda: hurdles(asked, field))
        guarded = _try(found, lambda: guardrails(asked, field))
    cut = _try(found, lambda: slices(asked, guarded or ()))
    if found:
        raise first_of(found)
    assert decided and rows and worth and field and chosen is not None
    assert ladder is not None and guarded is not None and cut is not None
    return Spec(
        decision=decided,
        data=rows,
        value=worth.value,
        assumptions=worth.assumptions,
        together=worth.together,
        cap=limits,
        model=field.model,
        challengers=field.challengers,
        baselines=field.baselines,
        today=field.today,
        hurdles=ladder,
        guardrails=guarded,
        slices=cut,
        metrics=chosen,
        hash=digest(text.tree),
        text=text.text,
    )
