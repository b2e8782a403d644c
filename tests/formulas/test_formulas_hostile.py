"""Whatever stands in a formula, nothing but a tree or a one-line reason comes out."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payoff.errors import SpecError
from payoff.formulas import Formula, parse, quote

REFUSAL_SECONDS = 0.05  # FAILURES I2: a refusal is never the slow path
TRIES = 3  # the least of them counts: in a process with ten thousand tests one collection of garbage takes 0.4 seconds

HOSTILE = [
    "(select 1)",
    "(select max(amount) from rows)",
    "exists(select 1)",
    "amount in (select 1)",
    "amount = any(select 1)",
    "1; drop table rows",
    "1 ; ",
    "amount -- comment",
    "amount /* comment */ + 1",
    "1 */ /* 2",
    "1 --\n; copy rows to 'out.csv'",
    "copy rows to 'out.csv'",
    "copy(rows)",
    "read_csv('/etc/passwd')",
    "read_text('/etc/passwd')",
    "glob('*')",
    "getenv('HOME')",
    "current_setting('home_directory')",
    "duckdb_settings()",
    "pg_read_file('/etc/passwd')",
    "lo_import('/etc/passwd')",
    "load_extension('x')",
    "install httpfs",
    "load httpfs",
    "attach 'x.db'",
    "pragma version",
    "set memory_limit = '1GB'",
    "call dbgen(sf=1)",
    "cast(amount as integer)",
    "try_cast(amount as integer)",
    "amount::integer",
    "1 union select 2",
    "from rows",
    "values (1)",
    "sum(amount)",
    "count(*)",
    "max(amount)",
    "sum(amount) over ()",
    "row_number() over (order by amount)",
    "sum(amount) filter (where outcome)",
    "list_transform([1], x -> x)",
    "lambda x: x + 1",
    "x -> x + 1",
    "{'a': 1}",
    "[1, 2]",
    "amount[1]",
    "struct_pack(a := 1)",
    "$1",
    "$name",
    "?",
    ":name",
    "@amount",
    "#1",
    "rows.amount",
    '"rows"."amount"',
    "main.rows.amount",
    "*",
    "rows.*",
    "columns('.*')",
    "(" * 300 + "1" + ")" * 300,
    "(" * 2000 + "1" + ")" * 2000,
    "(" * 10_000 + "1" + ")" * 10_000,
    "not " * 900 + "outcome",
    "- " * 900 + "1",
    "case when outcome then " * 150 + "1" + " end" * 150,
    "abs(" * 100 + "1" + ")" * 100,
    "ln(" * 20 + "amount" + ")" * 20,
    "exp(" * 8 + "amount" + ")" * 8,
    " + ".join(["amount"] * 600),
    "9" * 1500,
    "1" * 41,
    "9**9**9**9",
    "power(9, 999999999)",
    "power(amount, -1)",
    "power(amount, 0.5)",
    "power(amount, b)",
    "9^9^9^9",
    "1e999",
    "-1e999",
    "0." + "1" * 400,
    "9007199254740993",
    "0x1F",
    "1_000",
    "1e",
    "1.5.3",
    "repeat('x', 2000000000)",
    "range(1000000000)",
    "generate_series(1, 1000000000)",
    "regexp_matches(name, '(a+)+$')",
    "name like name",
    "name like '%\\%'",
    "name ilike 'x'",
    "name similar to 'x'",
    "name glob 'x'",
    "name || 'x'",
    "E'\\x41'",
    "e'x'",
    "x'41'",
    "b'1'",
    "N'x'",
    "U&'\\0041'",
    "$$text$$",
    "'open",
    '"open',
    "'it''s' 'joined'",
    "'a' + 'b'",
    "1 + 'a'",
    "1 + true",
    "outcome + 1",
    "outcome = 1",
    "1 < 2 < 3",
    "case when 1 then 2 end",
    "case when outcome then 1 else 'x' end",
    "not 1",
    "1 and 2",
    "'a' < 'b'",
    "interval 1 day",
    "now()",
    "random()",
    "current_date + 1",
    "date_trunc('year', d)",
    "date '2026-13-01'",
    "timestamp '2026-01-01'",
    "extract(year from d)",
    "amount at time zone 'utc'",
    "amount collate nocase",
    "amount as b",
    "amount b",
    "amount, b",
    "(amount, b)",
    "amount in b",
    "amount in ()",
    "amount is distinct from b",
    "amount & 1",
    "amount | 1",
    "~amount",
    "amount << 1",
    "amount == 1",
    "amount // 2",
    "amount!",
    "1 = = 1",
    "1 +",
    "* 2",
    ")",
    "(",
    "()",
    "",
    "   ",
    "\n\t",
    "end",
    "case end",
    "case when outcome end",
    "if(outcome)",
    "abs()",
    "abs(1, 2)",
    "round(amount, 99)",
    "round(amount, b)",
    "nullif(1)",
    "between 1 and 2",
    "amount\0",
    "amount\u00a0+ 1",
    "amount\u202e",
    "\uff11 + 1",
    "\u2019x\u2019",
    "`amount`",
    "amount; --",
    "'; drop table rows; --",
    '"; drop table rows; --',
    "{{ amount }}",
    "${amount}",
    "%(amount)s",
    "__import__('os').system('id')",
    "amount.__class__",
    "eval('1')",
    "().__class__.__bases__[0]",
    "\ud800",
    '""',
    "if(outcome, 1, 2, 3)",
    "trim(both 'x' from name)",
    "log(2, amount)",
    '"abs"(1)',
    "coalesce()",
    "greatest()",
    "mod(1)",
    "power(2)",
    "a" * 5000,
]
WATCHED = ("open", "exec", "compile", "import", "socket", "subprocess", "os.system", "os.exec", "ctypes")
_seen: list[str] = []
_watching: list[bool] = []


def _hook(event: str, args: tuple[object, ...]) -> None:
    if _watching and event.startswith(WATCHED):
        _seen.append(f"{event} {args!r}"[:200])


sys.addaudithook(_hook)


@contextmanager
def nothing_happens() -> Iterator[None]:
    _seen.clear()
    _watching.append(True)
    try:
        yield
    finally:
        _watching.clear()
    assert _seen == []


def _warm() -> None:
    for text in ("year(d) + round(amount, 2)", "1 +", "case when a like 'x' then date '2026-01-01' end", "("):
        try:
            parse(text, where="value.call", assumptions=["margin"], outcome_allowed=True)
        except SpecError:
            continue


def _refused(text: str) -> tuple[SpecError, float]:
    """Return the refusal and the CPU seconds of this thread: a whole process counts what other tests left running."""
    start = time.thread_time()
    with pytest.raises(SpecError) as refusal:
        parse(text, where="value.call", assumptions=["margin"], outcome_allowed=True)
    return refusal.value, time.thread_time() - start


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_formula_is_refused_fast_with_one_line_and_no_side_effect(text: str) -> None:
    _warm()
    with nothing_happens():
        tries = [_refused(text) for _ in range(TRIES)]
    assert min(spent for _, spent in tries) < REFUSAL_SECONDS
    assert len({str(refusal) for refusal, _ in tries}) == 1
    refusal = tries[0][0]
    assert "\n" not in str(refusal).strip()
    assert len(str(refusal)) < 1000
    assert refusal.where.startswith("value.call")
    assert refusal.code.startswith("PAY25")


_PIECES = (
    "amount b outcome margin ( ) + - * / % , = < > <> and or not case when then else end in is null "
    "between like 'x' \"q q\" 1 2.5 1e5 true abs ln if power round select ; -- /* :: . [ ] $ ? ' \" "
    "date year coalesce greatest ** E'"
)
PIECES = st.sampled_from(_PIECES.split())


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=60))
def test_any_text_gives_a_formula_or_a_reason_and_touches_nothing(text: str) -> None:
    _warm()
    with nothing_happens():
        found = _formula_or_reason(text)
    if isinstance(found, SpecError):
        assert found.code.startswith("PAY25")
        assert "\n" not in str(found)
    else:
        assert found.text == text


def _formula_or_reason(text: str) -> Formula | SpecError:
    try:
        return parse(text, where="value.call", assumptions=["margin"], outcome_allowed=True)
    except SpecError as refusal:
        return refusal


def test_every_name_of_up_to_two_awkward_characters_is_quoted_so_that_a_table_survives() -> None:
    letters = "\"'[];-\0 a\u00e9\u202e\U0001f600\n\\`%{"
    names = [a + b for a in ("", *letters) for b in ("", *letters)] + ["select", "--", "/*", "a" * 300]
    with duckdb.connect() as connection:
        connection.execute("create table canary as select 42 as alive")
        for name in dict.fromkeys(names):
            if not name or "\0" in name:
                with pytest.raises(SpecError):
                    quote(name)
                continue
            held = connection.execute(f"select 7 as {quote(name)}")
            assert held.description is not None
            assert held.description[0][0] == name
            assert held.fetchall() == [(7,)]
            read = connection.execute(f"select {quote(name)} from (select 9 as {quote(name)})")
            assert read.fetchall() == [(9,)]
        assert connection.execute("select alive from canary").fetchall() == [(42,)]


def test_half_a_surrogate_pair_is_no_identifier() -> None:
    with pytest.raises(SpecError):
        quote("\ud800")
