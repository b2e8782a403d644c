"""What changed since a stored result: verdict, hurdles, gains, assumptions, policies, data and the lines of the spec.

The numbers of two results stand side by side and are never judged against each other: a result holds no rows to pair,
and whether two intervals overlap does not say whether two gains differ.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from payoff.record import AssumptionRecord, PolicyRecord, Result
from payoff.rendering import numbers
from payoff.rendering.doubt import Cell, Table
from payoff.rendering.provenance import provenance
from payoff.rendering.views import (
    GainView,
    HurdleView,
    Shown,
    candidate,
    gain_views,
    hurdle_views,
    interval_text,
)
from payoff.rendering.wording import OVERALL, STATUSES, Status

TITLE = "What changed since the reference"
MOST_LINES = 200
MOST_SPEC_LINES = 4_000
HASH_DIGITS = 12

_ABSENT = Status("not there", "–", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is told of two results: in words, in tables, and the lines of the spec that differ.

    ``spec`` holds lines that begin with ``+`` (now), ``-`` (then), a space (both) or ``@@`` (where).
    """

    lines: tuple[str, ...]
    tables: tuple[Table, ...]
    spec: tuple[str, ...]


def changes_since(result: Result, reference: Result) -> Changes:
    """Return what changed from ``reference`` to ``result``; tables in which nothing did are left out."""
    tables = (
        _hurdles(result, reference),
        _gains(result, reference),
        _assumptions(result, reference),
        _policies(result, reference),
        _origins(result, reference),
    )
    return Changes(
        lines=tuple(_lines(result, reference)),
        tables=tuple(table for table in tables if table.rows),
        spec=tuple(_spec_lines(reference.spec_text, result.spec_text)),
    )


def plain_cell(cell: Cell) -> str:
    """Return a cell of a table as those who know only text tell it."""
    if cell is None:
        return "–"
    return cell if isinstance(cell, str) else cell.text if isinstance(cell, Shown) else cell.word


def _lines(result: Result, reference: Result) -> Iterator[str]:
    then, now = (OVERALL[one.verdict.overall][0].word for one in (reference, result))
    mark = reference.hash[:HASH_DIGITS]
    if (reference.hash, reference.document()["checksum"]) == (result.hash, result.document()["checksum"]):
        yield f"The reference {mark} is this result. Nothing changed."
        return
    yield (
        f"The verdict was {then} in the reference {mark} and is {now} now."
        if then != now
        else f"The verdict is {now}, as in the reference {mark}."
    )
    yield from _model_words(result, reference)
    if result.data.hash == reference.data.hash:
        yield (
            "Both rest on the same rows. The gains stand side by side without an interval of their difference. To "
            "compare two models on these rows, name one as challenger in the spec."
        )
    else:
        yield (
            "They rest on other rows, so the gains are unpaired. They stand side by side, and whether their intervals "
            "overlap does not say whether they differ."
        )
    yield from _spec_words(result, reference)
    yield from _check_words(result, reference)


def _model_words(result: Result, reference: Result) -> Iterator[str]:
    then, now = (candidate(one) for one in (reference, result))
    if then != now:
        yield f"Judged was {then} then and is {now} now."
    then, now = (", ".join(sorted({each.title for each in gain_views(one)})) for one in (reference, result))
    if then and now and then != now:
        yield f"What is told as gain was {then.lower()} then and is {now.lower()} now."


def _spec_words(result: Result, reference: Result) -> Iterator[str]:
    if result.spec_text == reference.spec_text:
        yield "The spec is the same to the letter."
    elif result.spec_hash == reference.spec_hash:
        yield "The text of the spec differs, what it says does not. Its hash is the same."
    else:
        yield "The spec differs; its lines are below."
    stand = _kept(result.assumptions, reference.assumptions)
    if stand:
        yield f"{numbers.count(stand)} assumption{'s stand' if stand > 1 else ' stands'} as before."


def _kept(now: tuple[AssumptionRecord, ...], then: tuple[AssumptionRecord, ...]) -> int:
    before = {one.name: _stated(one) for one in then}
    return sum(before.get(one.name) == _stated(one) for one in now)


def _check_words(result: Result, reference: Result) -> Iterator[str]:
    then, now = ({(one.code, one.where) for one in each.data.checks} for each in (reference, result))
    for word, found in (("New among the data checks", now - then), ("No longer found", then - now)):
        if found:
            yield f"{word}: {', '.join(f'{code} at {where}' for code, where in sorted(found))}."


def _hurdles(result: Result, reference: Result) -> Table:
    then, now = ({each.record.name: each for each in hurdle_views(one)} for one in (reference, result))
    return Table(
        title="Hurdles, then and now",
        caption="As each result judged them by its own spec. Reached is the confidence, asked the gain.",
        columns=("Hurdle", "Reference", "Now", "Reached then", "Reached now", "Asked then", "Asked now"),
        rows=tuple((name, *_hurdle_cells(then.get(name), now.get(name))) for name in _names(then, now)),
    )


def _hurdle_cells(*views: HurdleView | None) -> tuple[Cell, ...]:
    return (
        *(_ABSENT if each is None else STATUSES[each.record.status] for each in views),
        *(None if each is None else each.reached for each in views),
        *(None if each is None else each.required for each in views),
    )


def _gains(result: Result, reference: Result) -> Table:
    then, now = ({each.over: each for each in gain_views(one)} for one in (reference, result))
    return Table(
        title="Gain over each baseline, then and now",
        caption="Each on its own rows; a difference of the two is not told.",
        columns=("Over", "Gain then", "95% then", "Gain now", "95% now"),
        rows=tuple(
            (name, *_gain_cells(then.get(name)), *_gain_cells(now.get(name))) for name in _names(then, now)
        ),
    )


def _gain_cells(view: GainView | None) -> tuple[Cell, Cell]:
    return (None, None) if view is None else (view.gain, interval_text(view.low, view.high) or None)


def _assumptions(result: Result, reference: Result) -> Table:
    then, now = ({one.name: one for one in each.assumptions} for each in (reference, result))
    moved = [
        name
        for name in _names(then, now)
        if name not in then or name not in now or _stated(then[name]) != _stated(now[name])
    ]
    return Table(
        title="Assumptions that moved",
        caption="What their owners hold possible, then and now.",
        columns=("Assumption", "Reference", "Now", "Owner, source and date then", "The same now"),
        rows=tuple(
            (
                name,
                *(_range(each.get(name)) for each in (then, now)),
                *(_signed(each.get(name)) for each in (then, now)),
            )
            for name in moved
        ),
    )


def _stated(one: AssumptionRecord) -> tuple[object, ...]:
    return (one.likely, one.low, one.high, one.shape, one.owner, one.source, one.date)


def _range(one: AssumptionRecord | None) -> Cell:
    if one is None:
        return None
    beside = (one.likely, one.low, one.high)
    likely, low, high = (Shown(end, numbers.number(end, beside=beside)) for end in beside)
    ends = interval_text(low, high)
    return f"{likely.text} ({ends}, {one.shape})" if ends else f"{likely.text} (no range given)"


def _signed(one: AssumptionRecord | None) -> Cell:
    return (
        None if one is None else ", ".join(text for text in (one.owner, one.source, one.date) if text) or None
    )


def _policies(result: Result, reference: Result) -> Table:
    then, now = ({one.name: one for one in each.policies} for each in (reference, result))
    moved = [name for name in _names(then, now) if _decides(then.get(name)) != _decides(now.get(name))]
    return Table(
        title="Policies that changed",
        caption="What they do, and the threshold in use.",
        columns=("Policy", "Reference", "Now"),
        rows=tuple((name, _decides(then.get(name)), _decides(now.get(name))) for name in moved),
    )


def _decides(policy: PolicyRecord | None) -> str | None:
    if policy is None:
        return None
    at = "" if policy.threshold is None else f" (at {numbers.number(policy.threshold)})"
    return f"{policy.role}: {policy.definition}{at}"


def _origins(result: Result, reference: Result) -> Table:
    then, now = (dict(provenance(each)) for each in (reference, result))
    moved = [name for name in _names(then, now) if then.get(name) != now.get(name)]
    return Table(
        title="Data and versions that changed",
        caption="What is not listed is the same.",
        columns=("What", "Reference", "Now"),
        rows=tuple((name, _brief(name, then.get(name)), _brief(name, now.get(name))) for name in moved),
    )


def _brief(name: str, text: str | None) -> str | None:
    return text[:HASH_DIGITS] if text and name.endswith("hash") else text


def _names(then: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """Return every name once, those of now first, in their order."""
    return list(dict.fromkeys((*now, *then)))


def _spec_lines(then: str, now: str) -> Iterator[str]:
    """Yield the lines that differ, with one line around them; of very long specs or differences a word only."""
    before, after = then.splitlines(), now.splitlines()
    if before == after:
        return
    if max(len(before), len(after)) > MOST_SPEC_LINES:
        yield f"@@ one of the specs has more than {numbers.count(MOST_SPEC_LINES)} lines: compare them by hand @@"
        return
    found = list(difflib.unified_diff(before, after, n=1, lineterm=""))[2:]
    yield from found[:MOST_LINES]
    if len(found) > MOST_LINES:
        yield f"@@ {numbers.count(len(found) - MOST_LINES)} more lines @@"
