"""Addresses are followed or refused, and what is secret in them is never said."""

import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

from payoff.engines import is_address, open_engine, refuse_written_password, shown
from payoff.engines.addresses import hidden, read_address
from payoff.engines.relations import is_query, table_parts
from payoff.errors import PayoffError
from payoff.errors.engine import CannotConnect, NotARelation, UnclearAddress
from payoff.errors.usage import MissingExtra

CANARY = "canary/p@ss:word#1"
ENCODED = "canary%2Fp%40ss%3Aword%231"
NOBODY_LISTENS = "127.0.0.1:1"


def test_an_address_is_read_into_its_parts_and_decoded() -> None:
    found = read_address(f"postgres://ann:{ENCODED}@h1:5433,h2/shop?sslmode=require#sales.calls")
    assert (found.scheme, found.hosts, found.database, found.user) == (
        "postgresql",
        "h1:5433,h2",
        "shop",
        "ann",
    )
    assert found.password == CANARY
    assert found.options == {"sslmode": "require"}
    assert found.relation == "sales.calls"
    assert found.place == "postgresql://h1:5433,h2/shop#sales.calls"
    spark = read_address("sc://spark.example:15002/;token=abc;user_id=ann#select 1 as a where 'x#y' = 'x#y'")
    assert spark.options == {"token": "abc", "user_id": "ann"}
    assert spark.relation == "select 1 as a where 'x#y' = 'x#y'"


def test_variables_are_taken_from_the_environment_and_need_no_encoding() -> None:
    known = {"PW": CANARY, "SHOP": f"postgresql://ann:{ENCODED}@db.example/shop"}
    assert read_address("postgresql://ann:${PW}@db.example/shop#t", known).password == CANARY
    whole = read_address("${SHOP}#t", known)
    assert (whole.password, whole.hosts) == (CANARY, "db.example")
    with pytest.raises(UnclearAddress) as caught:
        read_address("postgresql://ann:${GONE}@db.example/shop#t", known)
    assert "GONE" in str(caught.value)
    assert "ann" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://ann:{CANARY}@db.example/shop#t",
        f"postgresql://ann:{ENCODED}@db.example/shop",
        f"postgresql://ann:{ENCODED}@db.example/shop#  ",
        f"postgresql://ann:{ENCODED}@db.exam ple/shop#t",
        f"postgresql://ann:{ENCODED}@db.example:port/shop#t",
        f"sc://spark.example:15002/;token={ENCODED}",
    ],
)
def test_an_address_that_cannot_be_followed_shows_an_example_and_no_secret(text: str) -> None:
    with pytest.raises(UnclearAddress) as caught:
        open_engine(text)
    assert "://" in caught.value.expected
    assert_silent(caught.value)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("postgresql://h/d#t", True), ("postgres://h/d", True), ("sc://h:1#t", True), ("${URL}#t", True),
        ("rows.csv", False), ("folder/sc.parquet", False), ("${HOME}/rows.csv", False), ("mysql://h/d#t", False),
    ],
)  # fmt: skip
def test_addresses_are_told_from_paths(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one


def test_a_password_in_a_spec_is_refused_and_a_variable_is_not() -> None:
    for text in (
        f"postgresql://ann:{ENCODED}@h/d#t",
        "postgresql://h/d?password=abc#t",
        "sc://h:1/;token=abc#t",
    ):
        with pytest.raises(UnclearAddress) as caught:
            refuse_written_password(text)
        assert_silent(caught.value)
    for text in (
        "postgresql://ann:${PW}@h/d#t",
        "postgresql://ann@h/d#t",
        "sc://h:1/;token=${TOKEN}#t",
        "${URL}#t",
    ):
        refuse_written_password(text)


def test_an_address_is_shown_without_its_password() -> None:
    assert shown(f"postgresql://ann:{ENCODED}@h/d#t") == "postgresql://ann:${PGPASSWORD}@h/d#t"
    assert shown("sc://h:1/;token=abc;user_id=ann#t") == "sc://h:1/;token=${SECRET};user_id=ann#t"


def test_secrets_are_hidden_in_every_form() -> None:
    address = read_address(f"postgresql://ann:{ENCODED}@h/d#t")
    assert hidden(f"x {CANARY} y {ENCODED} z", address.secrets) == "x *** y *** z"
    assert CANARY not in repr(address)
    assert ENCODED not in repr(address)


@pytest.mark.parametrize("text", ["a b", "a;b", "a'b", "", "a.", ".a", 'a"b', "drop table t", "t; select 1"])
def test_what_is_neither_a_name_nor_a_query_is_refused(text: str) -> None:
    assert not is_query(text)
    with pytest.raises(NotARelation):
        table_parts(text)


def test_names_keep_what_stands_in_quotes() -> None:
    assert table_parts('Sales."Calls.May"') == ("Sales", "Calls.May")
    assert table_parts('"a""b"') == ('a"b',)
    assert table_parts("`a``b`.c") == ("a`b", "c")


@pytest.mark.parametrize("scheme", ["postgresql", "sc"])
def test_a_server_that_does_not_answer_is_an_error_without_the_password(
    scheme: str, monkeypatch: Any
) -> None:
    secret = (
        f"ann:{ENCODED}@{NOBODY_LISTENS}/d"
        if scheme == "postgresql"
        else f"{NOBODY_LISTENS}/;token={ENCODED}"
    )
    monkeypatch.setenv("SPARK_CONNECT_RETRIES", "0")
    with pytest.raises(CannotConnect) as caught:
        open_engine(f"{scheme}://{secret}#t")
    assert caught.value.code == "PAY405"
    assert_silent(caught.value)


@pytest.mark.parametrize(("scheme", "package"), [("postgresql", "psycopg"), ("sc", "pyspark")])
def test_a_missing_package_is_named_with_how_to_install_it(
    scheme: str, package: str, monkeypatch: Any
) -> None:
    for name in [one for one in sys.modules if one.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra) as caught:
        open_engine(f"{scheme}://ann:{ENCODED}@h/d#t" if scheme == "postgresql" else "sc://h:1#t")
    assert "pip install 'payoff[" in caught.value.fix
    assert_silent(caught.value)


def test_the_command_line_takes_an_address_and_prints_no_secret(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    text = "payoff: 1\ndecision: {unit: EUR}\ndata: {outcome: y}\nvalue: {act: 1, skip: 0}\n"
    spec.write_text(text + "model: {name: m, score: p, policy: {threshold: 0.5}}\ntoday: nobody\n")
    address = f"postgresql://ann:{ENCODED}@{NOBODY_LISTENS}/d#t"
    for debug in ([], ["--debug"]):
        command = [sys.executable, "-m", "payoff", "evaluate", str(spec), "--data", address, *debug]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "PAY405" in run.stderr
        assert CANARY not in run.stdout + run.stderr
        assert ENCODED not in run.stdout + run.stderr
        assert run.returncode == (1 if debug else 2)


def assert_silent(problem: PayoffError) -> None:
    """No form of the secret is in what is shown, nor in what a traceback would show."""
    said = "".join(traceback.format_exception(problem, limit=0)) + str(problem) + repr(problem)
    assert CANARY not in said
    assert ENCODED not in said
