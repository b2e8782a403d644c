"""What users call: each command of the command line, in Python."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from payoff import __version__
from payoff.api.advising import metrics
from payoff.api.checking import check, explain
from payoff.api.looking import judged_for_looks
from payoff.api.opening import Source, asked_for, opened
from payoff.api.plotting import Gallery
from payoff.api.searching import slices
from payoff.api.tables import from_tables, tabulate
from payoff.engines import is_address, open_engine, shown
from payoff.errors import nearest
from payoff.errors.judging import NoReference
from payoff.errors.usage import FileInTheWay, MissingExtra, UnknownName
from payoff.judging import Gate, annotations, judge, junit, same_decision
from payoff.record import Check
from payoff.record import Result as Record
from payoff.record.digits import ten_digits
from payoff.rendering.changes import Changes, changes_since
from payoff.rendering.languages import language as spoken
from payoff.rendering.markdown import to_markdown
from payoff.rendering.model_card import to_model_card
from payoff.rendering.notebook import to_notebook_html
from payoff.rendering.printing import to_pdf
from payoff.rendering.report import to_html
from payoff.rendering.spreadsheets import to_csv
from payoff.rendering.terminal import to_text
from payoff.rendering.widths import columns
from payoff.running import judged
from payoff.running import tabulate as count
from payoff.running.deciding import decisions
from payoff.running.profiling import profile_of
from payoff.running.progress import following
from payoff.spec import Spec, draft
from payoff.spec import load_spec as read_spec
from payoff.spec.looks import read_looks
from payoff.spec.model import Threshold
from payoff.spec.trying import tried_at
from payoff.storage import read_record, write_bytes, write_text, write_texts

DEMONSTRATION = Path(__file__).parent.parent / "demonstration"


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A result with ways to tell it; ``record`` holds the data alone.

    ``reference`` is the stored result beside which it is told, None where there is none (see ``since``).
    """

    record: Record
    reference: Record | None = None

    @property
    def verdict(self) -> Any:
        """Return the verdict: overall, unlocked, sentence, hurdles, guardrails."""
        return self.record.verdict

    @property
    def estimates(self) -> Any:
        """Return every estimate."""
        return self.record.estimates

    @property
    def checks(self) -> tuple[Check, ...]:
        """Return what was found about the rows."""
        return self.record.data.checks

    def frame(self, **wanted: Any) -> Any:
        """Return the estimates as a pandas frame, those with the given keys: ``frame(metric="gain", slice=None)``.

        Raises
        ------
        MissingExtra
            When pandas is not installed.
        """
        rows = [asdict(one) for one in self.estimates]
        kept = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
        try:
            pandas = import_module("pandas")
        except ModuleNotFoundError as problem:
            raise MissingExtra(
                where="frame", found="no pandas", expected="pandas", fix="pip install 'payoff[pandas]'."
            ) from problem
        return pandas.DataFrame(kept)

    def since(self, reference: "Result") -> "Result":
        """Return the result told beside a stored one: report, text and Markdown say what changed since.

        Raises
        ------
        NoReference
            When the two are of different decisions.
        """
        if not isinstance(reference, Result):
            raise NoReference(
                where="since",
                found=repr(reference),
                expected="a result",
                fix="pass what evaluate returned, or payoff.read_result(path).",
            )
        same_decision(self.record, reference.record)
        return replace(self, reference=reference.record)

    @property
    def _told(self) -> Record:
        """Return the record as its file holds it, so that what is told now is told from the file too."""
        return ten_digits(self.record)

    @property
    def changes(self) -> Changes | None:
        """Return what changed since the reference, in words, tables and lines of the spec; None without one."""
        return None if self.reference is None else changes_since(self.record, self.reference)

    def to_json(self) -> str:
        """Return canonical JSON."""
        return self.record.to_json()

    def to_text(self, width: int = 80, *, language: str = "en") -> str:
        """Return the terminal summary without colours, in a language: ``en`` or ``de``."""
        return to_text(self._told, width, self.reference, spoken(language))

    def to_markdown(self, *, language: str = "en") -> str:
        """Return the summary for a CI job, in a language."""
        return to_markdown(self._told, self.reference, spoken(language))

    def to_html(self, *, language: str = "en") -> str:
        """Return the report, in a language: one file, no request leaves it.

        Raises
        ------
        UnknownLanguage
            When payoff does not speak it.
        """
        return to_html(self._told, self.reference, spoken(language))

    def to_pdf(self, *, language: str = "en") -> bytes:
        """Return the report as PDF, in a language, printed by a Chromium, Chrome or Edge of this machine.

        Raises
        ------
        NoBrowser, NotPrinted
            When there is none, or it did not print.
        """
        return to_pdf(self.to_html(language=language))

    def to_csv(self) -> str:
        """Return every estimate as CSV that no spreadsheet takes for formulas."""
        return to_csv(self._told)

    def to_model_card(self, *, language: str = "en") -> str:
        """Return a model card in the layout of Hugging Face: YAML for the hub, then Markdown."""
        return to_model_card(self._told, spoken(language))

    def to_notebook_html(self, *, language: str = "en") -> str:
        """Return what a notebook shows, in a language: verdict, gains, hurdles and charts as a small piece of HTML."""
        return to_notebook_html(self._told, spoken(language))

    @property
    def plot(self) -> Gallery:
        """Return the charts that this result can draw, each under its own name: ``result.plot.value_curve()``."""
        return Gallery(self.record)

    def show(self) -> None:
        """Print the summary: with colours on a terminal, plain where it is piped."""
        if not sys.stdout.isatty():
            print(self.to_text())
            return
        rich = import_module("rich.console")
        screen = import_module("payoff.rendering.screen")
        rich.Console(width=columns()).print(screen.to_renderable(self._told, self.reference))

    def save(self, folder: str | Path) -> tuple[Path, Path]:
        """Write ``result.json`` and ``report.html`` into ``folder`` and return their paths."""
        paths = Path(folder) / "result.json", Path(folder) / "report.html"
        write_texts({paths[0]: self.to_json(), paths[1]: self.to_html()})
        return paths

    def _repr_html_(self) -> str:
        return self.to_notebook_html()


def load_spec(source: str | Path | Mapping[str, Any]) -> Spec:
    """Read a spec from a file or a mapping.

    Raises
    ------
    SpecError
        With every problem found, by code and place.
    """
    return read_spec(source)


def evaluate(
    data: Any,
    spec: Source,
    *,
    assume: Mapping[str, float] | None = None,
    model: str | None = None,
    progress: Callable[[str], None] | None = None,
    tables: Sequence[str | Path] = (),
    looks: int | str | None = None,
) -> Result:
    """Evaluate a spec on data: tables, statistics, verdict.

    Parameters
    ----------
    data : a path, an Arrow, pandas, Polars or Spark frame, the address of a table or query such as
        ``postgresql://user@host/db#schema.table``, or None for what the spec names.
    spec : a spec, a file of one, or a mapping.
    assume : likely values to try in place of the spec's; recorded.
    model : a challenger to judge in place of the model; recorded.
    progress : called with the name of each step as it begins. If it also has a method ``reach``, that is called a
        few times a second during long queries, with how far the evaluation is: ``step``, ``share`` done, ``rows`` of
        the data, ``seconds`` since it began, and from these ``rate`` and ``left``.
    tables : files that ``tabulate`` wrote, added up and used in place of rows. Where the spec asks what they cannot
        tell, ``data`` are read if they are given here; the result's notes say what was used.
    looks : how often these rows are judged in all, or ``any-time``; see ``gate``. Recorded.

    Raises
    ------
    PayoffError
        When the spec or the data cannot be used at all. Findings about rows do not raise: the result is
        ``partial`` then and says so.
    """
    asked = replace(changed(asked_for(spec, data), assume or {}, model), looks=read_looks(looks))
    seen = None if asked.looks is None else str(asked.looks)
    given = {"assume": dict(assume or {}), "model": model, "looks": seen}
    overrides = {key: value for key, value in given.items() if value}
    telling: Callable[[str], None] = progress or _silent
    found = from_tables(asked, tables, rows_at_hand=data is not None) if tables else ""
    if not isinstance(found, str):
        return Result(judged(found.gathered, overrides, telling, __version__, found.words))
    with opened(data, spec, asked) as engine:
        telling = following(telling, engine, asked)
        gathered = count(asked, engine, telling)
    return Result(judged(gathered, overrides, telling, __version__, found))


def gate(
    subject: Source | Result,
    data: Any = None,
    *,
    require: str | None = None,
    reference: Result | None = None,
    first: bool = False,
    looks: int | str | None = None,
) -> Gate:
    """Judge a result, or evaluate a spec and judge that; ``.exit_code`` is 0 ship, 1 reject, 3 hold.

    Parameters
    ----------
    looks : how often these rows are judged in all, this time and those to come included, so that each look takes
        its part of the error; or ``any-time`` (``any-time:ROWS``, the rows planned) for a bound that holds at
        every look. It needs the rows; a count takes a stored result without guardrails too.

    Raises
    ------
    JudgingError
        When nothing can be judged: no hurdle, data with errors, an unknown hurdle. The command exits 2 then.
    """
    result = subject if isinstance(subject, Result) else evaluate(data, subject, looks=looks)
    held = None if reference is None else reference.record
    return judge(
        judged_for_looks(result.record, read_looks(looks)), require=require, reference=held, first=first
    )


def decide(spec: Source, data: Any, result: Result | None = None) -> Iterator[tuple[str, float | None, str]]:
    """Yield (id, score, action) of every row by the deployed policy of the model.

    Parameters
    ----------
    result : the result that chose the threshold, where the spec says ``best`` or ``from value``.
    """
    asked, threshold, acts = asked_for(spec, data), None, True
    if result is not None and isinstance(asked.model.policy, Threshold):
        chosen = next((one for one in result.record.policies if one.name == asked.model.name), None)
        threshold, acts = (None, True) if chosen is None else (chosen.threshold, chosen.threshold is not None)
    with opened(data, spec, asked) as engine:
        yield from decisions(asked, engine, threshold, acts)


def init(data: str | Path) -> str:
    """Look at the data and return a commented spec for them, to be completed by those who know the decision."""
    named = str(data)
    with open_engine(data) as engine:
        return draft(profile_of(engine, shown(named) if is_address(named) else Path(named).name))


def read_result(path: str | Path) -> Result:
    """Read a result that payoff wrote.

    Raises
    ------
    UnreadableResult
        When it is none, or was changed since.
    """
    return Result(read_record(Path(path)))


def reference(path: Path | None, *, first: bool) -> Result | None:
    """Return the stored release result; None where there is none yet and ``first`` says so, or none was named.

    Raises
    ------
    NoReference
        When the file named is not there and this is not the first release.
    """
    if path is None:
        return None
    if path.exists():
        return read_result(path)
    if first:
        return None
    raise NoReference(
        where="--reference",
        found=f"no file {path.name}",
        expected="the release result",
        fix="pass --first once.",
    )


def is_result(path: Path) -> bool:
    """Return whether a file looks like a result rather than a spec."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        text = file.read()
    return '"payoff_version"' in text or '"rows_needed"' in text


def demo_folder() -> Path:
    """Return the folder of the data and the spec that ship with payoff."""
    return DEMONSTRATION


def write_new(path: Path, text: str) -> None:
    """Write a file that must not exist yet.

    Raises
    ------
    FileInTheWay
        When it does.
    """
    if path.exists():
        raise FileInTheWay(
            where=str(path),
            found="a file of that name",
            expected="none",
            fix="name another with --out, or move it.",
        )
    write_text(path, text)


def changed(spec: Spec, assume: Mapping[str, float], model: str | None) -> Spec:
    """Return the spec with other likely values and another candidate in the model's place.

    Raises
    ------
    UnknownName
        When an assumption or a challenger of that name does not exist.
    """
    assumptions = dict(spec.assumptions)
    for name, value in assume.items():
        if name not in assumptions:
            raise _unknown("--assume", name, assumptions)
        assumptions[name] = tried_at(assumptions[name], value)
    spec = replace(spec, assumptions=assumptions)
    if model is None or model == spec.model.name:
        return spec
    others = {one.name: one for one in spec.challengers}
    if model not in others:
        raise _unknown("--model", model, others)
    challengers = [replace(spec.model, role="challenger")] + [
        one for one in spec.challengers if one.name != model
    ]
    return replace(spec, model=replace(others[model], role="model"), challengers=tuple(challengers))


def _unknown(where: str, name: str, known: Mapping[str, Any]) -> UnknownName:
    return UnknownName(
        where=where,
        found=f"{name!r}{nearest(name, known)}",
        expected=f"one of {', '.join(known) or 'none at all'}",
        fix="name one that the spec has.",
    )


def _silent(_: str) -> None:
    return None


__all__ = [
    "DEMONSTRATION",
    "Gate",
    "Result",
    "annotations",
    "cell",
    "changed",
    "check",
    "decide",
    "demo_folder",
    "evaluate",
    "explain",
    "gate",
    "init",
    "is_result",
    "junit",
    "load_spec",
    "metrics",
    "read_result",
    "reference",
    "slices",
    "tabulate",
    "write_bytes",
    "write_new",
    "write_text",
]
