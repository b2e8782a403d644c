"""What a plan asks for and offers: labelled rows, simple rules, worth of accuracy, ways from a result."""

from payoff.rendering import numbers
from payoff.rendering.outline import Section
from payoff.rendering.views import rows_needed_text
from payoff.verdicts.plans import Accuracies, Direction, Distance, Plan, SingleRules

NONE = "–"


def over_text(plan: Plan, name: str) -> str:
    """Return a baseline's name, and that it is what is done today."""
    return f"{name} (today)" if name == plan.today else name


def rows_section(plan: Plan) -> Section:
    """Return how many labelled rows would show it."""
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


def rules_section(plan: Plan, rules: SingleRules | None) -> Section:
    """Return what the best rule on one column earns."""
    title = "What the best rule on one column already earns"
    if rules is None:
        return Section(title=title)
    if rules.rule is None:
        return Section(title=title, lines=(f"Not known: {rules.note}.",))
    beside = (rules.gain, rules.low, rules.high)
    over = over_text(plan, rules.over)
    earned = numbers.money(rules.gain, rules.unit, beside=beside)
    columns = f"{len(rules.columns)} column{'s' * (len(rules.columns) > 1)}"
    searched = f"the best of {numbers.count(rules.rules)} rules on {columns}"
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


def accuracy_section(plan: Plan, found: Accuracies | None) -> Section:
    """Return what accuracy is worth, and until where it is worth its cost."""
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
        f"gains over {over_text(plan, found.over)}",
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


def assumptions_section(plan: Plan) -> Section:
    """Return what moves the least AUC, one assumption at a time."""
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


def distance_section(found: Distance | None) -> Section:
    """Return the ways from a result to the next hurdle."""
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
    more = rows_needed_text(found.rows_needed)
    lines += [f"As it is, {more}."] if more else []
    rows = tuple((one.name, _moved(one), _room(one), one.note) for one in found.directions)
    return Section(title=title, columns=("way", "from, to", "of its room", ""), rows=rows, lines=tuple(lines))


_TELLERS = {"auc": numbers.ratio, "recall": numbers.percent, "precision": numbers.percent}


def _moved(one: Direction) -> str:
    tell = _TELLERS.get(one.kind, numbers.number)
    now = NONE if one.now is None else tell(one.now, beside=(one.needed,))
    return now if one.needed is None else f"{now} to {tell(one.needed, beside=(one.now,))}"


def _room(one: Direction) -> str:
    if one.share is None:
        return NONE
    return numbers.percent(one.share) if one.share <= 10 else "over 1,000%"
