"""Charts: round ticks, nothing outside the frame, everything escaped, at any magnitude."""

import itertools
import xml.etree.ElementTree as ET
from dataclasses import replace

import fake_parts
import fakes
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payoff.record import Result
from payoff.rendering.charts import money
from payoff.rendering.charts.axes import fit, spread, text_width, tick_texts, ticks
from payoff.rendering.charts.drawing import alone, on_page
from payoff.rendering.charts.equal_value import equal_value
from payoff.rendering.charts.gallery import gallery
from payoff.rendering.charts.marks import Chart, Key, Row, Rows
from payoff.rendering.charts.style import PLAIN

FLOAT_DUST = 1e-6  # of the step: ticks are rounded products of floats
EDGE = 0.11  # coordinates are written with one decimal


def all_charts(result: Result) -> list[Chart]:
    return [chart for charts in gallery(result).values() for chart in charts]


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(2, 8))
def test_ticks_are_inside_evenly_spaced_and_few(low: float, span: float, most: int) -> None:
    high = low + span
    if span < 1e-9 * abs(low):
        return
    found = ticks(low, high, most)
    assert 1 <= len(found) <= most
    step = span if len(found) < 2 else found[1] - found[0]
    assert all(low - step * 1e-3 <= at <= high + step * 1e-3 for at in found)
    assert all(b - a == pytest.approx(step, rel=1e-3) for a, b in itertools.pairwise(found))


@given(st.integers(-9, 14), st.integers(2, 7))
def test_ticks_that_differ_read_differently(magnitude: int, most: int) -> None:
    found = ticks(-0.7 * 10.0**magnitude, 2.3 * 10.0**magnitude, most)
    assert len(set(tick_texts(found))) == len(found)


@given(st.text(max_size=60), st.floats(20, 300))
def test_a_fitted_text_is_never_wider_than_its_room(content: str, width: float) -> None:
    assert text_width(fit(content, width)) <= width + text_width("…")


@given(st.lists(st.floats(0, 100), max_size=6))
def test_spread_labels_stay_inside_and_apart(places: list[float]) -> None:
    found = sorted(spread(places, 15.0, 0.0, 100.0))
    assert all(b - a >= 15.0 - FLOAT_DUST for a, b in itertools.pairwise(found))
    assert all(-FLOAT_DUST <= at <= 100.0 + FLOAT_DUST for at in found)


@pytest.mark.parametrize("size", [1e-4, 1.0, 999.5, 1e6, 1e9, 1e15])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_rows_stay_inside_the_frame_at_every_magnitude(size: float, sign: float) -> None:
    rows = [
        Row(
            label="x" * 90,
            reading=f"EUR {size}",
            value=sign * size,
            low=0.2 * size,
            high=1.4 * size,
            mark=size,
        )
    ]
    for dense in (False, True):
        figure = Rows(unit="EUR", rows=(*rows,), dense=dense)
        chart = Chart(id="c", word="c", about="", title="t", message="m", figure=figure, numbers=())
        for each in ET.fromstring(on_page(chart)).iter():
            for key in ("x", "x1", "x2", "cx"):
                assert -EDGE <= float(each.get(key, "0")) <= PLAIN.width + EDGE


@pytest.mark.parametrize(
    "build", [fakes.bank, fakes.without_hurdles, fakes.one_class, fakes.partial, fakes.hostile]
)
def test_every_chart_is_well_formed_named_and_described(build: "type[Result]") -> None:
    charts = all_charts(build())
    assert len({chart.id for chart in charts}) == len(charts)
    for chart, drawn in ((chart, draw(chart)) for chart in charts for draw in (on_page, alone)):
        root = ET.fromstring(drawn)
        assert root.get("role") == "img"
        title, desc = root[0], root[1]
        assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        assert title.text
        assert desc.text == chart.message.strip() != ""
        assert not any("nan" in str(value).lower() for each in root.iter() for value in each.attrib.values())
        names = {each.tag.rpartition("}")[2] for each in root.iter()}
        assert names <= {"svg", "title", "desc", "line", "path", "rect", "circle", "text", "g", "style"}


def test_a_long_name_is_cut_but_kept_whole_as_a_title() -> None:
    name = "a very long name of a hurdle that nobody could ever draw in the room there is for names, " * 2
    name = name.strip()
    result = fakes.bank()
    hurdle = replace(result.verdict.hurdles[0], name=name)
    chart = money.hurdle_ladder(replace(result, verdict=replace(result.verdict, hurdles=(hurdle,))))
    assert chart is not None
    root = ET.fromstring(alone(chart))
    texts = [each for each in root.iter() if each.tag.endswith("}text")]
    cut = [each for each in texts if "…" in "".join(each.itertext())]
    assert any(name in (each[0].text or "") for each in cut if len(each))


def test_lines_of_equal_value_have_the_slope_of_provost_and_fawcett() -> None:
    found = equal_value(fakes.bank(), fake_parts.MODEL)
    assert found is not None
    expected = (1 - 0.116) * 5.0 / (0.116 * 55.0)
    assert found.slope == pytest.approx(expected, rel=1e-9)


def test_no_line_of_equal_value_where_value_differs_from_row_to_row() -> None:
    result = fakes.bank()
    table = result.tables[0]
    bent = tuple(value * (1 + 0.3 * (index % 3)) for index, value in enumerate(table.value["call"]))
    bent_table = replace(table, value={**table.value, "call": bent})
    assert equal_value(replace(result, tables=(bent_table,)), fake_parts.MODEL) is None


def test_nothing_evaluated_draws_nothing() -> None:
    result = fakes.partial()
    assert all_charts(result) == []


def drawn_texts(figure: Rows) -> list[str]:
    chart = Chart(id="c", word="c", about="", title="t", message="m.", figure=figure, numbers=())
    root = ET.fromstring(alone(chart).replace("xmlns=", "ns="))
    # What is shown on hover is a title inside the text.
    return [(each.text or "") + "".join(part.tail or "" for part in each) for each in root.iter("text")]


def test_labels_that_begin_alike_are_told_apart_where_they_would_be_cut() -> None:
    names = [f"segment number and some more words of it {at:04}" for at in range(20)]
    rows = tuple(
        Row(label=name, note="n 1,200", reading="2.24", value=1.0, low=0.5, high=1.5) for name in names
    )
    texts = drawn_texts(Rows(unit="EUR", rows=rows, dense=True))
    assert [each for each in texts if each.startswith("…")] == [f"…{at:04}" for at in range(20)]
    short = tuple(replace(row, label=f"segment {at}", note="") for at, row in enumerate(rows))
    assert "segment 7" in drawn_texts(Rows(unit="EUR", rows=short, dense=True))


def test_a_label_that_does_not_fit_beside_its_reading_has_a_line_for_itself() -> None:
    long = "scorecard/best threshold over records (today)"
    rows = (Row(label=long, reading="EUR 123,456,789", value=1.0), Row(label="b", reading="EUR 1", value=2.0))
    texts = drawn_texts(Rows(unit="EUR", rows=rows))
    assert long in texts
    assert "EUR 123,456,789" in texts


def test_short_entries_of_a_key_stand_beside_each_other() -> None:
    key = tuple(Key("dot", f"dot {kind}", kind) for kind in ("good", "doubt", "bad", "none"))
    row = (Row(label="a", reading="1", value=1.0),)
    few, many = (
        Chart(id="c", word="c", about="", title="t", message="m.", figure=figure, numbers=())
        for figure in (Rows(unit="EUR", rows=row, key=key[:1]), Rows(unit="EUR", rows=row, key=key))
    )
    heights = [float(ET.fromstring(alone(each)).attrib["height"]) for each in (few, many)]
    assert heights[0] == heights[1]


@pytest.mark.parametrize("word", ["hurdles", "gains", "policies", "slices"])
def test_charts_of_rows_say_what_the_shape_of_every_mark_means(word: str) -> None:
    for chart in gallery(fakes.bank())[word]:
        assert isinstance(chart.figure, Rows)
        said = {entry.kind.removeprefix("dot ") for entry in chart.figure.key if entry.sample == "dot"}
        assert said == {row.tone for row in chart.figure.rows}


def test_readings_of_slices_have_the_digits_of_the_largest() -> None:
    for chart in gallery(fakes.bank())["slices"]:
        assert isinstance(chart.figure, Rows)
        for row in chart.figure.rows:
            assert sum(letter.isdigit() for letter in row.reading.lstrip("−0.")) <= 4
