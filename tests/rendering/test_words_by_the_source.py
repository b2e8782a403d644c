"""Every text that the source can put into a result has its words in every language, whatever path makes it.

Results of every kind are told in ``test_complete_in_german``; here the source is read for the texts of rare paths.
"""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from payoff.rendering.languages import codes, language
from payoff.rendering.languages.voice import Voice

SOURCE = Path(__file__).resolve().parents[2] / "src" / "payoff"
OTHERS = [code for code in codes() if code != "en"]
# What a place of a text may hold: a name of the user, or an amount.
NAME = "zzz"
FILLED = (NAME, "12", "EUR 12 per year")
# Rooms whose texts reach a result: all that is written there, but errors.
ROOMS = ("running", "choices", "stats", "verdicts", "doubt", "comparison.py")
# Here other texts are SQL: only what a finding says.
FINDINGS = ("tabulation",)
# What these say never stands in a report: they answer other commands, which speak English.
OTHER_COMMANDS = {
    "running/advising.py",
    "running/advising_quantities.py",
    "running/deciding.py",
    "running/deciding_quantities.py",
    "running/explaining.py",
    "running/footing.py",
    "running/listing.py",
    "running/profiling.py",
    "running/searching.py",
    "verdicts/what_if.py",
}
# What this joins from parts is told whole, in every form, by test_sentences_in_german.
IN_PARTS = {"verdicts/sentence.py"}
SQL = re.compile(
    r"\b(select|case when|case \{|then|partition by|order by|cast\(|count\(|coalesce|between \{)",
    re.IGNORECASE,
)
GAIN_REVERSED = (
    "the gain over {} is {}, and {} ({} to {}) where each slice counts the same; "
    "in {} of {} slices it has the other sign"
)
# A text of so many places is tried whole, below: every filling of each would be too many.
PER_ROW_REVERSED = (
    "per row with '{}' the model earns {} {} ({} to {}) beside {} over all rows, and {} ({} to {}) where each slice "
    "counts the same, with that sign in {} slices: they act on another mix of rows"
)
PER_ROW = (
    "per row with 'zzz' the model earns +0.4 EUR (-0.1 to +0.9) beside zzz over all rows, and -0.1 (-0.4 to +0.2) "
    "where each slice counts the same, with that sign in 2 of 3 slices: they act on another mix of rows"
)
# Names of columns and settings, types, parts of longer texts, and what an error says that is raised elsewhere.
APART = {
    "a row",
    "any action",
    "every row",
    "from value",
    "half-split",
    "last season",
    "last value",
    "likeliest class",
    "not refuted",
    "row position",
    # parts of texts that are told whole
    "actual negatives",
    "actual positives",
    "costs less for ratios",
    "false positives",
    "high end of the gain",
    "loses less at thresholds",
    "low end of the gain",
    "predicted negatives",
    "predicted positives",
    "true negatives",
    "which the interval keeps",
    "which the interval leaves out",
    "few_clusters: {}",
    "independent units, {} are needed",
    "Hall t against the rest{}",
    "never at the {}",
    GAIN_REVERSED,
    PER_ROW_REVERSED,
    "undefined: no {}",
    # types, and what is hashed
    "ClusterSums | None",
    "payoff/rows/2 {} {} {}",
    # errors
    "a coverage, and the model has no interval",
    "a difference of a metric of scores within slices",
    "a difference of {}, which has none worth a limit",
    "a pinball loss, and no level follows from the value",
    "a skill over a candidate that forecasts nothing, or without a level",
    "a threshold is tuned on the rows of each look",
    "scores of {} and {} together",
    "the top of {}'s rankings",
    "{}, which has no score",
    "{}, whose score is a rank",
}


def files_of(rooms: tuple[str, ...]) -> Iterator[Path]:
    for room in rooms:
        path = SOURCE / room
        yield from [path] if path.suffix else sorted(path.rglob("*.py"))


def constants() -> dict[str, str]:
    """Return every named text of these rooms, since texts have them as places."""
    found = {}
    for path in files_of((*ROOMS, *FINDINGS)):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign):
                found |= dict(named_texts(node.targets[0], node.value))
    return found


def named_texts(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, given in zip(target.elts, value.elts, strict=True):
            yield from named_texts(one, given)
    elif isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield target.id, value.value


CONSTANTS = constants()


class Texts(ast.NodeVisitor):
    """Collects the texts of a file that look like something to read, but docstrings and errors."""

    def __init__(self, *, findings: bool) -> None:
        self.findings = findings
        self.found: list[tuple[int, tuple[str | None, ...]]] = []

    def visit_Raise(self, node: ast.Raise) -> None:
        """Errors are told in English."""

    def visit_Call(self, node: ast.Call) -> None:
        """Leave out errors that are made here and raised elsewhere, and the names of steps."""
        is_progress = isinstance(node.func, ast.Name) and node.func.id in ("progress", "telling")
        if not is_progress and all(each.arg != "expected" for each in node.keywords):
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if self.findings and node.arg in ("found", "fix"):
            Texts.of(node.value, self.found)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if not self.findings:
            self.keep(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        if not self.findings:
            self.keep(node)
            for value in node.values:
                if isinstance(value, ast.FormattedValue):
                    self.visit(value.value)

    def keep(self, node: ast.expr) -> None:
        parts = tuple(pieces(node))
        if parts:
            self.found.append((node.lineno, parts))

    @staticmethod
    def of(node: ast.expr, found: list[tuple[int, tuple[str | None, ...]]]) -> None:
        inner = Texts(findings=False)
        inner.visit(node)
        found.extend(inner.found)


def pieces(node: ast.expr) -> Iterator[str | None]:
    """Return a text's own stretches, and None for each place in it."""
    values = node.values if isinstance(node, ast.JoinedStr) else [node]
    for value in values:
        if isinstance(value, ast.FormattedValue):
            if isinstance(value.value, ast.Name) and value.value.id in CONSTANTS:
                yield CONSTANTS[value.value.id]
            elif value.conversion == ord("r"):
                yield "'"
                yield None
                yield "'"
            else:
                yield None
        elif isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def is_read(text: str) -> bool:
    """Tell whether a text says something by itself: two words at least, and no part of a longer one."""
    words = [word for word in text.split() if word.strip(".,:;()`“”").isalpha()]
    return len(words) > 1 and text == text.strip(" ,:;") and SQL.search(text) is None


def is_known(voice: Voice, parts: tuple[str | None, ...], *, counted: bool) -> bool:
    for filling in product(FILLED, repeat=parts.count(None)):
        rest = iter(filling)
        text = "".join(next(rest) if part is None else part for part in parts)
        # A finding of the rows stands behind their number.
        if not voice.unknown(text) or (counted and not voice.unknown(f"12 {text}")):
            return True
    return False


def lacking(code: str) -> list[str]:
    voice = Voice(language(code), own=frozenset((NAME,)), units=frozenset(("EUR",)))
    out = []
    for path in files_of((*ROOMS, *FINDINGS)):
        name = str(path.relative_to(SOURCE))
        if name in OTHER_COMMANDS | IN_PARTS:
            continue
        counted = name.startswith(FINDINGS)
        texts = Texts(findings=counted)
        texts.visit(ast.parse(path.read_text(encoding="utf-8")))
        for line, parts in texts.found:
            text = "".join("{}" if part is None else part for part in parts)
            if is_read(text) and text not in APART and not is_known(voice, parts, counted=counted):
                out.append(f"{name}:{line} {text}")
    return out


WHOLE = (
    *(f"undefined: no {what}" for what in ("predicted positives", "actual positives", "actual negatives")),
    *(f"undefined: no {what}" for what in ("predicted negatives", "false positives", "true negatives")),
    *(f"never at the {what}" for what in ("estimate", "high end of the gain", "low end of the gain")),
    "zzz costs less for ratios 0.1 to 0.3 and 0.5",
    "zzz loses less at thresholds 3 to 7; neither dominates",
    "Hall t against the rest",
    "Hall t against the rest by cluster, widened x2 for a heavy tail",
    "biased upwards by some 0.02, which the interval keeps",
    "the gain over zzz is +0.4 EUR per year over all rows, and -0.1 (-0.2 to +0.3) where each slice counts the same",
    "in 2 of 3 slices it has the other sign",
    PER_ROW,
)


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("text", WHOLE)
def test_what_is_joined_from_parts_has_its_words(text: str, code: str) -> None:
    assert Voice(language(code), own=frozenset((NAME,)), units=frozenset(("EUR",))).unknown(text) == ()


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_of_the_source_has_its_words(code: str) -> None:
    assert lacking(code) == []


def test_the_source_is_read_as_it_is_written() -> None:
    """What finds nothing would prove nothing."""
    texts = Texts(findings=False)
    texts.visit(ast.parse("def f(n):\n    'Not this.'\n    return f'nobody wrote {n!r} yet'\n"))
    assert texts.found == [(3, ("nobody wrote ", "'", None, "'", " yet"))]
    assert not is_known(Voice(language("de"), own=frozenset((NAME,))), texts.found[0][1], counted=False)
