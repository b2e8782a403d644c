"""A plan as text and as JSON: first the answer, then what each hurdle asks, then what that would take."""

import json
from dataclasses import asdict
from typing import Any, cast

from payoff.rendering import numbers
from payoff.rendering.outline import Section
from payoff.rendering.terminal import sections_text
from payoff.verdicts.plans import (
    Accuracies,
    Direction,
    Distance,
    Plan,
    PlannedHurdle,
    SingleRules,
)

SHOWN_RECALLS = (0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
NONE = "–"
SCORE_MODEL = (
    "The AUC stands for a score whose values are normal in both classes with equal spread (binormal), cut at its best "
    "threshold. Another score of the same AUC may be worth more or less"
)


def plan_to_text(plan: Plan, width: int = 80) -> str:
    """Return the plan as plain text."""
    return sections_text(f"PLAN: {headline(plan)}", plan_sections(plan), width)


def plan_to_json(plan: Plan) -> str:
    """Return the plan as JSON: sorted keys, ten significant digits, a final newline."""
    body = _rounded(asdict(cast("Any", plan)))
    return json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def headline(plan: Plan) -> str:
    """Return the answer in a sentence: of the needed hurdle first."""
    needed = next((one for one in plan.hurdles if one.needed_to_ship), plan.hurdles[0])
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
        gain = numbers.money(one.without_model, one.unit)
        return f"No model is needed for {one.name}: {_constant(plan, one)} gains {gain} over {_over(plan, one.over)}."
    if one.status == "unreachable":
        if one.most <= 0:
            return f"No model can clear {one.name}: perfect predictions would gain nothing over {one.over}."
        return f"No model can clear {one.name}: perfect predictions would gain {most} over {_over(plan, one.over)}."
    asked = numbers.money(one.required, one.unit)
    return (
        f"To clear {one.name} ({asked} over {_over(plan, one.over)}) a model must rank with an AUC of about "
        f"{numbers.ratio(one.least_auc)} or more; perfect predictions would gain {most}."
    )


def _constant(plan: Plan, one: PlannedHurdle) -> str:
    act = plan.decision["act"]
    if one.constant == "nobody":
        return f"to {act} nobody" if act != "act" else "acting on nobody"
    if plan.circumstance.capacity is not None:
        return f"to {act} as many as there is room for, at random,"
    return f"to {act} everybody" if act != "act" else "acting on everybody"


def _over(plan: Plan, name: str) -> str:
    return f"{name} (today)" if name == plan.today else name


def plan_sections(plan: Plan) -> tuple[Section, ...]:
    """Return what a plan says, in the order of a reader's questions; empty sections left out."""
    found = (
        _stakes(plan),
        _hurdles(plan),
        _frontier(plan),
        _rows(plan),
        _distance(plan.distance),
        _rules(plan, plan.rules),
        _accuracy(plan, plan.accuracies),
        _assumptions(plan),
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
    rows = tuple(
        (
            one.name + (" *" if one.needed_to_ship else ""),
            numbers.money(one.required, one.unit),
            _over(plan, one.over),
            numbers.money(one.most, one.unit),
            one.status,
            *_at_least(one),
        )
        for one in plan.hurdles
    )
    columns = ("hurdle", "asks", "over", "at most", "status", "least AUC", "recall", "precision", "acts on")
    lines = [line for one in plan.hurdles for line in _hurdle_lines(plan, one)]
    if any(one.status == "reachable" for one in plan.hurdles):
        lines.append("Recall, precision and share acted on are those of the best threshold at the least AUC.")
        lines.append(f"{SCORE_MODEL}{_other_model(plan)}.")
    return Section(
        title="What each hurdle asks of a model (* needed to ship)",
        columns=columns,
        rows=rows,
        lines=tuple(lines),
    )


def _at_least(one: PlannedHurdle) -> tuple[str, str, str, str]:
    """Return the least AUC with recall, precision and share acted on at it; dashes where none is asked."""
    if one.status != "reachable" or one.least_auc is None:
        return (NONE,) * 4
    return numbers.ratio(one.least_auc), _share(one.recall), _share(one.precision), _share(one.act_rate)


def _other_model(plan: Plan) -> str:
    told = [
        f"{numbers.ratio(one.least_auc_power)} for {one.name}"
        for one in plan.hurdles
        if one.status == "reachable" and one.least_auc_power is not None
    ]
    return f": under one of another shape (power) the least is {', '.join(told)}" if told else ""


def _hurdle_lines(plan: Plan, one: PlannedHurdle) -> list[str]:
    if one.status == "no model needed":
        gain = numbers.money(one.without_model, one.unit)
        return [f"{one.name}: {_constant(plan, one)} gains {gain} already; a model would have to beat that."]
    lines = []
    if one.status == "unreachable":
        lines.append(f"{one.name}: unreachable even at precision 1 and recall 1.")
    elif one.least_recall is not None:
        lines.append(
            f"{one.name}: recall below {numbers.percent(one.least_recall)} is unreachable even at precision 1."
        )
    if one.probability is not None:
        lines.append(_likelihood(one))
    if one.unlocks and one.status == "reachable":
        lines.append(f"{one.name} unlocks {one.unlocks}.")
    return lines


def _likelihood(one: PlannedHurdle) -> str:
    share = (
        numbers.confidence(one.probability) if one.probability not in (0.0, 1.0) else f"{one.probability:.0%}"
    )
    words = f"{one.name}: some model can reach it in {share} of the draws of the assumptions"
    if one.status != "reachable":
        return f"{words}."
    low, high = (_end(each) for each in (one.least_auc_low, one.least_auc_high))
    words += f"; the least AUC lies between {low} and {high} in 90% of them"
    if one.least_auc_sure is not None:
        return f"{words}, and an AUC of {numbers.ratio(one.least_auc_sure)} suffices in {one.confidence:.0%}."
    return f"{words}, and no model suffices in {one.confidence:.0%}."


def _end(auc: float | None) -> str:
    if auc is None:
        return "beyond any model"
    return "0.5 (no model needed)" if auc <= 0.5 else numbers.ratio(auc)


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


def _rows(plan: Plan) -> Section:
    rows = tuple(
        (
            one.name,
            numbers.ratio(each.auc),
            numbers.money(each.gain, one.unit),
            numbers.count(each.rows) if each.rows is not None else "no number",
            numbers.count(each.positives) if each.positives is not None else NONE,
            numbers.count(each.rows_for_auc) if each.rows_for_auc is not None else "no number",
        )
        for one in plan.hurdles
        for each in one.rows
    )
    power = plan.hurdles[0].power
    levels = ", ".join(f"{one.name} {one.confidence:.0%}" for one in plan.hurdles if one.rows)
    lines = (
        f"With {power:.0%} power at the confidence that each hurdle asks ({levels}), on fresh rows judged once.",
        "A model exactly at the least AUC could not be shown to clear the hurdle by any number of rows.",
    )
    return Section(
        title="Labelled rows needed to show it",
        columns=("hurdle", "if the AUC is", "it gains", "rows", "of them positive", "to show the AUC alone"),
        rows=rows,
        lines=lines if rows else (),
    )


def _rules(plan: Plan, rules: SingleRules | None) -> Section:
    title = "What the best rule on one column already earns"
    if rules is None:
        return Section(title=title)
    if rules.rule is None:
        return Section(title=title, lines=(f"Not known: {rules.note}.",))
    beside = (rules.gain, rules.low, rules.high)
    over = _over(plan, rules.over)
    earned = numbers.money(rules.gain, rules.unit, beside=beside)
    searched = f"the best of {numbers.count(rules.rules)} rules on {len(rules.columns)} columns"
    lines = [f"Choosing {searched} earns {earned} over {over}, chosen on some rows and valued on others."]
    lines += _against_hurdle(plan, rules)
    if rules.low is not None and rules.high is not None:
        lines.append(
            f"{_act(plan)} where {rules.rule}: {numbers.between(rules.low, rules.high, rules.unit)}, a 95% interval "
            "that holds for every rule searched at once."
        )
    if rules.note:
        lines.append(f"{rules.note[0].upper()}{rules.note[1:]}.")
    lines.append(
        "Check that each column is known when the decision is made: one known only afterwards looks too good."
    )
    table = tuple((one.rule, numbers.money(one.claimed, rules.unit)) for one in rules.by_column)
    return Section(
        title=title, columns=("best rule of a column", "claims (too good)"), rows=table, lines=tuple(lines)
    )


def _against_hurdle(plan: Plan, rules: SingleRules) -> list[str]:
    """Say which part of the first hurdle in reach the rule earns, where both are of one unit and baseline."""
    same = (
        one
        for one in plan.hurdles
        if (one.over, one.unit) == (rules.over, rules.unit) and one.status == "reachable" and one.required > 0
    )
    first = next(same, None)
    if first is None or rules.gain is None or rules.gain <= 0:
        return []
    return [
        f"That is {numbers.percent(rules.gain / first.required)} of what {first.name} asks, without any model."
    ]


def _act(plan: Plan) -> str:
    act = str(plan.decision["act"])
    return act[:1].upper() + act[1:]


def _accuracy(plan: Plan, found: Accuracies | None) -> Section:
    title = "What more accuracy is worth"
    if found is None:
        return Section(title=title, lines=("Nothing: the same action is best whatever the outcome.",))
    paid, largest = found.cost is not None, max(abs(one.gain) for one in found.steps)
    rows = tuple(
        (
            numbers.ratio(one.auc)[:4],
            _about(one.gain, found.unit, largest),
            _about(one.next_point, found.unit, largest / 100),
            *(("yes" if one.worth_it else "no",) if paid else ()),
        )
        for one in found.steps
    )
    recall = numbers.money(found.recall_point, found.unit)
    lines = [f"A point is 0.01. One more point of recall, without one more false alarm, is worth {recall}."]
    if found.cost is not None:
        lines.append(_worth_it(found, found.cost))
    columns = (
        "AUC",
        f"gains over {_over(plan, found.over)}",
        "the next point adds",
        *(("worth its cost",) if paid else ()),
    )
    return Section(title=title, columns=columns, rows=rows, lines=tuple(lines))


def _about(amount: float, unit: str, largest: float) -> str:
    """Return an amount, as nothing where it is next to the largest."""
    return numbers.money(amount if abs(amount) > largest / 1000 else 0.0, unit)


def _worth_it(found: Accuracies, cost: float) -> str:
    price = numbers.money(cost, found.unit)
    if not found.worth_it:
        return f"At {price} for a point, no further point of AUC is worth its cost."
    spans = " and ".join(f"from {low:.2f} to {high:.2f}" for low, high in found.worth_it)
    last = found.worth_it[-1][1]
    words = f"At {price} for a point, further accuracy is worth its cost {spans}"
    if last < 0.985:
        return f"{words}; beyond {last:.2f} it is not."
    return f"{words}: within this range what ends it is a point that costs more, as points near 1 do."


def _assumptions(plan: Plan) -> Section:
    ranged = [one for one in plan.assumptions if one.low is not None]
    rows = tuple(
        (
            one.name,
            numbers.number(one.low, beside=(one.likely, one.high)),
            _auc_at(one.least_auc_low),
            numbers.number(one.high, beside=(one.likely, one.low)),
            _auc_at(one.least_auc_high),
        )
        for one in ranged
    )
    hurdle = ranged[0].hurdle if ranged else ""
    return Section(
        title=f"What moves the least AUC of {hurdle}, one assumption at a time",
        columns=("assumption", "at its low", "least AUC", "at its high", "least AUC"),
        rows=rows,
    )


def _auc_at(auc: float | None) -> str:
    if auc is None:
        return "unreachable"
    return "no model needed" if auc <= 0.5 else numbers.ratio(auc)


def _distance(found: Distance | None) -> Section:
    if found is None:
        return Section(title="")
    beside = (found.gain, found.required, found.gap)
    title = f"From {found.of} to the next hurdle, {found.hurdle}"
    lines = [
        f"It gains {numbers.money(found.gain, found.unit, beside=beside)} over {found.over}; "
        f"{numbers.money(found.required, found.unit, beside=beside)} are asked"
        + (f": {numbers.money(found.gap, found.unit, beside=beside)} are lacking." if found.gap > 0 else "."),
    ]
    possible = [one for one in found.directions if one.needed is not None]
    if possible:
        first = possible[0]
        lines.append(
            f"The way that asks the least of its room: {first.name}, {_moved(first)} ({first.note})."
        )
    elif found.gap > 0:
        lines.append("No way reaches it by itself.")
    lines.append(found.note)
    rows = tuple((one.name, _moved(one), _room(one), one.note) for one in found.directions)
    return Section(title=title, columns=("way", "from, to", "of its room", ""), rows=rows, lines=tuple(lines))


def _moved(one: Direction) -> str:
    tell = numbers.percent if one.kind in ("recall", "precision") else numbers.number
    now = NONE if one.now is None else tell(one.now, beside=(one.needed,))
    return now if one.needed is None else f"{now} to {tell(one.needed, beside=(one.now,))}"


def _room(one: Direction) -> str:
    if one.share is None:
        return NONE
    return numbers.percent(one.share) if one.share <= 10 else "over 1,000%"


def _share(value: float | None) -> str:
    return NONE if value is None else numbers.percent(value)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return {key: _rounded(item) for key, item in value.items()} if isinstance(value, dict) else value
