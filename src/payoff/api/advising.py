"""Which metrics suit a decision: ``payoff metrics`` in Python."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from payoff.api.opening import Source, asked_for, opened
from payoff.catalogue import Advice
from payoff.rendering.advice import advice_text
from payoff.running import tabulate as count
from payoff.running.advising import advice_with_rows, advice_without_rows, asking_for_metrics
from payoff.running.progress import following
from payoff.stats.exchange import POINT


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    """Advice on metrics with ways to tell it; ``advice`` holds the data alone."""

    advice: Advice

    def to_text(self, width: int = 80) -> str:
        """Return it as plain text."""
        return advice_text(self.advice, width)

    def to_json(self) -> str:
        """Return it as JSON, numbers to ten significant digits."""
        return json.dumps(_rounded(asdict(self.advice)), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def metrics(
    spec: Source,
    data: Any = None,
    *,
    rows: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Metrics:
    """Return which metrics suit this decision, what a point of each is worth, and what choosing by each would cost.

    Parameters
    ----------
    spec : a spec, a file of one, or a mapping.
    data : the rows; None for what the spec names. Without any, prices need values that are constant given the outcome.
    rows : whether rows are read at all.
    progress : called with the name of each step as it begins.

    Raises
    ------
    PayoffError
        When the spec or the rows cannot be used.
    """
    asked = asking_for_metrics(asked_for(spec, data))
    if not rows or (data is None and asked.data.path is None):
        return Metrics(advice_without_rows(asked))
    with opened(data, spec, asked) as engine:
        gathered = count(asked, engine, following(progress or _silent, engine, asked), around=POINT)
    return Metrics(advice_with_rows(gathered))


def _silent(_: str) -> None:
    return None


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return {key: _rounded(item) for key, item in value.items()} if isinstance(value, dict) else value
