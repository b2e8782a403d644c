"""The story of twenty calls a day says what its spec gives."""

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import pytest

import payoff

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "capacity-bank"
STORY = " ".join((ROOT / "docs" / "examples" / "capacity-bank.md").read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("story")
    module = importlib.util.spec_from_file_location("make", EXAMPLE / "make.py")
    assert module is not None
    assert module.loader is not None
    made = importlib.util.module_from_spec(module)
    module.loader.exec_module(made)
    made.HERE = folder
    made.main()
    shutil.copy(EXAMPLE / "capacity.yaml", folder)
    return payoff.evaluate(folder / "list.parquet", folder / "capacity.yaml").record


def estimate(record: Any, metric: str, over: str | None, per: str | None) -> Any:
    return next(
        one
        for one in record.estimates
        if (one.metric, one.of, one.over, one.per, one.slice) == (metric, "boosted", over, per, None)
    )


def test_the_verdict_and_the_gains_are_those_of_the_story(record: Any) -> None:
    assert record.verdict.overall == "hold"
    assert [one.status for one in record.verdict.hurdles] == ["undecided", "missed"]
    assert "the same score can be used in another way: `with_a_queue` does better" in STORY
    assert record.verdict.sentence.startswith(
        "The same score can be used in another way: “with_a_queue” does better."
    )
    gain = estimate(record, "gain", "by_list", "year")
    assert (
        f"EUR {gain.value:,.0f} per year, with an interval from {gain.low:,.0f} to {gain.high:,.0f}" in STORY
    )
    assert f"EUR {-estimate(record, 'gain', 'with_a_queue', 'year').value:,.0f} per year more" in STORY


def test_room_and_bursts_are_those_of_the_story(record: Any) -> None:
    room = next(one for one in record.capacities if one.of == "boosted")
    assert f"on {room.full} days of {room.periods}" in STORY
    assert f"{1 - room.used / room.places:.1%} of the calls" in STORY
    one = estimate(record, "worth_of_one_more", None, None)
    assert f"EUR {one.value:.2f}**, after its cost" in STORY
    assert (one.tier, one.low) == ("C", None)
    assert one.note.startswith("the tail is too heavy")
    rooms = next(each for each in record.curves if each.kind == "capacity" and each.of == "boosted").points
    assert set(rooms["low"]) == {None}
    tenth = estimate(record, "worth_of_a_tenth_more", None, "year")
    assert f"EUR {tenth.value:,.0f} per year ({tenth.low:,.0f} to {tenth.high:,.0f})" in STORY
    burst = next(each for each in record.curves if each.kind == "burst" and each.of == "boosted").points
    assert f"{burst['rows'][0]:.1f} of them on average, a day brings EUR {burst['value'][0]:.2f}" in STORY
    assert f"On days of {burst['rows'][7]:.0f} names" in STORY
    assert f"it brings EUR {burst['value'][7]:.0f}" in STORY
    assert f"with {burst['rows'][-1]:.0f} names a day, it brings EUR {burst['value'][-1]:.0f}" in STORY
    assert f"lost EUR {-room.worst.value:.0f} with every call made" in STORY
