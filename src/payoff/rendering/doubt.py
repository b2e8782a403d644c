"""What is told of doubt about assumptions, of scenarios and of other shares of positives, ready to read."""

from collections.abc import Iterator
from dataclasses import dataclass

from payoff.doubt.records import AssumptionDoubt, Effect, PrevalenceRecord, ScenarioGain, ScenarioRecord
from payoff.record import Result
from payoff.rendering import numbers
from payoff.rendering.views import Shown, headline_hurdle, interval_text
from payoff.rendering.wording import STATUSES, Status

SPREAD = "How far the assumptions move the gain"
SCENARIOS = "Scenarios"
SCENARIO_COLUMNS = ("scenario", "sets", "gain", "95% interval", "less likely's", "status")
PREVALENCE = "If positives were rarer or more common"
COLUMNS = ("assumption", "gain at low", "gain at high", "of the doubt", "with others", "knowing it, a year")
EFFECTS = (
    "The gain with one assumption at its low and its high end, the others likely: no interactions. Its share of the "
    "doubt by itself, and with its interactions (Sobol; Shapley effects where assumptions are correlated). The most "
    "that knowing it exactly could be worth before deciding."
)
EVENS = "Every value of one assumption at which a hurdle is just met, the others at likely."
VOLUME = {"decision.volume": "volume"}
ROUNDING = 1e-3  # of the spread: an asymmetry below it is of no account beside the digits that are told


Cell = str | Shown | Status | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a report: a cell is words, a number, a status or nothing."""

    title: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[str, ...] = ()

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Return which columns hold numbers."""
        return tuple(isinstance(cell, Shown) for cell in self.rows[0]) if self.rows else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtView:
    """One assumption, or several that move as one: what they do to the gain, ready to tell.

    ``total`` has no value where assumptions are correlated; ``share`` is Shapley's then.
    """

    name: str
    low: Shown
    high: Shown
    share: Shown
    total: Shown
    worth: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioView:
    """One scenario under one hurdle, ready to tell."""

    record: ScenarioRecord
    gain: ScenarioGain
    changes: str
    value: Shown
    low: Shown
    high: Shown
    interval: str
    difference: Shown
    difference_low: Shown
    difference_high: Shown
    status: Status | None
    remark: str


def told_name(name: str) -> str:
    """Return how an assumption is called: the volume by its plain name."""
    return VOLUME.get(name, name)


def doubt_views(result: Result) -> tuple[DoubtView, ...]:
    """Return the ranged assumptions, the one with most influence first."""
    doubt = result.doubt
    if doubt is None:
        return ()
    by_name = {one.name: one for one in doubt.assumptions}
    ends = [end for one in doubt.assumptions for end in (one.gain_low, one.gain_high)]
    worths = [_cents(one.worth_of_learning) for one in doubt.effects]
    yearly = f"{doubt.unit.partition(' per ')[0]} per year"
    return tuple(
        _doubt(effect, [by_name[name] for name in effect.names], doubt.unit, ends, yearly, worths)
        for effect in doubt.effects
    )


def _doubt(
    effect: Effect,
    members: list[AssumptionDoubt],
    unit: str,
    ends: list[float | None],
    yearly: str,
    worths: list[float | None],
) -> DoubtView:
    share = effect.first if effect.shapley is None else effect.shapley
    alone = members[0] if len(members) == 1 else None
    low, high = (None, None) if alone is None else (alone.gain_low, alone.gain_high)
    return DoubtView(
        name=" with ".join(told_name(name) for name in effect.names),
        low=Shown(low, "together" if alone is None else numbers.money(low, unit, beside=ends)),
        high=Shown(high, "together" if alone is None else numbers.money(high, unit, beside=ends)),
        share=Shown(share, numbers.percent(share)),
        total=Shown(effect.total, "correlated" if effect.total is None else numbers.percent(effect.total)),
        worth=Shown(
            effect.worth_of_learning,
            numbers.money(_cents(effect.worth_of_learning), yearly, beside=worths, note="no volume"),
        ),
    )


def _cents(worth: float | None) -> float | None:
    """Return a worth without what is less than a cent: a quadrature of a kink is not nearer."""
    return None if worth is None else round(worth, 2)


def doubt_rows(result: Result, most: int) -> tuple[tuple[str, ...], ...]:
    """Return the table of the most influential assumptions, without periods, which the title says."""
    return tuple(
        (
            one.name,
            *(shown.text.partition(" per ")[0] for shown in (one.low, one.high)),
            one.share.text,
            one.total.text,
            one.worth.text.partition(" per ")[0],
        )
        for one in doubt_views(result)[:most]
    )


def spread_lines(result: Result) -> tuple[str, ...]:
    """Return the spread of the gain, the box, and what knowing more could be worth, in sentences."""
    return () if result.doubt is None or not result.doubt.effects else tuple(_spread(result))


def _spread(result: Result) -> Iterator[str]:
    doubt = result.doubt
    if doubt is None:
        return
    unit, beside = doubt.unit, (doubt.p05, doubt.p50, doubt.p95, doubt.low, doubt.high, doubt.gain)
    short = unit.partition(" per ")[0]
    middle, mean, moved = (
        numbers.money(value, short, beside=beside) for value in (doubt.p50, doubt.mean, abs(doubt.asymmetry))
    )
    ends = numbers.between(doubt.p05, doubt.p95, unit, beside=beside)
    average = (
        f"and {mean} on average: {moved} {'below' if doubt.asymmetry < 0.0 else 'above'} the gain at likely, the "
        "asymmetry of the assumptions."
    )
    if abs(doubt.asymmetry) < ROUNDING * abs(doubt.p95 - doubt.p05):
        average = "and the gain at likely on average."
    yield (
        f"By the assumptions alone the gain over {doubt.over} is {ends} (5% to 95%), {middle} in the middle {average}"
    )
    if doubt.low is not None and doubt.high is not None:
        both = numbers.between(doubt.low, doubt.high, unit, beside=beside)
        yield f"By the assumptions and the draw of the rows together: {both} (90% interval)."
    if doubt.interactions is not None and doubt.interactions >= 0.01:
        share = numbers.percent(doubt.interactions)
        yield f"{share} of the doubt belongs to no assumption alone: they multiply each other."
    yield from box_lines(result)
    if doubt.worth_of_learning_all is not None and doubt.worth_of_more_rows is not None:
        yearly = f"{unit.partition(' per ')[0]} per year"
        worths = (doubt.worth_of_learning_all, doubt.worth_of_more_rows)
        every, rows = (numbers.money(round(one, 2), yearly) for one in worths)
        yield f"Knowing every assumption exactly is worth {every} at most; more rows, apart from it, {rows} at most."
    if doubt.note:
        yield f"{doubt.note[0].upper()}{doubt.note[1:]}."


def box_lines(result: Result) -> Iterator[str]:
    """Yield in how much of what the owners hold possible each hurdle stands as it does."""
    for one in () if result.doubt is None else result.doubt.boxes:
        if one.cleared is None or one.undecided is None or one.missed is None:
            above = numbers.percent(one.above)
            yield f"{one.hurdle}: the gain is above it in {above} of the box of all ranges; the rows cannot judge it."
            continue
        shares = ", ".join(
            f"{word} in {numbers.percent(share)}"
            for word, share in (
                ("cleared", one.cleared),
                ("undecided", one.undecided),
                ("missed", one.missed),
            )
        )
        yield f"{one.hurdle}: by the rows {shares} of the box of all ranges."


def scenario_views(result: Result) -> tuple[ScenarioView, ...]:
    """Return every scenario under every hurdle, in the order written."""
    return tuple(_scenario(result, one, gain) for one in result.scenarios for gain in one.gains)


def headline_scenarios(result: Result) -> tuple[ScenarioView, ...]:
    """Return every scenario under the headline's hurdle."""
    hurdle = headline_hurdle(result)
    name = None if hurdle is None else hurdle.name
    return tuple(one for one in scenario_views(result) if one.gain.hurdle == name)


def _scenario(result: Result, record: ScenarioRecord, gain: ScenarioGain) -> ScenarioView:
    beside = (gain.value, gain.low, gain.high, gain.required, gain.difference)
    shown = [
        Shown(end, numbers.money(end, gain.unit, beside=beside))
        for end in (
            gain.value,
            gain.low,
            gain.high,
            gain.difference,
            gain.difference_low,
            gain.difference_high,
        )
    ]
    words = []
    if record.outside:
        names = ", ".join(told_name(name) for name in record.outside)
        words.append(f"{names} beyond the range held possible")
    if record.decides:
        words.append(f"decisions of {', '.join(record.decides)} depend on it and are held")
    words += [gain.note] if gain.note else []
    return ScenarioView(
        record=record,
        gain=gain,
        changes=changes_text(result, record),
        value=shown[0],
        low=shown[1],
        high=shown[2],
        interval=interval_text(shown[1], shown[2]),
        difference=shown[3],
        difference_low=shown[4],
        difference_high=shown[5],
        status=None if gain.status is None else STATUSES[gain.status],
        remark="; ".join(words),
    )


def changes_text(result: Result, record: ScenarioRecord) -> str:
    """Return what a scenario sets, in a few words."""
    likely = {one.name: one.likely for one in result.assumptions}
    # The order of the spec: that of a mapping does not outlive the file.
    places = {name: place for place, name in enumerate(likely)}
    words = [
        f"{name} {numbers.number(value, beside=(likely.get(name), value))}"
        for name, value in sorted(record.settings.items(), key=lambda each: places.get(each[0], 0))
    ]
    if record.volume is not None:
        words.append(f"volume {numbers.number(record.volume)} per year")
    if record.prevalence is not None:
        words.append(f"positives {numbers.percent(record.prevalence)}")
    for column, shares in sorted((record.mix or {}).items()):
        mixed = ", ".join(f"{value} {numbers.percent(share)}" for value, share in sorted(shares.items()))
        words.append(f"{column}: {mixed}")
    return ", ".join(words)


def scenario_rows(result: Result) -> tuple[tuple[tuple[str, ...], Status | None], ...]:
    """Return the table of scenarios under the headline's hurdle, with the status of each row."""
    return tuple(
        (
            (
                one.record.name,
                one.changes,
                one.value.text.partition(" per ")[0],
                one.interval,
                one.difference.text.partition(" per ")[0],
                one.status.word if one.status else "",
            ),
            one.status,
        )
        for one in headline_scenarios(result)
    )


def scenario_title(result: Result) -> str:
    """Return what the table of scenarios is about, with the unit of its amounts."""
    views = headline_scenarios(result)
    if not views:
        return SCENARIOS
    gain = views[0].gain
    return f"{SCENARIOS}: gain over {gain.over}, {gain.unit}; decisions are held, what is not named stays at likely"


def scenario_lines(result: Result) -> tuple[str, ...]:
    """Return what must be known of each scenario, and how it stands under the other hurdles."""
    lines = [f"{one.record.name}: {one.remark}." for one in headline_scenarios(result) if one.remark]
    hurdle, others = headline_hurdle(result), dict[str, dict[str, list[str]]]()
    for record in result.scenarios:
        for gain in record.gains:
            if hurdle is not None and gain.hurdle is not None and gain.hurdle != hurdle.name:
                others.setdefault(gain.hurdle, {}).setdefault(str(gain.status), []).append(record.name)
    for name, by_status in others.items():
        told = "; ".join(f"{status} in {', '.join(names)}" for status, names in by_status.items())
        lines.append(f"{name}: {told}.")
    return tuple(lines)


def prevalence_lines(result: Result) -> tuple[str, ...]:
    """Return for every hurdle how common positives must be, in a sentence, and then what that rests on."""
    told = [one for one in result.prevalences if one.break_even is not None]
    notes = dict.fromkeys(one.note for one in told if one.note)
    return (*(_prevalence(one) for one in told), *(f"{note[0].upper()}{note[1:]}." for note in notes))


def _prevalence(one: PrevalenceRecord) -> str:
    beside = (one.break_even, one.low, one.high, one.prevalence)
    even, here = (numbers.percent(share, beside=beside) for share in (one.break_even, one.prevalence))
    meets = "the gain is nothing" if one.hurdle is None else f"{one.hurdle} is just met"
    words = f"At {even} positives in place of {here} {meets}"
    if one.low is not None and one.high is not None:
        low, high = (numbers.percent(share, beside=beside) for share in (one.low, one.high))
        words += f"; between {low} and {high} the rows cannot tell"
    return f"{words}."


def break_even_rows(result: Result) -> tuple[tuple[str, str, tuple[Shown, ...], str], ...]:
    """Return every assumption under every hurdle: its name, the hurdle, where the gain meets it, and a remark."""
    found = []
    for one in () if result.doubt is None else result.doubt.assumptions:
        held = f"decisions of {', '.join(one.decides)} held" if one.decides else ""
        for each in one.break_even:
            beside = (one.likely, one.low, one.high, *each.at)
            shown = tuple(Shown(at, numbers.number(at, beside=beside)) for at in each.at)
            remark = "; ".join(word for word in (one.note or "", _beyond(one, each.at), held) if word)
            found.append((told_name(one.name), each.hurdle, shown, remark))
    return tuple(found)


def _beyond(one: AssumptionDoubt, at: tuple[float, ...]) -> str:
    """Return what is odd about values at which a hurdle is met, where none of them is held possible."""
    low, high = one.low, one.high
    if low is None or high is None or not at or any(low <= each <= high for each in at):
        return ""
    turned = (low >= 0.0 and max(at) < 0.0) or (high <= 0.0 and min(at) > 0.0)
    return "impossible unless it can change its sign" if turned else "beyond what is held possible"


def scenario_table(result: Result) -> Table | None:
    """Return the scenarios under the headline's hurdle as a table of the report."""
    views = headline_scenarios(result)
    rows = tuple(
        (
            one.record.name,
            one.changes,
            one.status,
            *map(_bare, (one.value, one.low, one.high)),
            *map(_bare, (one.difference, one.difference_low, one.difference_high)),
        )
        for one in views
    )
    interval = ("at least", "at most")
    columns = ("Scenario", "Sets", "Status", "Gain", *interval, "Less likely's", *interval)
    title, _, rest = scenario_title(result).partition(": ")
    caption = f"{rest[:1].upper()}{rest[1:]}. Intervals are 95%; the difference is paired on the same rows."
    return _table(title, caption, columns, rows, scenario_lines(result))


def _bare(shown: Shown) -> Shown:
    """Return a number without its period, which the caption says."""
    return Shown(shown.value, shown.text.partition(" per ")[0])


def doubt_tables(result: Result) -> tuple[Table, ...]:
    """Return effects, break-even values and shares of positives as tables of the report."""
    effects = tuple(
        (one.name, one.low, one.high, one.share, one.total, one.worth) for one in doubt_views(result)
    )
    evens = tuple(
        (name, hurdle, shown, remark)
        for name, hurdle, at, remark in break_even_rows(result)
        for shown in at or (Shown(None, "nowhere"),)
    )
    found = (
        _table(SPREAD, EFFECTS, tuple(one.capitalize() for one in COLUMNS), effects, spread_lines(result)),
        _table("", EVENS, ("Assumption", "Hurdle", "Break-even", "Remark"), evens),
        _table(PREVALENCE, "", (), (), prevalence_lines(result)),
    )
    return tuple(one for one in found if one is not None)


def _table(
    title: str,
    caption: str,
    columns: tuple[str, ...],
    rows: tuple[tuple[Cell, ...], ...],
    lines: tuple[str, ...] = (),
) -> Table | None:
    if not rows and not lines:
        return None
    return Table(title=title, caption=caption, columns=columns, rows=rows, lines=lines)
