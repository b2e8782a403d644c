"""The first gate: the raw text is read character by character before any parser sees it.

Sign, word and nesting are checked here, so that the parser only ever receives
short, shallow text without comments, placeholders, casts or statements.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from payoff.errors.family import nearest
from payoff.errors.formulas import FormulaConstructError, FormulaLimitError, FormulaSyntaxError

MAX_CHARACTERS = 4096
# sqlglot spends up to 27 Python frames on a level: this many fit below any ordinary caller,
# so that the answer does not depend on how deep the call came from.
MAX_NESTING = 24
MAX_DIGITS = 40

_CALLED = (
    "if coalesce nullif greatest least abs ln exp sqrt floor ceil ceiling round power pow mod "
    "lower upper trim year month day"
)
FUNCTIONS = frozenset(_CALLED.split())
_BEFORE_BRACKET = "and or not between in like case when then else"
BEFORE_BRACKET = frozenset(_BEFORE_BRACKET.split())
# Words that begin or bend a query; as a column name they are written in double quotes.
_QUERY = (
    "select from with where union intersect except join lateral values exists any all cast try_cast "
    "as over filter within interval lambda distinct collate ilike glob similar escape array struct map "
    "unnest install create insert delete drop alter describe fetch for using having qualify on isnull "
    "notnull div xor rlike regexp overlaps"
)
REFUSED = frozenset(_QUERY.split())

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>[^\W\d]\w*)"
    r"|(?P<text>'(?:[^']|'')*')"
    r'|(?P<quoted>"(?:[^"]|"")*")'
    r"|(?P<refused>--|/\*|\*\*|//|\|\||->|::|==)"
    r"|(?P<sign><=|>=|<>|!=|[-+*/%(),<>=])",
)
_NAMES = {"--": "A comment", "/*": "A comment", "::": "A cast", "->": "A lambda", ";": "A second statement"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, text, quoted name or sign, and the column where it begins (from one)."""

    kind: str
    text: str
    at: int


def scan(text: str, *, where: str) -> tuple[Token, ...]:
    """Return the tokens of a formula, or refuse it with a reason and a column.

    Raises
    ------
    FormulaLimitError
        Too long, nested too deeply, or a number out of range.
    FormulaConstructError
        A sign, word or function that formulas may not use.
    FormulaSyntaxError
        No text, or an open quote or bracket.

    >>> [token.text for token in scan("a + 1", where="value.call")]
    ['a', '+', '1']
    """
    if len(text) > MAX_CHARACTERS:
        raise FormulaLimitError(
            where=where,
            found=f"{len(text)} characters",
            expected=f"at most {MAX_CHARACTERS}",
            fix="compute part of it as a column of the data.",
        )
    tokens = tuple(_tokens(text, where))
    if not tokens:
        raise FormulaSyntaxError(
            where=where, found="nothing", expected="one SQL expression", fix="write a formula, such as 0."
        )
    for before, token, after in zip((None, *tokens[:-1]), tokens, (*tokens[1:], None), strict=True):
        _check_neighbours(before, token, after, where)
    _check_nesting(tokens, where)
    return tokens


def _tokens(text: str, where: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup == "refused":
            raise _refused_sign(match.group() if match else text[at], at + 1, where)
        if match.lastgroup != "space":
            yield Token(str(match.lastgroup), match.group(), at + 1)
        at = match.end()


def _refused_sign(sign: str, at: int, where: str) -> FormulaConstructError | FormulaSyntaxError:
    place = f"{where} column {at}"
    if sign in ("'", '"'):
        return FormulaSyntaxError(
            where=place, found=f"a {sign} that never closes", expected="a closing quote", fix="close it."
        )
    what = _NAMES.get(sign, f"`{sign}`" if sign.isprintable() else f"The character {sign!a}")
    fix = {"**": "write power(x, 2).", "//": "write floor(a / b).", "==": "write a single =."}
    return FormulaConstructError(
        where=place,
        found=f"{what} is not allowed at column {at}",
        expected="columns, numbers, arithmetic, comparisons, CASE and the listed functions",
        fix=fix.get(sign, "take it out, or compute it as a column of the data."),
    )


def _check_neighbours(before: Token | None, token: Token, after: Token | None, where: str) -> None:
    """Refuse words, calls, numbers and prefixes such as E'...' that formulas may not use."""
    touches = before is not None and before.at + len(before.text) == token.at
    if touches and before is not None and before.kind != "sign" != token.kind:
        raise FormulaConstructError(
            where=f"{where} column {before.at}",
            found=f"`{_short(before.text + token.text)}` is not allowed at column {before.at}",
            expected="a space, a comma or a sign between two values",
            fix="separate them.",
        )
    if token.kind == "number":
        _check_number(token, where)
    if token.kind == "word":
        _check_word(token, after, where)
    if token.text == '""':
        raise FormulaSyntaxError(
            where=f"{where} column {token.at}", found='""', expected="a column name", fix="write the name."
        )
    if token.kind == "quoted" and after is not None and after.text == "(":
        raise _not_a_function(token, where)


def _check_word(token: Token, after: Token | None, where: str) -> None:
    word = token.text.lower()
    if after is not None and after.text == "(" and word not in BEFORE_BRACKET | FUNCTIONS:
        raise _not_a_function(token, where)
    if word in REFUSED:
        raise FormulaConstructError(
            where=f"{where} column {token.at}",
            found=f"The word `{token.text}` is not allowed at column {token.at}",
            expected="an expression over columns, outcome and assumptions",
            fix=f'take it out; if it is a column, write "{token.text}" in double quotes.',
        )


def _not_a_function(token: Token, where: str) -> FormulaConstructError:
    return FormulaConstructError(
        where=f"{where} column {token.at}",
        found=f"Function `{_short(token.text)}` is not allowed at column {token.at}",
        expected=f"one of {', '.join(sorted(FUNCTIONS))}{nearest(token.text.lower(), FUNCTIONS)}",
        fix="use an allowed function, or compute it as a column of the data.",
    )


def _check_number(token: Token, where: str) -> None:
    digits = sum(character.isdigit() for character in token.text)
    value = float(token.text) if digits <= MAX_DIGITS else math.inf
    inexact = token.text.isdigit() and digits <= MAX_DIGITS and int(value) != int(token.text)
    if math.isfinite(value) and not inexact:
        return
    raise FormulaLimitError(
        where=f"{where} column {token.at}",
        found=f"the number {_short(token.text)}",
        expected=f"at most {MAX_DIGITS} digits, finite, and exact when whole (up to 2^53)",
        fix="use a smaller number; compare long identifiers as text.",
    )


def _check_nesting(tokens: tuple[Token, ...], where: str) -> None:
    """Count open brackets, open CASEs and runs of prefixes: what a parser would recurse on."""
    open_at: list[Token] = []
    run = 0
    for token in tokens:
        word = token.text.lower() if token.kind in ("word", "sign") else ""
        run = run + 1 if word in ("-", "+", "not") else 0
        if word in ("(", "case"):
            open_at.append(token)
        elif word in (")", "end") and (not open_at or (open_at.pop().text == "(") != (word == ")")):
            raise _unbalanced(token, where)
        if len(open_at) + run > MAX_NESTING:
            raise FormulaLimitError(
                where=f"{where} column {token.at}",
                found=f"more than {MAX_NESTING} levels",
                expected=f"at most {MAX_NESTING} levels of brackets, CASE and signs",
                fix="remove brackets, or compute part of it as a column of the data.",
            )
    if open_at:
        raise _unbalanced(open_at[-1], where)


def _unbalanced(token: Token, where: str) -> FormulaSyntaxError:
    return FormulaSyntaxError(
        where=f"{where} column {token.at}",
        found=f"`{token.text}` without its partner",
        expected="every bracket closed, every CASE ended",
        fix="add the missing bracket or END.",
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
