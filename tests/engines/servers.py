"""Servers for tests, started from what the machine has and stopped with the session. A missing one is a failure."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest

PASSWORD = "canary/p@ss:word#1"
ENCODED = "canary%2Fp%40ss%3Aword%231"
SECONDS = 60


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server of its own, reached by a socket in its folder and by a port of this machine."""

    folder: Path
    port: int

    def address(self, relation: str, *, user: str = "postgres", options: str = "") -> str:
        """Return the address of a relation for payoff."""
        return f"postgresql://{user}:{ENCODED}@127.0.0.1:{self.port}/postgres{options}#{relation}"

    def connect(self) -> "psycopg.Connection[Any]":
        """Return a connection of the owner of everything."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            dbname="postgres",
            user="postgres",
            password=PASSWORD,
            autocommit=True,
        )


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start PostgreSQL in a temporary folder; as root, under the account nobody, since it refuses root."""
    folder = Path(tempfile.mkdtemp(prefix="payoff-postgres-"))
    account = _account()
    if account:
        os.chown(folder, account["user"], account["group"])
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    port = _free_port()
    settings = (
        f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
    )
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [str(_programs() / program), "-D", str(data), *arguments]
        subprocess.run(
            command,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=SECONDS,
            env={"LC_ALL": "C.UTF-8"},
            **account,
        )

    try:
        run(
            "initdb",
            "-U",
            "postgres",
            "-A",
            "scram-sha-256",
            f"--pwfile={secret}",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        )
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", settings, "start")
        try:
            yield PostgresServer(folder, port)
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    named = shutil.which("initdb")
    if found:
        return found[-1].parent
    if named:
        return Path(named).parent
    pytest.fail("PostgreSQL is not installed: make system")


def _account() -> dict[str, Any]:
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def spark_session() -> Iterator[Any]:
    """Start Spark in a Java machine of its own: one thread, little memory, no pages."""
    if shutil.which("java") is None:
        pytest.fail("Java is not installed: make system")
    with quiet_import():
        builder = import_module("pyspark.sql").SparkSession.builder.master("local[1]").appName("payoff-tests")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "2g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": tempfile.mkdtemp(prefix="payoff-spark-"),
        "spark.log.level": "OFF",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()
        shutil.rmtree(settings["spark.sql.warehouse.dir"], ignore_errors=True)


@contextmanager
def sail_server() -> Iterator[str]:
    """Start Sail, which speaks Spark Connect without Java, in this process; give its address."""
    server = import_module("pysail.spark").SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    try:
        yield f"127.0.0.1:{server.listening_address[1]}"
    finally:
        server.stop()


@contextmanager
def quiet_import() -> Iterator[None]:
    """Pyspark remarks on the version of pandas when it is imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
