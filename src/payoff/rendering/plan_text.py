"""A plan as text: first the answer, then what each hurdle asks, then what that would take."""

from payoff.rendering import numbers
from payoff.rendering.languages import ENGLISH, Language
from payoff.rendering.languages.own import voice_of_plan
from payoff.rendering.languages.plain import told_section
from payoff.rendering.outline import Section
from payoff.rendering.plan_parts import (
    NONE,
    accuracy_section,
    assumptions_section,
    distance_section,
    over_text,
    rows_section,
    rules_section,
)
from payoff.rendering.terminal import sections_text
from payoff.rendering.wording import Status
from payoff.verdicts.plans import (
    Plan,
    PlannedHurdle,
)

STANDS = {
    "reachable": (
        Status("within reach", "✓", "good"),
        "A model could clear the hurdle; below is how good it must be.",
    ),
    "unreachable": (
        Status("beyond any model", "✕", "bad"),
        "Not even perfect predictions would clear the hurdle: change the decision or the hurdle, not the model.",
    ),
    "no model needed": (
        Status("no model needed", "–", "none"),
        "Doing the same for everybody clears the hurdle already.",
    ),
}
SHOWN_RECALLS = (0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
AT_THE_LEAST = (
    "Recall, precision and the share acted on are those of the best threshold at the least AUC; the range is over the "
    "assumptions, 5% to 95%"
)
SCORE_MODEL = (
    "The AUC stands for a score whose values are normal in both classes with equal spread (binormal), cut at its best "
    "threshold. Another score of the same AUC may be worth more or less"
)


def plan_to_text(plan: Plan, width: int = 80, language: Language = ENGLISH) -> str:
    """Return the plan as plain text, in a language."""
    voice = voice_of_plan(plan, language)
    told = tuple(told_section(one, voice) for one in plan_sections(plan))
    return sections_text(f"{voice('plan').upper()}: {voice(headline(plan))}", told, width)


def needed_hurdle(plan: Plan) -> PlannedHurdle:
    """Return the hurdle that the answer is about: the first that is needed to ship."""
    return next((one for one in plan.hurdles if one.needed_to_ship), plan.hurdles[0])


def headline(plan: Plan) -> str:
    """Return the answer in a sentence: of the needed hurdle first."""
    needed = needed_hurdle(plan)
    words = [_answer(plan, needed)]
    for one in plan.hurdles:
        if one is needed:
            continue
        if one.status == "reachable":
            words.append(f"{one.name} asks for an AUC of about {numbers.ratio(one.least_auc)}.")
        elif one.status == "unreachable" and needed.status != "unreachable":
            words.append(f"{one.name} cannot be reached by any model.")
    return " ".join(words)


def _answer(plan: Plan, one: PlannedHurdle) -> str:
    most = numbers.money(one.most, one.unit)
    if one.status == "no model needed":
        gain, over = numbers.money(one.without_model, one.unit), over_text(plan, one.over)
        return f"No model is needed for {one.name}: {_constant(plan, one)} gains {gain} over {over}."
    if one.status == "unreachable":
        if one.most <= 0:
            return f"No model can clear {one.name}: perfect predictions would gain nothing over {one.over}."
        return f"No model can clear {one.name}: perfect predictions would gain {most} over {over_text(plan, one.over)}."
    asked = numbers.money(one.required, one.unit)
    return (
        f"To clear {one.name}, {asked} over {over_text(plan, one.over)}, a model must rank with an AUC of about "
        f"{numbers.ratio(one.least_auc)} or more; perfect predictions would gain {most}."
    )


def _constant(plan: Plan, one: PlannedHurdle) -> str:
    act = plan.decision["act"]
    if one.constant == "nobody":
        return f"choosing “{act}” for nobody" if act != "act" else "acting on nobody"
    if plan.circumstance.capacity is not None:
        return f"choosing “{act}” for as many as there is room for, at random,"
    return f"choosing “{act}” for everybody" if act != "act" else "acting on everybody"


def plan_sections(plan: Plan) -> tuple[Section, ...]:
    """Return what a plan says, in the order of a reader's questions; empty sections left out."""
    found = (
        _stakes(plan),
        _hurdles(plan),
        _good_enough(plan),
        _frontier(plan),
        rows_section(plan),
        distance_section(plan.distance),
        rules_section(plan, plan.rules),
        accuracy_section(plan, plan.accuracies),
        assumptions_section(plan),
        Section(title="Notes", lines=plan.notes),
    )
    return tuple(one for one in found if one.rows or one.lines)


def _stakes(plan: Plan) -> Section:
    at, unit = plan.circumstance, f"{plan.decision['unit']}"
    act, skip = plan.decision["act"], plan.decision["skip"]
    lines = [f"{_prevalence(plan)}; {_volume(plan)}."]
    ends = (at.on_positive, at.on_negative)
    for words, value, low, high in (
        ("is positive", at.on_positive, at.on_positive_low, at.on_positive_high),
        ("is not", at.on_negative, at.on_negative_low, at.on_negative_high),
    ):
        span = (
            "" if low is None else f" ({numbers.between(low, high, unit)} over the ranges of the assumptions)"
        )
        lines.append(
            f"Where the outcome {words}, {act} is worth {numbers.money(value, unit, beside=ends)} "
            f"compared with {skip}{span}."
        )
    if at.break_even_precision is not None:
        share = numbers.percent(at.break_even_precision)
        lines.append(
            f"So {act} pays where the outcome is likelier than {share}: precision below that loses money."
        )
    if at.capacity is not None and at.capacity_share is not None:
        lines.append(
            f"There is room to {act} {at.capacity}: {numbers.percent(at.capacity_share)} of the decisions."
        )
    return Section(title="What is at stake", lines=tuple(lines))


def _prevalence(plan: Plan) -> str:
    at = plan.circumstance
    share = numbers.percent(at.prevalence)
    if at.prevalence_from != "rows":
        source = {"option": "as stated", "spec": "as the spec says", "result": "as the result measured"}
        return f"{share} of the outcomes are positive, {source[at.prevalence_from]}"
    span = ""
    if at.prevalence_low is not None and at.prevalence_high is not None:
        span = f", 95% interval {numbers.percent(at.prevalence_low)} to {numbers.percent(at.prevalence_high)}"
    counted = f"{numbers.count(at.positives)} of {numbers.count(at.rows)} rows"
    return f"{share} of the outcomes are positive ({counted}{span})"


def _volume(plan: Plan) -> str:
    at = plan.circumstance
    if at.volume_per_year is None:
        return "how many decisions there are is not known, so money is per decision"
    source = " (counted from the dates of the rows)" if at.volume_from == "time" else ""
    return f"{numbers.count(round(at.volume_per_year))} decisions per year{source}"


def _hurdles(plan: Plan) -> Section:
    """Return the ladder, and what no model and a perfect one gain."""
    rows = tuple(
        (
            one.name + (" *" if one.needed_to_ship else ""),
            numbers.money(one.required, one.unit),
            over_text(plan, one.over),
            numbers.money(one.most, one.unit),
            one.status,
        )
        for one in plan.hurdles
    )
    return Section(
        title="The hurdles (* needed to ship)",
        columns=("hurdle", "asks", "over", "perfect predictions", "status"),
        rows=rows,
        lines=tuple(line for one in plan.hurdles for line in _hurdle_lines(plan, one)),
    )


def _hurdle_lines(plan: Plan, one: PlannedHurdle) -> list[str]:
    """Return what is said below the table about one hurdle."""
    lines = []
    if one.status == "no model needed":
        gain = numbers.money(one.without_model, one.unit)
        lines.append(
            f"{one.name}: {_constant(plan, one)} gains {gain} already; a model would have to beat that."
        )
    elif one.status == "unreachable":
        lines.append(f"{one.name}: unreachable even at precision 1 and recall 1.")
    elif one.least_recall is not None:
        share = numbers.percent(one.least_recall)
        lines.append(f"{one.name}: recall below {share} is unreachable even at precision 1.")
    if one.probability is not None and one.status != "no model needed":
        lines.append(_likelihood(one))
    if one.unlocks and one.status == "reachable":
        lines.append(f"{one.name} unlocks {one.unlocks}.")
    return lines


def _good_enough(plan: Plan) -> Section:
    """Return the least AUC of each hurdle in reach, and the best threshold at it."""
    shown = [one for one in plan.hurdles if one.status == "reachable" and one.least_auc is not None]
    rows = tuple(
        (
            one.name,
            numbers.ratio(one.least_auc),
            _share(one.recall),
            _share(one.precision),
            _share(one.act_rate),
            _ends_text(one),
        )
        for one in shown
    )
    told = [
        f"{numbers.ratio(one.least_auc_power)} for {one.name}"
        for one in shown
        if one.least_auc_power is not None
    ]
    other = f": under one of another shape (power) the least is {', '.join(told)}" if told else ""
    lines = (f"{AT_THE_LEAST}.", f"{SCORE_MODEL}{other}.")
    return Section(
        title="A model that is just good enough",
        columns=("hurdle", "least AUC", "recall", "precision", "acts on", "AUC range"),
        rows=rows,
        lines=lines if rows else (),
    )


def _ends_text(one: PlannedHurdle) -> str:
    return NONE if one.probability is None else f"{_end(one.least_auc_low)} to {_end(one.least_auc_high)}"


def _likelihood(one: PlannedHurdle) -> str:
    share = (
        numbers.confidence(one.probability) if one.probability not in (0.0, 1.0) else f"{one.probability:.0%}"
    )
    words = f"{one.name}: some model can reach it in {share} of the draws of the assumptions"
    if one.status != "reachable":
        return f"{words}."
    if one.least_auc_sure is None:
        return f"{words}; none does in {one.confidence:.0%} of them, which is what the hurdle asks."
    return f"{words}; an AUC of {numbers.ratio(one.least_auc_sure)} does in {one.confidence:.0%} of them."


def _end(auc: float | None) -> str:
    if auc is None:
        return "beyond any model"
    return "no model needed" if auc <= 0.5 else numbers.ratio(auc)


def _frontier(plan: Plan) -> Section:
    shown = [one for one in plan.hurdles if one.frontier and one.status == "reachable"]
    if not shown:
        return Section(title="")
    by_recall = [dict(zip(one.frontier["recall"], _cells(one), strict=True)) for one in shown]
    rows = tuple(
        (numbers.percent(recall), *(cells.get(recall, NONE) for cells in by_recall))
        for recall in SHOWN_RECALLS
    )
    lines = ["In brackets: 5% and 95% points over the ranges of the assumptions."]
    banded = any(one.frontier["precision_low"][-1] is not None for one in shown)
    return Section(
        title="Precision needed at each recall",
        columns=("recall", *(one.name for one in shown)),
        named=True,
        rows=rows,
        lines=tuple(lines) if banded else (),
    )


def _cells(one: PlannedHurdle) -> list[str]:
    """Return the precision needed at each recall of the frontier, with its ends where there are any."""
    lists = (one.frontier[name] for name in ("precision", "precision_low", "precision_high"))
    ranged = any(each is not None for each in one.frontier["precision_low"])
    out = []
    for likely, low, high in zip(*lists, strict=True):
        text = "unreachable" if likely is None else numbers.percent(likely)
        if ranged and (likely, low, high) != (None, None, None):
            ends = ("unreachable" if each is None else numbers.percent(each) for each in (low, high))
            text += f" ({' to '.join(ends)})"
        out.append(text)
    return out


def _share(value: float | None) -> str:
    return NONE if value is None else numbers.percent(value)
