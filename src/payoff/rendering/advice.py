"""What ``payoff metrics`` says, as text."""

from collections.abc import Iterator

from payoff.catalogue import ROLES, Advice, Regret, Worth
from payoff.rendering import numbers
from payoff.rendering.outline import Section
from payoff.rendering.terminal import sections_text
from payoff.rendering.views import Shown, interval_text
from payoff.rendering.wording import METRICS, metric_title

TIED = "no preference"
TITLES = {
    "decide by": "Decide by",
    "suits": "Suits this decision",
    "read beside": "Read beside the money",
    "misleads": "Misleads here",
    "cannot be had": "Cannot be had",
}


def advice_text(advice: Advice, width: int = 80) -> str:
    """Return the advice as plain text."""
    rows = "no rows" if advice.rows is None else f"{numbers.count(advice.rows)} rows"
    head = f"Metrics for: {advice.decision or 'this decision'} ({rows})"
    return sections_text(head, tuple(_sections(advice)), width)


def _sections(advice: Advice) -> Iterator[Section]:
    yield Section(title="The decision", lines=tuple(f"{one.question} {one.answer}." for one in advice.traits))
    for role in ROLES:
        found = [one for one in advice.metrics if one.role == role]
        if found:
            by_reason: dict[str, list[str]] = {}
            for one in found:
                by_reason.setdefault(one.why, []).append(metric_title(one.metric))
            lines = tuple(f"{', '.join(titles)}: {why}." for why, titles in by_reason.items())
            yield Section(title=TITLES[role], lines=lines)
    if advice.worth:
        yield Section(
            title="What a step is worth here (a rate of exchange, not a gain)",
            columns=("of", "step", "is worth", "now", "if"),
            rows=tuple(_worth(one) for one in advice.worth),
        )
    if advice.regrets:
        yield _regrets(advice.regrets)
    if advice.notes:
        yield Section(title="Notes", lines=advice.notes)


def _worth(one: Worth) -> tuple[str, ...]:
    tell = numbers.percent if _is_percent(one.metric) else numbers.ratio
    now = "" if one.present is None else tell(one.present)
    return metric_title(one.metric), one.step, numbers.money(one.amount, one.unit), now, one.given


def _is_percent(metric: str) -> bool:
    return metric in METRICS and METRICS[metric].kind == "percent"


def _regrets(regrets: tuple[Regret, ...]) -> Section:
    best = regrets[0].best
    agree = [metric_title(one.metric) for one in regrets if best == one.chosen]
    tied = [metric_title(one.metric) for one in regrets if one.note == TIED]
    differ: dict[str, list[Regret]] = {}
    for one in regrets:
        if one.chosen != best and one.note != TIED:
            differ.setdefault(one.chosen, []).append(one)
    lines = [f"Choose {best} as money does: {', '.join(agree)}."] if agree else []
    lines += [f"See no difference: {', '.join(tied)}."] if tied else []
    lines.append(
        "Each model by its own policy; the best of several on the rows that judge it looks a little too good."
    )
    if any(one.low is not None and one.low <= 0 for many in differ.values() for one in many):
        lines.append("Where an interval holds zero, these rows cannot tell the two models apart in money.")
    return Section(
        title=f"Which model each metric would choose; by value it is {best}",
        columns=("chosen", "by", "which costs", "95% interval"),
        rows=tuple(_regret(chosen, many) for chosen, many in differ.items()),
        lines=tuple(lines),
    )


def _regret(chosen: str, many: list[Regret]) -> tuple[str, ...]:
    one, beside = many[0], (many[0].regret, many[0].low, many[0].high)
    low, high = (Shown(end, numbers.money(end, one.unit, beside=beside)) for end in (one.low, one.high))
    cost = numbers.money(one.regret, one.unit, beside=beside)
    titles = ", ".join(metric_title(each.metric) for each in many)
    return chosen, titles, cost, interval_text(low, high) or "none can be trusted"
