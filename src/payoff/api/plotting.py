"""Charts as objects: ``result.plot.value_curve()`` can be shown, restyled, saved, and read as numbers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import Any

from payoff.errors import nearest
from payoff.errors.usage import ChartNotDrawn, UnknownName, UnusableStyle
from payoff.rendering.charts.drawing import alone, pictured
from payoff.rendering.charts.gallery import KINDS, PLAN_KINDS, Kind
from payoff.rendering.charts.marks import Chart, Matrix, Plane
from payoff.rendering.charts.pixels import family_for, to_png
from payoff.rendering.charts.spoken import spoken
from payoff.rendering.charts.style import PLAIN, Style, restyled
from payoff.rendering.languages import Language
from payoff.rendering.languages import language as spoken_language
from payoff.rendering.languages.own import voice_of, voice_of_plan
from payoff.rendering.languages.voice import Voice
from payoff.storage import write_bytes, write_text


@dataclass(frozen=True, slots=True)
class Plot:
    """One chart, in a style. Nothing changes it: what restyles or renames it returns another."""

    chart: Chart
    style: Style = field(default=PLAIN)

    @property
    def title(self) -> str:
        """Return what is drawn."""
        return self.chart.title

    @property
    def message(self) -> str:
        """Return what is seen in it, in sentences with numbers: its text alternative."""
        return self.chart.message

    @property
    def about(self) -> str:
        """Return which of several charts of its name it is: a model, a baseline, a slice; empty if there is one."""
        return self.chart.about

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return the numbers behind it, one mapping a row, for a plotting library of your own."""
        return [dict(row) for row in self.chart.numbers]

    @property
    def svg(self) -> str:
        """Return it as SVG that needs nothing else: no script, no request, fonts by generic families."""
        return alone(self.chart, self.style)

    @property
    def png(self) -> bytes:
        """Return it as PNG, through the extra ``png``.

        Raises
        ------
        MissingExtra, NoFont
            When resvg-py is not installed, or the machine has no font to write texts in.
        """
        return to_png(self.svg, self.style.font.split(","))

    def restyle(self, **changes: Any) -> "Plot":
        """Return it in another style.

        Parameters
        ----------
        changes : ``theme`` (auto, light, dark, grey), ``width`` and ``height`` of the frame, ``font``, ``font_size``,
            or a colour by its name: paper, ink, muted, rule, accent, good, bad, doubt, plain.

        Raises
        ------
        UnusableStyle
            When there is no such part, or a value is none that it can have.
        """
        return replace(self, style=restyled(self.style, changes))

    def with_title(self, title: str) -> "Plot":
        """Return it under another title.

        Raises
        ------
        UnusableStyle
            When it is no text.
        """
        return replace(self, chart=replace(self.chart, title=_text("title", title)))

    def with_labels(self, *, x: str | None = None, y: str | None = None) -> "Plot":
        """Return it with its axes called otherwise; rows have one axis, ``x``.

        Raises
        ------
        UnknownName
            When it has no such axis.
        UnusableStyle
            When a label is no text.
        """
        x, y = (None if one is None else _text("label", one) for one in (x, y))
        figure = self.chart.figure
        if isinstance(figure, Plane):
            across = figure.x if x is None else replace(figure.x, title=x)
            up = figure.y if y is None else replace(figure.y, title=y)
            return replace(self, chart=replace(self.chart, figure=replace(figure, x=across, y=up)))
        if isinstance(figure, Matrix) or y is not None:
            raise UnknownName(
                where="with_labels",
                found="an axis that this chart does not have",
                expected="none" if isinstance(figure, Matrix) else "x alone",
                fix="leave it out.",
            )
        unit = figure.unit if x is None else x
        return replace(self, chart=replace(self.chart, figure=replace(figure, unit=unit)))

    def save(self, path: str | Path) -> Path:
        """Write it to a file that ends with ``.svg`` or ``.png``, and return where.

        Raises
        ------
        UnknownName
            When the name ends otherwise.
        """
        target = _path("save", path)
        kind = target.suffix.lower()
        if kind not in (".svg", ".png"):
            raise UnknownName(
                where="save",
                found=f"{target.name!r}",
                expected="a name that ends with .svg or .png",
                fix="name it so, or convert the SVG.",
            )
        if kind == ".svg":
            write_text(target, self.svg + "\n")
        else:
            write_bytes(target, self.png)
        return target

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_html_(self) -> str:
        """Return it as an image in itself: nothing of it leaks into the page, and its message is the alternative."""
        return str(pictured(self.chart, self.style))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawable:
    """Of what charts are drawn: the kinds there are, and how it is told."""

    kinds: Mapping[str, Kind]
    voice: Callable[[Any, Language], Voice]


DRAWN: Mapping[str, Drawable] = {
    "result": Drawable(kinds=KINDS, voice=voice_of),
    "plan": Drawable(kinds=PLAN_KINDS, voice=voice_of_plan),
}


@dataclass(frozen=True, slots=True)
class Plots:
    """The charts of one kind that a result or a plan can draw.

    Call it for the first, or by what it is about; or go through.
    """

    word: str
    record: Any
    language: str = "en"
    of: str = "result"

    def __call__(self, about: str | None = None) -> Plot:
        """Return the first, which is the judged model's, or the one about a model, a baseline or a slice.

        Raises
        ------
        ChartNotDrawn
            When the result has not what it needs, or none is about that.
        """
        kind, plots = DRAWN[self.of].kinds[self.word], list(self)
        if not plots:
            raise ChartNotDrawn(
                where=f"plot.{self.word}",
                found=f"a {self.of} without it",
                expected=kind.needs,
                fix=f"add it to the spec and make the {self.of} again, or take another chart: "
                f"list({self.of}.plot) names them.",
            )
        if about is None:
            return plots[0]
        found = {plot.about: plot for plot in plots}
        if about not in list(found):
            raise ChartNotDrawn(
                where=f"plot.{self.word}",
                found=f"{about!r}{nearest(str(about), found)}",
                expected=f"one of {', '.join(repr(each) for each in found)}",
                fix="name one of them.",
            )
        return found[about]

    def __iter__(self) -> Iterator[Plot]:
        voice = DRAWN[self.of].voice(self.record, spoken_language(self.language))
        return iter(
            [
                Plot(*spoken(chart, PLAIN, voice))
                for chart in DRAWN[self.of].kinds[self.word].draw(self.record)
            ]
        )

    def __repr__(self) -> str:
        about = ", ".join(repr(plot.about) for plot in self if plot.about)
        return f"<{self.word}: {DRAWN[self.of].kinds[self.word].shows}{f'; about {about}' if about else ''}>"


@dataclass(frozen=True, slots=True)
class Gallery:
    """The charts that a result or a plan can draw, each under its name; ``list`` and ``dir`` name those there are."""

    record: Any
    language: str = "en"
    of: str = "result"

    def __getattr__(self, word: str) -> Plots:
        kinds, name = DRAWN[self.of].kinds, self.of
        if word not in kinds:
            raise ChartNotDrawn(
                where="plot",
                found=f"{word!r}{nearest(word, kinds)}",
                expected=f"one of {', '.join(kinds)}",
                fix=f"name one of them; list({name}.plot) names those that this {name} can draw.",
            )
        return Plots(word, self.record, self.language, self.of)

    def __iter__(self) -> Iterator[str]:
        return (word for word, kind in DRAWN[self.of].kinds.items() if kind.draw(self.record))

    def __dir__(self) -> list[str]:
        return [*self, "in_language", "save"]

    def __repr__(self) -> str:
        shown = "\n".join(f"  {word}: {DRAWN[self.of].kinds[word].shows}" for word in self)
        return f"charts of this {self.of}:\n{shown}"

    def in_language(self, language: str) -> "Gallery":
        """Return the same charts, told in a language.

        Raises
        ------
        UnknownLanguage
            When payoff does not speak it.
        """
        return replace(self, language=spoken_language(language).code)

    def save(self, folder: str | Path, *, png: bool = False) -> list[Path]:
        """Write every chart as SVG into ``folder``, as PNG too if asked, and return the paths.

        Files are called after the chart and, where there are several of a kind, their number.

        Raises
        ------
        MissingExtra, NoFont
            When pictures are asked for and cannot be drawn: before anything is written.
        """
        if png:
            family_for()
        paths, folder = [], _path("save", folder)
        for word in self:
            plots = list(Plots(word, self.record, self.language, self.of))
            for number, plot in enumerate(plots, 1):
                name = word if len(plots) == 1 else f"{word}-{number}"
                paths.append(plot.save(folder / f"{name}.svg"))
                if png:
                    paths.append(plot.save(folder / f"{name}.png"))
        return paths


def _text(what: str, given: Any) -> str:
    if isinstance(given, str):
        return given
    raise UnusableStyle(where=what, found=repr(given), expected="a text", fix="give a text, or leave it out.")


def _path(where: str, given: Any) -> Path:
    if isinstance(given, str | PathLike):
        return Path(given)
    raise UnknownName(where=where, found=repr(given), expected="the path of a file", fix="give a path.")
