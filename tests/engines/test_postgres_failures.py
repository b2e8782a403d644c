"""What goes wrong on PostgreSQL is said in payoff's words, with the right to ask for; nothing is ever written."""

import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import ENCODED, PASSWORD, PostgresServer

from payoff.engines import open_engine
from payoff.errors import EngineError
from payoff.errors.engine import (
    CannotConnect,
    ConnectionLost,
    MissingTable,
    MoneyOverflow,
    NoRights,
    NotARelation,
    QueryFailed,
    QueryTimeout,
    UnreadableData,
)

pytestmark = pytest.mark.system
SLOW = "select a.id, pg_sleep(0.05) as nap from nasty a, nasty b, nasty c"
SECONDS = 20


@pytest.fixture
def reader(postgres: PostgresServer) -> Iterator[str]:
    """A user who may read nothing but the schema public."""
    with postgres.connect() as connection:
        connection.execute(f"create role reader login password '{PASSWORD}'")
        connection.execute("create schema closed; create table closed.calls (x int)")
        yield "reader"
        connection.execute("drop schema closed cascade; drop role reader")


def test_a_table_that_may_not_be_read_names_the_grant_to_ask_for(
    postgres: PostgresServer, reader: str
) -> None:
    with pytest.raises(NoRights) as caught:
        open_engine(postgres.address("nasty", user=reader))
    assert "GRANT SELECT ON nasty TO reader;" in caught.value.fix
    with pytest.raises(NoRights) as caught:
        open_engine(postgres.address("closed.calls", user=reader))
    assert "GRANT USAGE ON SCHEMA closed TO reader;" in caught.value.fix
    assert_silent(caught.value)


def test_a_wrong_password_is_no_connection_and_is_not_repeated(postgres: PostgresServer) -> None:
    with pytest.raises(CannotConnect) as caught:
        open_engine(postgres.address("nasty").replace(ENCODED, "another%2Fsecret"))
    assert "password authentication failed" in caught.value.found
    assert "another" not in "".join(traceback.format_exception(caught.value, limit=0))


@pytest.mark.parametrize("relation", ["nowhere", "nowhere.calls", "select * from nowhere", '"Nasty"'])
def test_a_table_that_is_not_there_is_missing(postgres: PostgresServer, relation: str) -> None:
    with pytest.raises(MissingTable) as caught:
        open_engine(postgres.address(relation))
    assert_silent(caught.value)


@pytest.mark.parametrize(
    "relation",
    [
        "insert into nasty (id) values (99) returning id",
        "select 1 as a; select 2",
        "select 1 as a; drop table nasty",
        "select 1) as t; drop table nasty; select * from (select 1",
        "with gone as (delete from nasty returning id) select * from gone",
        "copy nasty to stdout",
        "update nasty set n = 0",
        "select * into other from nasty",
        "select nextval('counter') as a",
        "select 1 as a from nasty for update",
        "select",
    ],
)
def test_nothing_but_one_query_that_reads_is_run(postgres: PostgresServer, relation: str) -> None:
    with postgres.connect() as connection:
        connection.execute("create sequence if not exists counter")
        before = connection.execute("select count(*), sum(id) from nasty").fetchall()
        with (
            pytest.raises((NotARelation, QueryFailed, MissingTable)),
            open_engine(postgres.address(relation)) as engine,
        ):
            engine.columns("select count(*) as n from source")
        assert connection.execute("select count(*), sum(id) from nasty").fetchall() == before
        assert connection.execute("select is_called from counter").fetchall() == [(False,)]


def test_a_query_of_the_user_is_read_as_a_table(postgres: PostgresServer) -> None:
    with open_engine(
        postgres.address("with few as (select * from nasty) select id, x from few -- all;\n;")
    ) as engine:
        assert list(engine.schema) == ["id", "x"]
        assert engine.integers == {"id"}
        assert engine.floats == {"x"}
        assert engine.columns("select count(*) as n from source")["n"].tolist() == [12]
        assert engine.name.startswith("postgresql 1")


def test_two_columns_of_one_name_are_refused(postgres: PostgresServer) -> None:
    with pytest.raises(UnreadableData, match="two columns named a"):
        open_engine(postgres.address("select 1 as a, 2 as a"))


def test_kinds_of_columns_come_from_the_catalogue(postgres: PostgresServer) -> None:
    with postgres.connect() as connection:
        connection.execute("drop type if exists mood; create type mood as enum ('b', 'a')")
    query = (
        "select 'a'::mood as m, '{1}'::int[] as l, 'x'::char(3) as c, 1.5::numeric(9,2) as d, 1::int2 as s, "
        "1.5::float4 as f, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid as u, now() as t, '1 day'::interval as i"
    )
    with open_engine(postgres.address(query)) as engine:
        kinds = {
            "m": "text",
            "l": "other",
            "c": "text",
            "d": "number",
            "s": "number",
            "f": "number",
            "u": "text",
        }
        assert dict(engine.schema) == {**kinds, "t": "timestamptz", "i": "other"}
        assert (engine.integers, engine.floats) == ({"s"}, {"f"})
        found = engine.columns("select m, l, c, d, u from source")
        assert [found[name][0] for name in ("m", "l", "c", "d")] == ["a", "{1}", "x", 1.5]


def test_a_slow_query_ends_at_the_time_limit_and_the_engine_can_be_asked_again(
    postgres: PostgresServer,
) -> None:
    with open_engine(postgres.address(SLOW, options="?statement_timeout=300ms")) as engine:
        with pytest.raises(QueryTimeout) as caught:
            engine.columns("select count(nap) as n, max(cast(nap as varchar)) as t from source")
        assert "statement_timeout" in caught.value.fix
        assert engine.columns("select 1 as one")["one"].tolist() == [1]


def test_a_session_that_is_ended_in_the_middle_is_a_lost_connection(postgres: PostgresServer) -> None:
    with open_engine(postgres.address(SLOW)) as engine:
        killer = threading.Thread(target=end_sessions, args=(postgres,))
        killer.start()
        with pytest.raises(ConnectionLost) as caught:
            engine.columns("select max(cast(nap as varchar)) as t from source")
        killer.join()
    assert caught.value.code == "PAY409"
    assert_silent(caught.value)


def test_the_command_line_leaves_with_2_when_the_session_is_ended(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    run = started(postgres, tmp_path)
    end_sessions(postgres)
    _, told = run.communicate(timeout=SECONDS)
    assert run.returncode == 2
    assert "PAY409" in told
    assert PASSWORD not in told
    assert ENCODED not in told


def test_an_interrupt_cancels_the_query_on_the_server(postgres: PostgresServer, tmp_path: Path) -> None:
    run = started(postgres, tmp_path)
    assert wait_for(postgres, running=True)
    os.kill(run.pid, signal.SIGINT)
    _, told = run.communicate(timeout=SECONDS)
    assert run.returncode == 2
    assert "interrupted" in told
    assert wait_for(postgres, running=False)


def test_one_snapshot_is_seen_by_all_queries(postgres: PostgresServer) -> None:
    with postgres.connect() as connection:
        connection.execute("drop table if exists moving; create table moving as select 1::bigint as x")
        with open_engine(postgres.address("moving")) as engine:
            first = engine.columns("select count(*) as n from source")["n"].tolist()
            connection.execute("insert into moving values (2)")
            assert engine.columns("select count(*) as n from source")["n"].tolist() == first == [1]


def test_what_does_not_fit_is_an_overflow_with_the_engine_left_whole(postgres: PostgresServer) -> None:
    with open_engine(postgres.address("nasty")) as engine:
        with pytest.raises(MoneyOverflow):
            engine.columns("select cast(1e300 as bigint) as n")
        assert engine.columns("select 1e300 * 1e300 as v")["v"].tolist() == [float("inf")]


def test_after_close_nothing_answers(postgres: PostgresServer) -> None:
    engine = open_engine(postgres.address("nasty"))
    engine.close()
    with pytest.raises(EngineError):
        engine.columns("select 1 as one")


def started(postgres: PostgresServer, folder: Path) -> "subprocess.Popen[str]":
    """Start the command line on rows that take long to count."""
    spec = folder / "spec.yaml"
    text = "payoff: 1\ndecision: {unit: EUR}\ndata: {outcome: y}\nvalue: {act: 1, skip: 0}\n"
    spec.write_text(text + "model: {name: m, score: p, policy: {threshold: 0.5}}\ntoday: nobody\n")
    rows = "select 1 as y, 0.5::float8 as p from nasty a, nasty b, nasty c where pg_sleep(0.05) is not null"
    command = [sys.executable, "-m", "payoff", "evaluate", str(spec), "--data", postgres.address(rows)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert wait_for(postgres, running=True)
    return run


def end_sessions(postgres: PostgresServer) -> None:
    assert wait_for(postgres, running=True)
    with postgres.connect() as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'payoff' "
            "and query like '%pg_sleep%'"
        )


def wait_for(postgres: PostgresServer, *, running: bool) -> bool:
    """Wait until a slow query of payoff runs, or until none does."""
    query = (
        "select count(*) from pg_stat_activity where application_name = 'payoff' and state = 'active' "
        "and query like '%pg_sleep%'"
    )
    end = time.monotonic() + SECONDS
    with postgres.connect() as connection:
        while time.monotonic() < end:
            if (connection.execute(query).fetchall()[0][0] > 0) is running:
                return True
            time.sleep(0.05)
    return False


def assert_silent(problem: Exception) -> None:
    said = "".join(traceback.format_exception(problem, limit=0)) + repr(problem)
    assert PASSWORD not in said
    assert ENCODED not in said
