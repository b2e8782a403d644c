"""What goes wrong on Spark is said in payoff's words; the session of the user is left as it was."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nasty
import pytest
from servers import sail_server

from payoff.engines import open_engine
from payoff.engines.spark import RULES, SparkEngine
from payoff.errors.engine import MissingTable, MoneyOverflow, NotARelation, QueryFailed, UnreadableData

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120
KINDS = [pytest.param("spark", marks=pytest.mark.system), "sail"]


@pytest.fixture
def session(request: pytest.FixtureRequest) -> Any:
    """The session named by the parameter."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def table(session: Any) -> Iterator[str]:
    """A view of the user's own, with a name that needs quotes."""
    nasty.into_spark(session).createOrReplaceTempView("select")
    yield '"select"'
    session.catalog.dropTempView("select")


@pytest.mark.parametrize("session", KINDS, indirect=True)
def test_a_table_and_a_query_are_read_and_the_session_goes_on(session: Any, table: str) -> None:
    for relation in (table, "select id, x from `select` -- all"):
        with SparkEngine.over_table(session, relation) as engine:
            assert engine.columns("select count(*) as n from source")["n"].tolist() == [12]
            assert "id" in engine.integers
            assert "x" in engine.floats
            assert engine.name.startswith("spark 4.")
    assert session.sql("select 1 as one").collect()[0]["one"] == 1


@pytest.mark.parametrize("session", KINDS, indirect=True)
def test_a_frame_leaves_no_view_behind(session: Any) -> None:
    before = {one.name for one in session.catalog.listTables()}
    with open_engine(nasty.into_spark(session)) as engine:
        assert engine.schema["moment"] == "timestamptz"
        assert engine.schema["stamp"] == "timestamp"
    assert {one.name for one in session.catalog.listTables()} == before


@pytest.mark.system
def test_rules_of_the_session_are_set_for_a_query_and_put_back(spark: Any) -> None:
    own = {"spark.sql.ansi.enabled": "false", "spark.sql.session.timeZone": "America/New_York"}
    own |= {"spark.sql.parser.escapedStringLiterals": "true"}
    before = {name: spark.conf.get(name) for name in RULES}
    frame = nasty.into_spark(spark)
    try:
        for name, value in own.items():
            spark.conf.set(name, value)
        with open_engine(frame) as engine:
            with pytest.raises(MoneyOverflow):
                engine.columns("select cast(1e300 as bigint) as n from source")
            found = engine.columns('select count(*) as n from source where "te""xt" = \'a\\b\'')
            assert found["n"].tolist() == [1]
        assert {name: spark.conf.get(name) for name in own} == own
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)


@pytest.mark.parametrize("session", KINDS, indirect=True)
@pytest.mark.parametrize("relation", ["nowhere", "nowhere.calls", "select * from nowhere"])
def test_a_table_that_is_not_there_is_missing(session: Any, relation: str) -> None:
    with pytest.raises(MissingTable):
        SparkEngine.over_table(session, relation)


@pytest.mark.parametrize("session", KINDS, indirect=True)
@pytest.mark.parametrize(
    "relation",
    [
        "insert into t values (1)",
        "select 1 as a; select 2",
        "select 1 as a) as t; drop table t; select (1",
        "drop view v",
    ],
)
def test_nothing_but_one_query_that_reads_is_run(session: Any, relation: str) -> None:
    with pytest.raises((NotARelation, QueryFailed)):
        SparkEngine.over_table(session, relation)


@pytest.mark.parametrize("session", KINDS, indirect=True)
def test_two_columns_of_one_name_are_refused(session: Any) -> None:
    with pytest.raises(UnreadableData):
        SparkEngine.over_table(session, "select 1 as a, 2 as a")


@pytest.mark.parametrize("session", KINDS, indirect=True)
def test_a_long_name_in_quotes_is_a_name(session: Any) -> None:
    extra = {nasty.LONG: ("bigint", list(range(12)))}
    quoted = '"' + nasty.LONG.replace('"', '""') + '"'
    with open_engine(nasty.into_spark(session, extra)) as engine:
        assert engine.columns(f"select max({quoted}) as m from source")["m"].tolist() == [11]


def test_an_address_of_spark_connect_opens_a_session_of_its_own(sail: Any) -> None:
    with sail_server() as place:
        with open_engine(f"sc://{place}#select 1 as y, 0.5e0 as p") as engine:
            assert dict(engine.schema) == {"y": "number", "p": "number"}
            assert engine.columns("select sum(y) as s from source")["s"].tolist() == [1.0]
        assert sail.sql("select 1 as one").collect()[0]["one"] == 1


@pytest.mark.system
def test_a_java_machine_that_dies_in_the_middle_is_a_lost_connection() -> None:
    run = script(
        """
        from threading import Timer
        killer = Timer(4.0, lambda: os.kill(session._sc._gateway.proc.pid, signal.SIGKILL))
        frame = session.range(10).selectExpr("id", "java_method('java.lang.Thread', 'sleep', 2000L) as nap")
        with open_engine(frame) as engine:
            killer.start()
            try:
                engine.columns("select max(nap) as m from source")
            except PayoffError as problem:
                print(problem.code)
        """
    )
    assert "PAY409" in run.stdout, run.stderr[-2000:]


@pytest.mark.system
def test_a_session_that_was_stopped_is_a_lost_connection() -> None:
    run = script(
        """
        engine = open_engine(session.range(10))
        session.stop()
        try:
            engine.columns("select count(*) as n from source")
        except PayoffError as problem:
            print(problem.code)
        engine.close()
        """
    )
    assert "PAY409" in run.stdout, run.stderr[-2000:]


@pytest.mark.system
def test_without_pyarrow_a_classic_session_still_answers() -> None:
    run = script(
        """
        sys.modules["pyarrow"] = None
        import payoff.engines.spark as spark
        spark.find_spec = lambda name: None
        with open_engine(session.range(5).selectExpr("id", "id / 2 as half", "cast(id as string) as t")) as engine:
            found = engine.columns("select max(half) as h, count(*) as n, max(t) as t, sum(id) as s from source")
            print({name: column.tolist() for name, column in found.items()})
        """
    )
    assert "{'h': [2.0], 'n': [5], 't': ['4'], 's': [10.0]}" in run.stdout, run.stderr[-2000:]


def script(body: str) -> "subprocess.CompletedProcess[str]":
    """Run lines with a session of their own, in a process of their own."""
    head = """
        import os, signal, sys, warnings
        warnings.simplefilter("ignore")
        from servers import spark_session
        from payoff.engines import open_engine
        from payoff.errors import PayoffError
        with spark_session() as session:
    """
    text = textwrap.dedent(head) + textwrap.indent(textwrap.dedent(body), "    ")
    path = os.pathsep.join([str(ROOT / "src"), str(Path(__file__).parent)])
    return subprocess.run(
        [sys.executable, "-c", text], env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True,
        timeout=SECONDS, check=False,
    )  # fmt: skip
