"""A stored result judged as one of several looks at its rows."""

from dataclasses import replace

from payoff.errors.judging import LooksNeedRows, RepeatedLook
from payoff.record import DataRecord, Result
from payoff.record.rivals import rivals_in
from payoff.running.looking import looks_remarks
from payoff.spec.looks import Looks
from payoff.verdicts import conclude, judged_again, looks_record, occasion_of


def judged_for_looks(result: Result, looks: Looks | None) -> Result:
    """Return a result whose hurdles ask what one of so many looks must reach; as it is where it was made so.

    Raises
    ------
    LooksNeedRows
        When that asks evidence which no result keeps: for a bound at every look, for another one's result, and
        for guardrails.
    """
    held = result.looks
    if looks is None or (held is not None and (held.count, held.planned) == _key(looks)):
        return result
    verdict = result.verdict
    if looks.count is None or verdict.guardrails or (held is not None and held.count is None):
        raise LooksNeedRows(
            where="looks",
            found=f"a stored result{' with guardrails' if verdict.guardrails else ''} and looks {looks}",
            expected="the spec with its rows, or a result made for these looks",
            fix="name the spec in place of the result, with --data where it names no rows.",
        )
    asked = {one.name: one.confidence for one in verdict.hurdles} if held is None else dict(held.asked)
    hurdles = tuple(judged_again(one, asked[one.name], looks) for one in verdict.hurdles)
    made = looks_record(looks, asked)
    occasion = occasion_of(result.decision, result.today, result.data.volume_per_year)
    verdict = conclude(hurdles, verdict.guardrails, occasion, rivals_in(result))
    overrides = {**result.overrides, "looks": str(looks)}
    notes = tuple(note for note in result.notes if held is None or note != held.words)
    data = _remarked(result.data, looks)
    notes = (*notes, made.words)
    return replace(result, verdict=verdict, data=data, overrides=overrides, looks=made, notes=notes)


def _remarked(data: DataRecord, looks: Looks) -> DataRecord:
    """Return the checks with what is remarked on so many looks, in the place of what was."""
    others = tuple(one for one in data.checks if one.code != RepeatedLook.code)
    return replace(data, checks=(*others, *looks_remarks(looks)))


def _key(looks: Looks) -> tuple[int | None, int | None]:
    return looks.count, None if looks.count is not None else looks.planned
