"""The engines that every test of meaning runs on, each over the same rows; makes `servers` and `nasty` importable."""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import nasty
from servers import PostgresServer, postgres_server, quiet_import, sail_server, spark_session

from payoff.engines import Engine, open_engine

# Those with the mark need a package of the system.
ENGINES = [
    pytest.param("postgres", marks=pytest.mark.system),
    pytest.param("spark", marks=pytest.mark.system),
    "sail",
]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server of PostgreSQL with the table `nasty`."""
    with postgres_server() as server:
        with server.connect() as connection:
            nasty.into_postgres(connection)
        yield server


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session of Spark on Java."""
    with spark_session() as session:
        yield session


@pytest.fixture(scope="session")
def sail() -> Iterator[Any]:
    """A session of Spark Connect, served without Java."""
    with sail_server() as place, quiet_import():
        session = (
            import_module("pyspark.sql.connect.session").SparkSession.builder.remote(f"sc://{place}").create()
        )
        yield session
        session.stop()


@pytest.fixture(scope="session")
def opened(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Engine]]:
    """Open each engine over the nasty table once, when it is first asked for."""
    found: dict[str, Engine] = {}

    def open_once(name: str) -> Engine:
        if name not in found:
            server = None if name == "duckdb" else request.getfixturevalue(name)
            found[name] = over_nasty(name, server)
        return found[name]

    yield open_once
    for engine in found.values():
        engine.close()


def over_nasty(name: str, server: Any) -> Engine:
    """Return an engine over the nasty table."""
    if name == "duckdb":
        return open_engine(nasty.arrow())
    if name == "postgres":
        return open_engine(server.address("nasty"))
    return open_engine(nasty.into_spark(server))


@pytest.fixture
def engine(request: pytest.FixtureRequest, opened: Callable[[str], Engine]) -> Engine:
    """The engine that a test is run on; parametrized through ENGINES."""
    return opened(request.param)


@pytest.fixture
def duck(opened: Callable[[str], Engine]) -> Engine:
    """DuckDB over the same rows, which says what is right."""
    return opened("duckdb")


@pytest.fixture
def is_sail(request: pytest.FixtureRequest) -> bool:
    """Whether the test runs on Sail."""
    return bool(request.node.callspec.params.get("engine") == "sail")
