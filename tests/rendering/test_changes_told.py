"""What changed since a stored result: everything that moved is told, nothing is judged by it."""

import re
from dataclasses import replace
from typing import Any

import fake_parts
import fakes
import pytest

from payoff.api import Result
from payoff.errors.judging import NoReference
from payoff.record import Result as Record
from payoff.rendering.changes import MOST_LINES, changes_since
from payoff.rendering.markdown import to_markdown
from payoff.rendering.report import to_html
from payoff.rendering.terminal import to_text


def words(found: Any) -> str:
    return " ".join(found.lines)


def table(found: Any, title: str) -> dict[str, tuple[Any, ...]]:
    rows = next((one.rows for one in found.tables if one.title.startswith(title)), ())
    return {row[0]: row[1:] for row in rows}


def with_spec(result: Record, text: str, digest: str = "77" * 32) -> Record:
    return replace(result, spec_text=text, spec_hash=digest)


def test_a_result_beside_itself_has_not_changed() -> None:
    found = changes_since(fakes.bank(), fakes.bank())
    assert "Nothing changed" in words(found)
    assert len(found.lines) == 1
    assert not found.spec
    assert not table(found, "Assumptions")
    assert not table(found, "Policies")
    assert not table(found, "Data")


def test_the_lines_of_the_spec_that_moved_stand_with_their_sign() -> None:
    then = fakes.bank()
    now = with_spec(then, then.spec_text.replace("unit: EUR", "unit: CHF"))
    found = changes_since(now, then)
    moved = [line for line in found.spec if line[0] in "+-"]
    assert [line[0] for line in moved] == ["-", "+"]
    assert "unit: EUR" in moved[0]
    assert "unit: CHF" in moved[1]
    assert "The spec differs" in words(found)


def test_a_comment_in_the_spec_is_told_as_text_alone() -> None:
    then = fakes.bank()
    found = changes_since(replace(then, spec_text=f"{then.spec_text}\n# said later"), then)
    assert "what it says does not" in words(found)


def test_a_spec_that_is_another_altogether_is_cut_in_words() -> None:
    then = with_spec(fakes.bank(), "\n".join(f"a{j}: 1" for j in range(900)))
    now = with_spec(fakes.bank(), "\n".join(f"b{j}: 1" for j in range(900)), "78" * 32)
    spec = changes_since(now, then).spec
    assert len(spec) == MOST_LINES + 1
    assert re.fullmatch(r"@@ [\d,]+ more lines @@", spec[-1])


def test_assumptions_that_moved_came_or_went_are_told_and_the_others_counted() -> None:
    then = fakes.bank()
    first, second, *others = then.assumptions
    now = replace(then, assumptions=(replace(first, likely=first.likely + 1, owner="Somebody new"), *others))
    found = table(changes_since(now, then), "Assumptions")
    assert set(found) == {first.name, second.name}
    assert found[first.name][0] != found[first.name][1]
    assert "Somebody new" in found[first.name][3]
    assert found[second.name][1] is None
    stand = f"{len(others)} assumption{'s stand' if len(others) > 1 else ' stands'} as before."
    assert stand in words(changes_since(now, then))


def test_other_rows_are_unpaired_and_nothing_is_said_of_overlap_but_that_it_does_not_count() -> None:
    then = fakes.bank()
    now = replace(
        then, data=replace(then.data, hash="b0" * 32, rows=20_000, window=("2010-09-01", "2011-01-31"))
    )
    found = changes_since(now, then)
    assert "unpaired" in words(found)
    moved = table(found, "Data")
    assert moved["Rows"][0].startswith("16,998")
    assert moved["Rows"][1].startswith("20,000")
    assert moved["Window"] == ("2010-01-04 to 2010-08-30", "2010-09-01 to 2011-01-31")
    assert moved["Data hash"] == ("a91b" * 3, "b0" * 6)
    assert "Seed" not in moved
    for told in (to_text(now, 100, then), to_markdown(now, then), to_html(now, then)):
        assert not re.search(r"significant|improved|worse than before|better than before", told)


def test_hurdles_that_moved_keep_both_statuses() -> None:
    then = fakes.bank()
    first, *others = then.verdict.hurdles
    renamed = replace(first, name="another", status="missed")
    now = replace(then, verdict=replace(then.verdict, hurdles=(renamed, *others)))
    found = table(changes_since(now, then), "Hurdles")
    assert found["another"][0].word == "not there"
    assert found["another"][1].word == "missed"
    assert found[first.name][1].word == "not there"
    assert set(found) == {"another", first.name, *(one.name for one in others)}


def test_checks_that_came_and_went_are_named() -> None:
    then = fakes.bank()
    gone, kept = then.data.checks
    now = replace(then, data=replace(then.data, checks=(kept, replace(gone, code="PAY332"))))
    said = words(changes_since(now, then))
    assert "New among the data checks: PAY332 at data.outcome." in said
    assert "No longer found: PAY331 at data.outcome." in said


def test_a_reference_of_another_decision_is_refused() -> None:
    other = replace(fakes.bank(), decision={**fakes.bank().decision, "name": "Something else"})
    with pytest.raises(NoReference, match="Something else"):
        Result(fakes.bank()).since(Result(other))


def test_every_form_that_is_read_tells_the_change_and_none_does_without_a_reference() -> None:
    then = fakes.bank()
    now = replace(then, verdict=replace(then.verdict, overall="reject"))
    told = Result(now).since(Result(then))
    line = f"The verdict was ship in the reference {then.hash[:12]} and is reject now."
    assert told.changes is not None
    assert line in told.changes.lines
    for text in (told.to_html(), told.to_text(200)):
        assert line in text
    assert line in told.to_markdown()
    plain = Result(now)
    assert plain.changes is None
    for text in (plain.to_html(), plain.to_text(), plain.to_markdown()):
        assert "What changed since the reference" not in text


@pytest.mark.parametrize("payload", [fake_parts.HOSTILE, "</code></pre><script>alert(1)</script>", "a\nb"])
def test_a_hostile_reference_stays_text(payload: str) -> None:
    then, now = fakes.hostile(payload), replace(fakes.hostile("fine"), spec_text="payoff: 1")
    page = to_html(now, then)
    assert "<img" not in page
    assert "<script>alert" not in page
    assert "<img" not in to_markdown(now, then)
