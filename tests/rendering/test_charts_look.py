"""How charts look: contrast, colours under colour blindness and in grey, and one look in both ways of drawing."""

import itertools
import xml.etree.ElementTree as ET
from dataclasses import asdict

import fakes
import numpy as np
import pytest

from payoff.errors.usage import UnusableStyle
from payoff.rendering.charts.drawing import alone
from payoff.rendering.charts.gallery import gallery
from payoff.rendering.charts.marks import DASHES, Plane, Rows
from payoff.rendering.charts.style import DARK, GREY, KINDS, LIGHT, PAGE, PLAIN, Palette, Style, restyled
from payoff.rendering.page import style_sheet

# WCAG 2.2: 1.4.3 for text, 1.4.11 for what graphics are made of.
TEXT, GRAPHICS = 4.5, 3.0
PALETTES = {"light": LIGHT, "dark": DARK, "grey": GREY}
# Machado, Oliveira, Fernandes (2009), doi:10.1109/TVCG.2009.113, severity 1, on linear RGB.
BLIND = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "full sight": np.eye(3).tolist(),
}
# A just noticeable difference is near 2.3; colours that stand for different things in one chart are far apart.
APART = 15.0


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[at : at + 2], 16) / 255.0 for at in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    scaled = xyz / [0.9505, 1.0, 1.089]
    root = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def distance(one: str, other: str, sight: str) -> float:
    seen = [lab(np.clip(np.array(BLIND[sight]) @ linear(each), 0.0, 1.0)) for each in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def test_the_reference_of_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", PALETTES)
def test_texts_and_marks_stand_out_from_the_paper(theme: str) -> None:
    palette = PALETTES[theme]
    for name in ("ink", "muted"):
        assert contrast(getattr(palette, name), palette.paper) >= TEXT, name
    for name in ("ink", "muted", "accent", "good", "bad", "doubt", "plain"):
        assert contrast(getattr(palette, name), palette.paper) >= GRAPHICS, name


@pytest.mark.parametrize("sight", BLIND)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_one_plane_shows_together_is_far_apart_in_any_sight(theme: str, sight: str) -> None:
    palette = PALETTES[theme]
    # The curve, the threshold in use, another model or a hurdle.
    for one, other in itertools.combinations(("accent", "doubt", "ink"), 2):
        assert distance(getattr(palette, one), getattr(palette, other), sight) >= APART, (one, other)


def test_tones_differ_in_shape_so_that_no_colour_is_needed() -> None:
    chart = gallery(fakes.bank())["slices"][0]
    assert isinstance(chart.figure, Rows)
    tones = {row.tone for row in chart.figure.rows}
    assert len(tones) > 1
    shapes = set()
    for tone in ("good", "bad", "doubt", "none"):
        one = next((row for row in chart.figure.rows if row.tone == tone), chart.figure.rows[0])
        figure = Rows(unit="EUR", rows=(type(one)(label="a", reading="1", value=1.0, tone=tone),))
        drawn = ET.fromstring(alone(type(chart)(**{**_fields(chart), "figure": figure}), Style(theme="grey")))
        mark = next(each for each in drawn.iter() if (each.get("class") or "").startswith("dot"))
        shapes.add((mark.tag, mark.get("fill") == GREY.paper))
    assert len(shapes) == 4


def _fields(chart: object) -> dict[str, object]:
    return {name: getattr(chart, name) for name in ("id", "word", "about", "title", "message", "numbers")}


def test_lines_of_one_chart_differ_in_dash_or_width_or_by_far_in_grey() -> None:
    drawn = dict(KINDS)
    for charts in gallery(fakes.bank()).values():
        for chart in charts:
            if not isinstance(chart.figure, Plane):
                continue
            lines = {(key.kind, key.dash) for key in chart.figure.key if key.sample == "line"}
            for (kind, dash), (other, other_dash) in itertools.combinations(lines, 2):
                widths = [float(drawn[each]["stroke-width"]) for each in (kind, other)]
                assert dash != other_dash or abs(widths[0] - widths[1]) >= 0.4, (chart.id, kind, other)
    assert len(set(DASHES)) == len(DASHES)


def test_the_pages_variables_are_the_palettes() -> None:
    sheet = style_sheet("a title")
    light, dark = sheet.split("@media (prefers-color-scheme: dark)")[:2]
    for name in asdict(LIGHT):
        variable = getattr(PAGE, name).removeprefix("var(").removesuffix(")")
        assert f"{variable}: {getattr(LIGHT, name)}" in light
        assert f"{variable}: {getattr(DARK, name)}" in dark.split("}")[0]


@pytest.mark.parametrize("theme", ["light", "dark", "grey"])
def test_a_chart_that_stands_alone_uses_no_colour_but_its_palettes(theme: str) -> None:
    palette: Palette = Style(theme=theme).palette  # type: ignore[arg-type]
    allowed = {*asdict(palette).values(), "none"}
    for charts in gallery(fakes.bank()).values():
        for chart in charts:
            root = ET.fromstring(alone(chart, Style(theme=theme)))  # type: ignore[arg-type]
            used = {each.get(key) for each in root.iter() for key in ("fill", "stroke")} - {None}
            assert used <= allowed
            assert not any(each.tag.endswith("style") for each in root.iter())


def test_every_shape_that_stands_alone_is_filled_or_drawn_by_its_own_attributes() -> None:
    for charts in gallery(fakes.bank()).values():
        for chart in charts:
            for each in ET.fromstring(alone(chart)).iter():
                if each.tag.rpartition("}")[2] in ("line", "path", "rect", "circle", "text"):
                    assert each.get("fill") or each.get("stroke"), each.attrib


def test_dark_follows_the_machine_and_only_where_it_is_let() -> None:
    chart = gallery(fakes.bank())["roc"][0]
    followed, fixed = alone(chart), alone(chart, Style(theme="light"))
    assert "prefers-color-scheme: dark" in followed
    assert DARK.paper in followed
    assert "prefers-color-scheme" not in fixed
    assert DARK.paper not in fixed


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("colour", "#000000"),
        ("acent", "#000000"),
        ("accent", "#00"),
        ("accent", "url(http://x)"),
        ("accent", "red;}</style>"),
        ("accent", 7),
        ("theme", "sepia"),
        ("width", 0),
        ("width", "wide"),
        ("font_size", float("nan")),
        ("height", True),
        ("font", "a; background: url(x)"),
    ],
)
def test_a_style_that_cannot_be_is_refused(part: str, value: object) -> None:
    with pytest.raises(UnusableStyle) as refused:
        restyled(PLAIN, {part: value})
    assert refused.value.code == "PAY128"
    assert part in refused.value.where


def test_a_style_is_not_changed_by_restyling() -> None:
    before = PLAIN.palette
    other = restyled(PLAIN, {"accent": "#123456", "width": 700})
    assert PLAIN.palette == before
    assert other.palette.accent == "#123456"
    assert other.width == 700.0
    assert other.dark is not None
    assert other.dark.accent == "#123456"
