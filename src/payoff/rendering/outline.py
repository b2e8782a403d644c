"""The result as titled sections of lines and tables, for tellers that know only text."""

from dataclasses import dataclass

from payoff.record import Result
from payoff.rendering import best_of, numbers
from payoff.rendering.asking import TITLE as ASKED
from payoff.rendering.asking import asks
from payoff.rendering.changes import TITLE as SINCE
from payoff.rendering.changes import changes_since, plain_cell
from payoff.rendering.confusion import confusion_views
from payoff.rendering.costs import HEAD as COSTS
from payoff.rendering.costs import CostView, cost_lines, cost_views, latency_title
from payoff.rendering.detail import EstimateView, SliceView, disagreement_views, slice_views, small_text, view
from payoff.rendering.doubt import (
    COLUMNS,
    PREVALENCE,
    SCENARIO_COLUMNS,
    SPREAD,
    doubt_rows,
    prevalence_lines,
    scenario_lines,
    scenario_rows,
    scenario_title,
    spread_lines,
)
from payoff.rendering.forecasts import SKILL_TITLE, WINS_TITLE, skill_table, win_lines
from payoff.rendering.room import ROOM, room_lines
from payoff.rendering.sensitivity import BOUNDS, HEAD, bound_lines, wrong_label_lines
from payoff.rendering.turning import TITLE as CHANGES
from payoff.rendering.turning import turn_lines
from payoff.rendering.unsettled import TITLE as UNKNOWN
from payoff.rendering.unsettled import unknown_lines
from payoff.rendering.views import (
    FlipView,
    HurdleView,
    gain_views,
    gains_title,
    hurdle_views,
    interval_text,
    key_estimates,
    rail_views,
)
from payoff.rendering.wording import KEY_METRICS, KEY_OF_CLASSES, OVERALL, Status

MOST_SLICES, MOST_ASSUMPTIONS = 5, 5
MIX_MEANS = (
    "Mix: what other shares of outcomes make. Performance: what other gains on rows of one outcome make. "
    "Re-weighted: the gain of the slice if it had the shares of outcomes of all other rows."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section: ``rows`` under ``columns``, then ``lines``; ``named``: heads but the first are user strings."""

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    statuses: tuple[Status | None, ...] = ()
    lines: tuple[str, ...] = ()
    named: bool = False


def verdict_line(result: Result) -> tuple[Status, str]:
    """Return the overall status and the sentence; a partial result says so before anything else."""
    sentence = result.verdict.sentence
    return OVERALL[result.verdict.overall][0], f"(partial) {sentence}" if result.partial else sentence


def sections(result: Result, reference: Result | None = None) -> tuple[Section, ...]:
    """Return what is worth telling in text, in the order of a reader's questions; empty sections left out."""
    found = (
        Section(title=ASKED, lines=asks(result)),
        _gains(result),
        Section(title=best_of.HEAD, lines=best_of.best_of_lines(result)),
        _differences(result),
        _hurdles(result),
        Section(title=ROOM, lines=room_lines(result)),
        _changes(result),
        _doubt(result),
        _scenarios(result),
        Section(title=PREVALENCE, lines=prevalence_lines(result)),
        _costs(result),
        Section(title=HEAD, lines=wrong_label_lines(result)),
        Section(title=BOUNDS, lines=bound_lines(result)),
        _guardrails(result),
        *_confusions(result),
        _metrics(result),
        _skills(result),
        Section(title=WINS_TITLE, lines=win_lines(result)),
        *_slices(result),
        _unknown(result),
        _checks(result),
        *_changed(result, reference),
        _files(result),
    )
    return tuple(section for section in found if section.rows or section.lines)


def range_text(each: FlipView) -> str:
    """Return the range of an assumption, or that none was given."""
    return interval_text(each.low, each.high) or "no range given"


def _gains(result: Result) -> Section:
    rows = tuple(
        (
            each.over + (" (today)" if each.is_today else ""),
            each.gain.text,
            interval_text(each.low, each.high),
            each.share or "",
        )
        for each in gain_views(result)
    )
    return Section(title=gains_title(result), columns=("over", "gain", "95% interval", "of it"), rows=rows)


def _differences(result: Result) -> Section:
    trivial = {"nobody", "everybody"} - {result.today}
    views = [each for each in disagreement_views(result) if each.record.over not in trivial]
    rows = tuple(
        (each.record.over, numbers.count(each.record.differing), each.share.text, each.money.text)
        for each in views
    )
    notes = dict.fromkeys(each.record.note for each in views if each.record.note)
    return Section(
        title="Decided differently",
        columns=("than", "rows", "share", "money on them"),
        rows=rows,
        lines=tuple(f"{note[0].upper()}{note[1:]}." for note in notes),
    )


def _hurdles(result: Result) -> Section:
    views = hurdle_views(result)
    if not views and result.partial:
        return Section(title="Hurdles", lines=("Not judged: the rows or the spec have the errors below.",))
    if not views:
        return Section(title="Hurdles", lines=("None given, so there is no verdict and the gate refuses.",))
    rows = tuple(
        (
            each.record.name + (" *" if each.record.needed_to_ship else ""),
            each.status.word,
            each.gain.text,
            each.required.text,
            f"{each.reached.text}, asked {each.asked.text}",
        )
        for each in views
    )
    return Section(
        title="Hurdles (* needed to ship)",
        columns=("hurdle", "status", "gain", "required", "confidence"),
        rows=rows,
        statuses=tuple(each.status for each in views),
        lines=tuple(line for each in views for line in _hurdle_lines(each)),
    )


def _hurdle_lines(each: HurdleView) -> list[str]:
    """Return what is said below the table about one hurdle."""
    words = [word for word in (each.reason, each.more_rows) if word]
    lines = [f"{each.record.name}: {'; '.join(words)}."] if words else []
    if each.record.status == "cleared" and each.record.unlocks:
        lines.append(f"{each.record.name} unlocks {each.record.unlocks}.")
    return lines


def _changes(result: Result) -> Section:
    return Section(title=CHANGES, lines=turn_lines(result))


def _doubt(result: Result) -> Section:
    rows = doubt_rows(result, MOST_ASSUMPTIONS)
    unit = "" if result.doubt is None else f", {result.doubt.unit}; each by itself, no interactions"
    return Section(
        title=f"{SPREAD}{unit if rows else ''}",
        columns=COLUMNS if rows else (),
        rows=rows,
        lines=spread_lines(result),
    )


def _scenarios(result: Result) -> Section:
    rows = scenario_rows(result)
    return Section(
        title=scenario_title(result),
        columns=SCENARIO_COLUMNS,
        rows=tuple(row for row, _ in rows),
        statuses=tuple(status for _, status in rows),
        lines=scenario_lines(result),
    )


def _costs(result: Result) -> Section:
    views = cost_views(result)
    rows = tuple(
        (each.record.of, *_amounts(each, views), each.complexity, each.latency, each.mark) for each in views
    )
    columns = ("policy", "gain", "running", "net gain", "complexity", latency_title(result), "")
    title = f"{COSTS}: gain over {views[0].record.over}, {views[0].record.unit}" if views else COSTS
    return Section(title=title, columns=columns, rows=rows, lines=cost_lines(result))


def _amounts(view: CostView, views: tuple[CostView, ...]) -> tuple[str, ...]:
    """Return gain, running cost and net gain without their unit, which the title says."""
    beside = [end.value for each in views for end in (each.gain, each.recurring, each.net) if end.value]
    ends = (view.gain, view.recurring, view.net)
    return tuple("–" if end.value is None else numbers.number(end.value, beside=beside) for end in ends)


def _guardrails(result: Result) -> Section:
    views = rail_views(result)
    rows = tuple(
        (each.record.name, each.place, each.status.word, each.value.text, each.interval) for each in views
    )
    return Section(
        title="Guardrails",
        columns=("limit", "where", "status", "seen", "95% interval"),
        rows=rows,
        statuses=tuple(each.status for each in views),
    )


def _confusions(result: Result) -> list[Section]:
    """Return a table of outcome against action for every policy that is told of, where it is more than four cells."""
    return [
        Section(
            title=f"{each.of}: outcome by action, rows and {each.unit}",
            columns=("outcome", *each.actions, "all"),
            named=True,
            rows=tuple(
                (name, *(f"{cell.rows}: {cell.money}" for cell in cells))
                for name, cells in (*each.lines, ("all", each.foot))
            ),
        )
        for each in confusion_views(result, challengers=False)
        if len(each.actions) > 2 or len(each.lines) > 2
    ]


def _metrics(result: Result) -> Section:
    names = [policy.name for policy in result.policies if policy.role != "baseline"]
    told = {name: [view(each) for each in key_estimates(result, name)] for name in names}
    found = {name: {each.title: each for each in views} for name, views in told.items()}
    order = (*KEY_METRICS, *KEY_OF_CLASSES)
    places = {
        each.title: order.index(each.estimate.metric) if each.estimate.metric in order else len(order)
        for views in told.values()
        for each in views
    }
    rows = []
    for title in sorted(places, key=lambda each: places[each]):
        cells = []
        for name in names:
            each = found[name].get(title)
            cells.append(f"{each.value.text} ({each.interval})" if each and each.interval else _plain(each))
        rows.append((title, *cells))
    return Section(
        title="Key metrics (95% interval)", columns=("metric", *names), rows=tuple(rows), named=True
    )


def _skills(result: Result) -> Section:
    titles, found = skill_table(result)
    rows = tuple(
        (
            rival + (" (today)" if rival == result.today else ""),
            *(
                f"{each.value.text} ({each.interval})" if each and each.interval else _plain(each)
                for each in views
            ),
        )
        for rival, views in found
    )
    return Section(title=f"{SKILL_TITLE} (95% interval)", columns=("over", *titles), rows=rows)


def _slices(result: Result) -> list[Section]:
    """Return a section for every slice entry: the parts that gain least, and which are too small to tell."""
    found = [each for each in slice_views(result) if each.money or each.small]
    return [section for each in found for section in (_slice(each), _split(each))]


def _slice(each: SliceView) -> Section:
    worst = list(zip(each.money, each.rest, each.shrunken, strict=True))[:MOST_SLICES]
    rows = tuple(
        (
            view.place,
            numbers.count(view.estimate.rows),
            _amount(view),
            _interval(view),
            _amount(rest),
            _interval(rest),
            _amount(shrunken),
        )
        for view, rest, shrunken in worst
    )
    more = len(each.money) + each.left_out - len(rows)
    lines = [f"{small_text(each.small)}."] if each.small else []
    if more > 0:
        words = "more, which gains no less, is" if more == 1 else "more, which gain no less, are"
        lines.append(f"{numbers.count(more)} {words} in the report.")
    unit = each.money[0].estimate.unit if each.money else ""
    over = f"gain over {each.over}" if each.over else "value"
    return Section(
        title=f"Slices by {each.title}, least first: {over}, {unit}" if rows else f"Slices by {each.title}",
        columns=(
            "slice",
            "rows",
            "gain" if each.over else "value",
            "95% interval",
            "less the rest",
            "95% interval",
            "shrunken",
        ),
        rows=rows,
        lines=tuple(lines),
    )


def _split(each: SliceView) -> Section:
    """Return why the parts that gain least differ from the rest; empty where that was not asked."""
    told = zip(each.money, each.rest, each.mix, each.performance, each.reweighted, strict=True)
    rows = tuple(
        (
            view.place,
            _amount(rest),
            _amount(mix),
            _interval(mix),
            _amount(performance),
            _interval(performance),
            _amount(reweighted),
        )
        for view, rest, mix, performance, reweighted in list(told)[:MOST_SLICES]
    )
    if not each.is_split:
        return Section(title="")
    return Section(
        title=f"Slices by {each.title}, why they differ from the rest, {each.money[0].estimate.unit}",
        columns=(
            "slice",
            "less the rest",
            "= mix",
            "95% interval",
            "+ performance",
            "95% interval",
            "re-weighted",
        ),
        rows=rows,
        lines=(MIX_MEANS,),
    )


def _amount(view: EstimateView | None) -> str:
    """Return an amount without its unit, which the title says."""
    return "" if view is None else numbers.number(view.estimate.value, beside=_ends(view))


def _interval(view: EstimateView | None) -> str:
    if view is None or view.estimate.low is None or view.estimate.high is None:
        return ""
    ends = (view.estimate.low, view.estimate.high)
    return " to ".join(numbers.number(each, beside=_ends(view)) for each in ends)


def _ends(view: EstimateView) -> tuple[float | None, ...]:
    return (view.estimate.value, view.estimate.low, view.estimate.high)


def _unknown(result: Result) -> Section:
    return Section(title=UNKNOWN, lines=(*unknown_lines(result), *result.notes))


def _checks(result: Result) -> Section:
    lines = tuple(
        f"{each.code} {each.severity} at {each.where}"
        + (f" ({numbers.count(each.rows)} rows{_first(each.ids)})" if each.rows else "")
        + f": {each.found}. Fix: {each.fix}"
        for each in result.data.checks
    )
    return Section(title="Checks", lines=lines)


def _changed(result: Result, reference: Result | None) -> list[Section]:
    """Return what changed since a stored result, a section for every table."""
    if reference is None:
        return []
    found = changes_since(result, reference)
    told = [Section(title=SINCE, lines=found.lines)]
    for table in found.tables:
        rows = tuple(tuple(plain_cell(cell) for cell in row) for row in table.rows)
        told.append(Section(title=table.title, columns=table.columns, rows=rows))
    moved = tuple((line[0], line[1:]) for line in found.spec if line[0] in "+-")
    return [*told, Section(title="Lines of the spec that changed", columns=("", "line"), rows=moved)]


def _first(ids: tuple[str, ...]) -> str:
    return f", first: {', '.join(ids)}" if ids else ""


def _files(result: Result) -> Section:
    path = result.meta.get("path")
    return Section(title="Files", lines=(f"Written to {path}",) if path else ())


def _plain(each: EstimateView | None) -> str:
    return each.value.text if each else ""
