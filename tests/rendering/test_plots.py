"""Charts as objects: named, restyled, saved, read as numbers, and refused with the reason."""

import base64
import dataclasses
import pickle
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import fakes
import pytest

import payoff
from payoff.api.plotting import Gallery, Plot, Plots
from payoff.errors.usage import ChartNotDrawn, MissingExtra, NoFont, UnknownName, UnusableStyle
from payoff.rendering.charts import pixels
from payoff.rendering.charts.gallery import KINDS, gallery

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def result() -> payoff.Result:
    return payoff.Result(fakes.bank())


def test_a_result_names_the_charts_that_it_can_draw(result: payoff.Result) -> None:
    assert list(result.plot) == list(gallery(result.record))
    assert set(result.plot) <= set(dir(result.plot))
    assert "room" not in dir(result.plot)
    assert "value_curve: value by threshold" in repr(result.plot)


def test_every_name_is_a_chart_with_rows_message_and_picture(result: payoff.Result) -> None:
    for word in result.plot:
        plots = getattr(result.plot, word)
        assert isinstance(plots, Plots)
        for plot in plots:
            assert plot.rows
            assert plot.message
            assert ET.fromstring(plot.svg).get("role") == "img"
        assert plots() == next(iter(plots))
        assert KINDS[word].shows in repr(plots)


def test_one_of_several_is_asked_for_by_what_it_is_about(result: payoff.Result) -> None:
    assert result.plot.slices().about == "job"
    assert result.plot.slices("age_band").title.endswith("by age_band, worst first")
    with pytest.raises(ChartNotDrawn) as refused:
        result.plot.slices("age_bands")
    assert refused.value.code == "PAY126"
    assert "did you mean age_band?" in str(refused.value)


def test_a_chart_that_this_result_cannot_draw_says_what_it_needs(result: payoff.Result) -> None:
    with pytest.raises(ChartNotDrawn) as refused:
        result.plot.room()
    assert refused.value.code == "PAY126"
    assert refused.value.expected == "a policy with a capacity"


def test_a_chart_that_does_not_exist_is_no_attribute(result: payoff.Result) -> None:
    assert not hasattr(result.plot, "value_curv")
    with pytest.raises(ChartNotDrawn, match="did you mean value_curve"):
        _ = result.plot.value_curv


def test_restyling_returns_another_and_changes_no_number(result: payoff.Result) -> None:
    plot = result.plot.value_curve()
    before = plot.svg
    other = plot.restyle(theme="dark", accent="#ffb000", width=640).with_title("Ours").with_labels(x="Score")
    assert plot.svg == before
    assert other.rows == plot.rows
    assert other.message == plot.message
    assert ">Ours</text>" in other.svg
    assert ">Score</text>" in other.svg
    assert "#ffb000" in other.svg
    assert "#ffb000" not in before
    with pytest.raises(dataclasses.FrozenInstanceError):
        plot.style = other.style  # type: ignore[misc]
    with pytest.raises(UnusableStyle):
        plot.restyle(palette="viridis")


def test_axes_that_are_not_there_cannot_be_named(result: payoff.Result) -> None:
    assert "what it brings" in result.plot.gains().with_labels(x="what it brings").svg
    with pytest.raises(UnknownName):
        result.plot.gains().with_labels(y="up")


def test_rows_are_a_copy(result: payoff.Result) -> None:
    plot = result.plot.roc()
    plot.rows[0]["recall"] = 7.0
    assert plot.rows[0]["recall"] != 7.0


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("hostile", [False, True])
def test_a_notebook_shows_one_image_that_says_its_message_and_runs_nothing(hostile: bool) -> None:
    record = fakes.hostile("\"><script>alert(1)</script>'") if hostile else fakes.bank()
    for word in payoff.Result(record).plot:
        plot = getattr(payoff.Result(record).plot, word)()
        reader = Tags()
        reader.feed(plot._repr_html_())
        [(tag, attributes)] = reader.found
        assert tag == "img"
        assert plot.message in (attributes["alt"] or "")
        kind, _, coded = (attributes["src"] or "").partition(",")
        assert kind == "data:image/svg+xml;base64"
        assert base64.b64decode(coded).decode() == plot.svg == plot._repr_svg_()
        # Legible on any page: it brings its own paper.
        assert 'class="paper"' in plot.svg


def test_plots_are_saved_as_svg_and_png(result: payoff.Result, tmp_path: Path) -> None:
    plot = result.plot.hurdles()
    assert plot.save(tmp_path / "a.svg").read_text(encoding="utf-8") == plot.svg + "\n"
    assert plot.save(tmp_path / "a.png").read_bytes().startswith(PNG)
    with pytest.raises(UnknownName, match=r"\.svg or \.png"):
        plot.save(tmp_path / "a.pdf")


def test_a_png_shows_the_texts(result: payoff.Result) -> None:
    svg = result.plot.hurdles().svg
    root = ET.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith("}text"):
                parent.remove(child)
    silent = ET.tostring(root, encoding="unicode")
    assert len(pixels.to_png(svg)) > len(pixels.to_png(silent)) + 1000


def test_a_style_may_name_a_font_that_is_not_there(result: payoff.Result) -> None:
    plot = result.plot.hurdles()
    assert len(plot.restyle(font="No Such Font").png) == pytest.approx(len(plot.png), rel=0.02)


def test_without_any_font_there_is_no_picture_without_texts(
    result: payoff.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pixels, "_draws", lambda _: False)
    with pytest.raises(NoFont) as refused:
        _ = result.plot.hurdles().png
    assert refused.value.code == "PAY127"


def test_without_the_extra_png_is_refused_and_svg_is_not(
    result: payoff.Result, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(MissingExtra, match=r"payoff\[png\]"):
        _ = result.plot.hurdles().png
    with pytest.raises(MissingExtra):
        result.plot.save(tmp_path / "none", png=True)
    assert not (tmp_path / "none").exists()
    assert result.plot.save(tmp_path)


def test_every_chart_is_saved_under_its_name(result: payoff.Result, tmp_path: Path) -> None:
    paths = result.plot.save(tmp_path, png=True)
    drawn = gallery(result.record)
    assert len(paths) == 2 * sum(map(len, drawn.values()))
    assert len(set(paths)) == len(paths)
    assert {path.stem.rpartition("-")[0] or path.stem for path in paths} == set(drawn)
    for path in paths:
        if path.suffix == ".svg":
            ET.fromstring(path.read_text(encoding="utf-8"))
        else:
            assert path.read_bytes().startswith(PNG)


def test_galleries_can_be_copied_and_pickled(result: payoff.Result) -> None:
    assert pickle.loads(pickle.dumps(result.plot)) == Gallery(result.record)
    assert isinstance(result.plot.roc(), Plot)


def test_a_policy_without_an_interval_is_a_diamond_and_no_dot(result: payoff.Result) -> None:
    values = [
        dataclasses.replace(one, low=None, high=None) if one.metric == "value" and one.of == "nobody" else one
        for one in result.record.estimates
    ]
    (chart,) = gallery(dataclasses.replace(result.record, estimates=tuple(values)))["policies"]
    tones = {row.label.split(" ")[0]: row.tone for row in chart.figure.rows}
    assert tones["nobody"] == "none"
    assert "none" not in {tone for name, tone in tones.items() if name != "nobody"}
