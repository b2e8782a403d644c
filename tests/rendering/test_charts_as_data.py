"""Charts as data: what they draw is what they hold, at any size of data, in the report as in a file."""

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files

import fake_parts
import fakes
import pytest
from hypothesis import given
from hypothesis import strategies as st

import payoff
from payoff.record import Curve, Result
from payoff.rendering.charts.asking import stretches
from payoff.rendering.charts.drawing import alone, on_page
from payoff.rendering.charts.equal_value import equal_value
from payoff.rendering.charts.gallery import KINDS, gallery
from payoff.rendering.charts.marks import Chart, Line, Plane, Rows, padded
from payoff.rendering.charts.ranking import precision_recall
from payoff.rendering.charts.style import PLAIN, Style
from payoff.rendering.report import to_html

LONG = ("an exceedingly long name " * 12).strip()
HOSTILE = "<script>alert(1)</script>\"'&\u202eabc 🏦 שלום مرحبا"
# Coordinates have one decimal, lines a width, and the shape of a mark reaches out of its place.
EDGE = 8.0
# A line is drawn through points with one decimal.
DRAWN = 0.06


def all_charts(result: Result) -> list[Chart]:
    return [chart for charts in gallery(result).values() for chart in charts]


def scaled(factor: float) -> Result:
    """The rich result with all money so many times as large."""
    result = fakes.bank()
    curves = tuple(
        replace(each, points={name: _times(name, column, factor) for name, column in each.points.items()})
        if each.unit != "1"
        else each
        for each in result.curves
    )
    estimates = tuple(
        each
        if each.unit == "1"
        else replace(
            each,
            **{
                name: None if (end := getattr(each, name)) is None else end * factor
                for name in ("value", "low", "high", "low_adjusted", "high_adjusted")
            },
        )
        for each in result.estimates
    )
    hurdles = tuple(
        replace(
            each,
            gain=None if each.gain is None else each.gain * factor,
            low=None if each.low is None else each.low * factor,
            high=None if each.high is None else each.high * factor,
            required=each.required * factor,
        )
        for each in result.verdict.hurdles
    )
    return replace(
        result, curves=curves, estimates=estimates, verdict=replace(result.verdict, hurdles=hurdles)
    )


def _times(name: str, column: object, factor: float) -> object:
    if name not in ("value", "low", "high"):
        return column
    return [None if each is None else each * factor for each in column]  # type: ignore[attr-defined]


def without_bands() -> Result:
    result = fakes.bank()
    curves = tuple(
        replace(
            each,
            points={
                name: [None] * len(column) if name in ("low", "high", "band_low", "band_high") else column
                for name, column in each.points.items()
            },
        )
        for each in result.curves
    )
    estimates = tuple(
        replace(each, low=None, high=None, low_adjusted=None, high_adjusted=None) for each in result.estimates
    )
    return replace(result, curves=curves, estimates=estimates)


def one_point() -> Result:
    result = fakes.bank()
    curves = tuple(
        replace(each, points={name: list(column)[:1] for name, column in each.points.items()})
        for each in result.curves
    )
    return replace(result, curves=curves)


def many_slices(count: int = 200) -> Result:
    result = fakes.bank()
    one = next(each for each in result.estimates if each.slice is not None and each.metric == "gain")
    parts = tuple(
        replace(
            one,
            slice={"shop": f"shop {number}"},
            value=float(number - count // 3),
            low=float(number - count // 3) - 30.0,
            high=float(number - count // 3) + 30.0,
            low_adjusted=float(number - count // 3) - 50.0,
            high_adjusted=float(number - count // 3) + 50.0,
            adjustment=f"Bonferroni over {count} slices",
        )
        for number in range(count)
    )
    return replace(result, estimates=(*(each for each in result.estimates if each.slice is None), *parts))


EXTREMES: dict[str, Callable[[], Result]] = {
    "one point": one_point,
    "no band": without_bands,
    "1e9 as large": lambda: scaled(1e9),
    "1e-9 as large": lambda: scaled(1e-9),
    "nothing but zero": lambda: scaled(0.0),
    "200 slices": many_slices,
    "names of 300 letters": lambda: fakes.hostile(LONG),
    "hostile names": lambda: fakes.hostile(HOSTILE),
    "one class": fakes.one_class,
    "no hurdle": fakes.without_hurdles,
}
STYLES = {"page": PLAIN, "narrow": Style(width=260.0), "wide and large": Style(width=900.0, font_size=16.0)}


@pytest.mark.parametrize("size", STYLES)
@pytest.mark.parametrize("what", EXTREMES)
def test_nothing_leaves_the_picture_whatever_the_data(what: str, size: str) -> None:
    for chart in all_charts(EXTREMES[what]()):
        root = ET.fromstring(alone(chart, STYLES[size]))
        width, height = (float(root.get(side, "0")) for side in ("width", "height"))
        assert height < 2.5 * width + 600.0, f"{chart.id} is a column"
        for each in root.iter():
            if (outline := each.get("d", "m")).upper() == outline:
                pairs = [
                    pair.split() for pair in outline.replace("M", "L").replace("Z", "").split("L") if pair
                ]
                assert all(-EDGE <= float(x) <= width + EDGE for x, _ in pairs), chart.id
                assert all(-EDGE <= float(y) <= height + EDGE for _, y in pairs), chart.id
            for keys, most in ((("x", "x1", "x2", "cx"), width), (("y", "y1", "y2", "cy"), height)):
                for key in keys:
                    assert -EDGE <= float(each.get(key, "0")) <= most + EDGE, (chart.id, each.attrib)


@pytest.mark.parametrize("what", EXTREMES)
def test_every_drawing_is_whole_without_script_address_or_element_of_a_users(what: str) -> None:
    for chart in all_charts(EXTREMES[what]()):
        for drawn in (on_page(chart), alone(chart)):
            root = ET.fromstring(drawn)
            names = {each.tag.rpartition("}")[2] for each in root.iter()}
            assert names <= {"svg", "title", "desc", "line", "path", "rect", "circle", "text", "g", "style"}
            assert not any(
                key.startswith("on") or "href" in key for each in root.iter() for key in each.attrib
            )
            assert drawn.count("http") == drawn.count('xmlns="http://www.w3.org/2000/svg"')
            assert "url(" not in drawn
            assert "\u202e" not in drawn


@pytest.mark.parametrize("what", EXTREMES)
def test_every_chart_states_a_message_and_holds_its_numbers(what: str) -> None:
    for chart in all_charts(EXTREMES[what]()):
        assert chart.message.strip().endswith((".", "!", "?")), chart.message
        assert "  " not in chart.message
        assert chart.numbers, chart.id
        assert len({tuple(row) for row in chart.numbers}) == 1, "all rows have the same keys"
        assert len(chart.message) < (900 if what not in ("names of 300 letters", "hostile names") else 9000)


def test_messages_carry_numbers_not_just_names_of_axes() -> None:
    for chart in all_charts(fakes.bank()):
        assert any(letter.isdigit() for letter in chart.message), chart.message


def test_the_report_holds_every_chart_as_it_is_exported() -> None:
    result = fakes.bank()
    page = to_html(result)
    for chart in all_charts(result):
        assert on_page(chart) in page
        told = ET.fromstring(f"<div>{on_page(chart)}</div>")
        saved = ET.fromstring(alone(chart))
        shapes = [
            [each.get("d") for each in root.iter() if each.tag.endswith("path")] for root in (told, saved)
        ]
        assert shapes[0] == shapes[1]


def test_the_page_has_one_rule_for_every_kind_that_is_drawn() -> None:
    result = fakes.bank()
    page = to_html(result)
    for chart in all_charts(result):
        for each in ET.fromstring(on_page(chart)).iter():
            if each.tag.endswith(("line", "path", "circle", "rect")):
                kind = (each.get("class") or "").split()[0]
                assert f".payoff .chart .{kind}{{" in page, kind


def test_every_kind_has_a_place_in_the_templates() -> None:
    folder = files("payoff.rendering").joinpath("templates")
    source = "".join(
        folder.joinpath(f"{name}.html.j2").read_text(encoding="utf-8")
        for name in ("decision", "technical", "register")
    )
    assert all(f"charts.{kind.place}" in source for kind in KINDS.values())


def test_the_value_curve_holds_the_points_of_the_result_and_marks_honest_and_claimed() -> None:
    result = fakes.bank()
    curve = next(each for each in result.curves if each.kind == "value")
    chart = gallery(result)["value_curve"][0]
    assert [row["value"] for row in chart.numbers] == list(curve.points["value"])
    assert isinstance(chart.figure, Plane)
    kinds = [getattr(layer, "kind", "") for layer in chart.figure.layers]
    assert "dot" in kinds
    assert "flat" in kinds
    words = " ".join(key.words for key in chart.figure.key)
    assert "95% interval" in words


def test_drawn_points_are_the_numbers() -> None:
    chart = gallery(fakes.bank())["value_curve"][0]
    assert isinstance(chart.figure, Plane)
    line = next(each for each in chart.figure.layers if isinstance(each, Line))
    root = ET.fromstring(on_page(chart))
    drawn = next(each for each in root.iter() if each.get("class") == "curve" and each.tag.endswith("path"))
    points = [tuple(map(float, pair.split())) for pair in drawn.attrib["d"][1:].split("L")]
    ys, values = [y for _, y in points], [value for value in line.ys if value is not None]
    # Heights are a linear map of the values, so that ratios of distances are those of the values.
    low, high = values.index(min(values)), values.index(max(values))
    span = ys[low] - ys[high]
    for y, value in zip(ys, values, strict=True):
        share = (value - values[low]) / (values[high] - values[low])
        assert ys[low] - share * span == pytest.approx(y, abs=2 * DRAWN)


def test_slices_stand_worst_first_and_say_what_is_left_out_and_that_they_are_many() -> None:
    chart = gallery(many_slices())["slices"][0]
    assert isinstance(chart.figure, Rows)
    values = [row.value for row in chart.figure.rows]
    assert values == sorted(values, key=lambda value: value or 0.0)
    assert len(values) < 30
    assert f"{200 - len(values)} more" in chart.figure.gap
    assert len(chart.numbers) == 200
    assert "Bonferroni over 200 slices" in chart.message
    assert len(on_page(chart)) < 25_000


def test_what_a_slice_chart_says_loses_for_sure_does() -> None:
    result = many_slices(12)
    chart = gallery(result)["slices"][0]
    losing = [row for row in chart.numbers if row["high"] < 0]
    assert ("Losing with the whole interval" in chart.message) == bool(losing)
    gaining = sum(row["low"] > 0 for row in chart.numbers)
    assert f"Gaining with the whole interval: {gaining} of 12" in chart.message


@given(st.lists(st.booleans(), max_size=40))
def test_stretches_hold_what_holds_and_nothing_else(holds: list[bool]) -> None:
    xs = [float(index) for index in range(len(holds))]
    found = stretches(xs, holds)
    inside = [any(low <= x <= high for low, high in found) for x in xs]
    assert inside == holds
    assert all(a[1] < b[0] for a, b in itertools.pairwise(found))


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=9))
def test_padded_ends_hold_all_and_are_apart(values: list[float]) -> None:
    low, high = padded(values)
    assert low < high
    assert all(low <= value <= high for value in values)


def test_on_a_line_of_equal_value_in_recall_and_precision_all_points_are_worth_the_same() -> None:
    result = fakes.bank()
    chart, equal = precision_recall(result), equal_value(result, fake_parts.MODEL)
    assert chart is not None
    assert equal is not None
    assert isinstance(chart.figure, Plane)
    lines = [each for each in chart.figure.layers if isinstance(each, Line) and each.kind == "iso"]
    assert len(lines) == 3
    # What acting is worth in the rows of the fake: 55 for each positive, -5 for each negative.
    for line in lines:
        worth = [
            55.0 * recall - 5.0 * recall * (1.0 - precision) / precision
            for recall, precision in zip(line.xs, line.ys, strict=True)
            if recall is not None and precision is not None
        ]
        assert max(worth) - min(worth) < 1e-9 * max(abs(each) for each in (*worth, 55.0))
    assert equal.break_even == pytest.approx(5.0 / 60.0)


def test_a_line_breaks_where_a_number_is_missing() -> None:
    result = fakes.bank()
    curve = next(each for each in result.curves if each.kind == "value")
    values = list(curve.points["value"])
    middle = len(values) // 2
    broken = replace(curve, points={**curve.points, "value": [*values[:middle], None, *values[middle + 1 :]]})
    chart = gallery(replace(result, curves=(broken,)))["value_curve"][0]
    root = ET.fromstring(on_page(chart))
    drawn = next(each for each in root.iter() if each.get("class") == "curve" and each.tag.endswith("path"))
    assert drawn.attrib["d"].count("M") == 2


def test_a_duel_that_is_won_in_two_places_is_not_said_to_be_won_between_them() -> None:
    points = {"at": [0.1, 0.2, 0.3, 0.4, 0.5], "value": [1, 1, -1, 1, 1], "low": [0.5, 0.5, -2, 0.5, 0.5]}
    high: list[float | int | str | None] = [2, 2, -0.5, 2, 2]
    curve = Curve(
        kind="cost_ratio", of="new", over="old", unit="EUR", points={**points, "high": high}, note=None
    )
    chart = gallery(replace(fakes.bank(), curves=(curve,)))["cost_ratio"][0]
    assert "new wins with its whole band at cost ratios 0.1 to 0.2, 0.4 to 0.5" in chart.message
    assert "old wins with its whole band at cost ratios 0.3" in chart.message


def test_the_close_up_holds_the_points_beside_the_threshold_in_use() -> None:
    result = payoff.evaluate(None, payoff.demo_folder() / "bank.yaml").record
    whole, close = gallery(result)["value_curve"][0], gallery(result)["value_close_up"][0]
    threshold = next(one.threshold for one in result.policies if one.role == "model")
    points = [row["threshold"] for row in close.numbers]
    assert set(map(str, close.numbers)) < set(map(str, whole.numbers))
    assert min(points) < threshold < max(points)
    assert isinstance(close.figure, Plane)
    assert isinstance(whole.figure, Plane)
    for axis in ("x", "y"):
        near, far = getattr(close.figure, axis), getattr(whole.figure, axis)
        assert near.high - near.low < (far.high - far.low) / 4


def test_no_precision_of_a_handful_of_rows_is_drawn() -> None:
    result = payoff.evaluate(None, payoff.demo_folder() / "bank.yaml").record
    chart = gallery(result)["precision_recall"][0]
    positives = next(one.events for one in result.estimates if one.metric == "prevalence")
    assert isinstance(chart.figure, Plane)
    curve = next(one for one in chart.figure.layers if isinstance(one, Line) and one.kind == "curve")
    acted = [x * positives / y for x, y in zip(curve.xs, curve.ys, strict=True) if x is not None and y]
    assert len(acted) > 20
    assert min(acted) >= 10
    assert len(chart.numbers) > len(acted)
