"""What is told where a quantity is decided: skill over every other forecast, and for which costs which one wins."""

from payoff.record import Curve, Result
from payoff.rendering.detail import EstimateView, view
from payoff.rendering.views import candidate

SKILLS = ("pinball_skill", "absolute_error_skill", "squared_error_skill")
SKILL_TITLE = "Skill: part of the other one's loss that is saved"
WINS_TITLE = "Which forecast wins for which costs"
RATIO_MEANING = (
    "A ratio is what a unit too few costs, as a part of what a unit too few and a unit too many cost together"
)


def skill_table(
    result: Result,
) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[EstimateView | None, ...]], ...]]:
    """Return titles of the skills that there are, and for every rival, today's first, the model's skill over it."""
    model = candidate(result)
    found: dict[str, dict[str, EstimateView]] = {}
    for one in result.estimates:
        if one.metric in SKILLS and one.of == model and one.over is not None and one.slice is None:
            found.setdefault(one.over, {})[one.metric] = view(one)
    held = [name for name in SKILLS if any(name in each for each in found.values())]
    titles = tuple(next(each[name].title for each in found.values() if name in each) for name in held)
    rivals = sorted(found, key=lambda name: name != result.today)
    return titles, tuple((rival, tuple(found[rival].get(name) for name in held)) for rival in rivals)


def duels(result: Result, kind: str) -> tuple[Curve, ...]:
    """Return the curves of one kind, of ``cost_ratio`` and ``murphy``, that against today's forecast first."""
    found = [one for one in result.curves if one.kind == kind]
    return tuple(sorted(found, key=lambda one: one.over != result.today))


def win_lines(result: Result) -> tuple[str, ...]:
    """Return for every rival which of the two wins for which costs, in sentences."""
    lines = [
        f"Against {one.over}, by cost ratio: {one.note}." for one in duels(result, "cost_ratio") if one.note
    ]
    # Against the others, the Murphy diagrams of the report say it.
    lines += [
        f"Against {one.over}, by threshold: {one.note}." for one in duels(result, "murphy")[:1] if one.note
    ]
    return (*lines, f"{RATIO_MEANING}.") if lines else ()
