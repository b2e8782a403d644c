"""Ctrl-C and a request to end, sent as real signals while payoff loads, counts, spills and writes."""

import os
import pty
import resource
import signal
import subprocess
import time
from collections.abc import Callable

import pytest
from tests.large.conftest import TIGHT, Evaluate, Room

GLANCE = 0.01
LONGEST = 120.0
# What is promised is about two seconds; the machine that tests run on may be busy with others.
PROMISED = 4.0
SAID = "interrupted; nothing was half-written.\n"
SIGNALS = (signal.SIGINT, signal.SIGTERM)

# Writing takes no time: it is made to take some, and to say that it has begun.
SLOW_DISK = """
import os, sys, time
def slow(handle):
    open("tmp/writing", "w").close()
    time.sleep(60)
os.fsync = slow
"""


def wait(process: subprocess.Popen[str], reached: Callable[[], object]) -> None:
    until = time.monotonic() + LONGEST
    while not reached():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(GLANCE)


def stop(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send the signal, hold the process to its promise, and return what it said."""
    sent = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=LONGEST)
    assert time.monotonic() - sent < PROMISED
    assert process.returncode == 2
    assert out == ""
    return err


def read(terminal: int) -> str:
    """Return what a terminal was told until its other end was closed."""
    told = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            return told.decode()
        if not part:
            return told.decode()
        told += part


@pytest.mark.parametrize("number", SIGNALS)
def test_while_spilling(number: signal.Signals, evaluate: Evaluate, room: Room) -> None:
    process = evaluate(limits=[(resource.RLIMIT_AS, TIGHT)])
    wait(process, lambda: room.spilled)
    assert stop(process, number) == SAID
    assert not room.left


@pytest.mark.parametrize("number", SIGNALS)
def test_while_counting_on_a_terminal(number: signal.Signals, evaluate: Evaluate, room: Room) -> None:
    reader, writer = pty.openpty()
    process = evaluate(stderr=writer)
    os.close(writer)
    told = ""
    while "rows/s" not in told:
        told += os.read(reader, 4096).decode()
    stop(process, number)
    told += read(reader)
    os.close(reader)
    assert told.endswith("\r\x1b[K" + SAID.replace("\n", "\r\n"))
    assert "Traceback" not in told
    assert not room.left


@pytest.mark.parametrize("number", SIGNALS)
def test_while_writing(number: signal.Signals, room: Room) -> None:
    process = room.start("demo", "--out", "out", before=SLOW_DISK)
    begun = room.folder / "tmp" / "writing"
    wait(process, begun.exists)
    assert stop(process, number) == SAID
    begun.unlink()
    assert not room.left


@pytest.mark.parametrize("number", SIGNALS)
def test_while_modules_are_loaded(number: signal.Signals, room: Room) -> None:
    # The audit hook tells of the first heavy module, when the command line is not there yet.
    hook = (
        "import os, sys, time\n"
        "def told(event, args):\n"
        "    if event == 'import' and args[0] == 'typer':\n"
        "        open('tmp/loading', 'w').close()\n"
        "        time.sleep(60)\n"
        "sys.addaudithook(told)\n"
    )
    process = room.start("demo", "--out", "out", before=hook)
    begun = room.folder / "tmp" / "loading"
    wait(process, begun.exists)
    assert stop(process, number) == SAID


def test_what_does_not_hear_is_ended_all_the_same(room: Room) -> None:
    deaf = (
        "import time\n"
        "from payoff.engines import waiting\n"
        "import payoff.engines.duckdb as engine\n"
        "real = engine.wait_for\n"
        "def sleep(ask, connection, stop, glance):\n"
        "    def slow():\n"
        "        open('tmp/asking', 'w').close()\n"
        "        time.sleep(60)\n"
        "    return real(slow, connection, stop, glance)\n"
        "engine.wait_for = sleep\n"
    )
    process = room.start("demo", "--out", "out", before=deaf)
    begun = room.folder / "tmp" / "asking"
    wait(process, begun.exists)
    process.send_signal(signal.SIGINT)  # a second one, impatiently, changes nothing
    assert stop(process, signal.SIGINT) == SAID
    begun.unlink()
    assert not room.left


def test_signals_that_the_caller_wants_ignored_are_ignored(room: Room) -> None:
    process = room.start(
        "demo", "--out", "out", before="import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + PAUSE
    )
    wait(process, (room.folder / "tmp" / "running").exists)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=LONGEST)
    assert process.returncode == 0


PAUSE = """
import payoff.storage, os
def told(handle, real=os.fsync):
    open("tmp/running", "w").close()
    import time; time.sleep(0.3)
os.fsync = told
"""
