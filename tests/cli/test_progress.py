"""The line of progress: what engines say, what followers hear, and what a terminal of any width shows."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

import payoff
from payoff.cli.bar import ERASE, Bar
from payoff.engines.duckdb import DuckDBEngine
from payoff.running.progress import Follower, Reached, Steps

SOURCE = Path(__file__).parents[2] / "src"
BANK = payoff.demo_folder() / "bank.yaml"


def reached(share: float | None, step: str = "counting scores of new", seconds: float = 20.0) -> Reached:
    return Reached(step=step, share=share, rows=1_000_000, seconds=seconds)


class Terminal(io.StringIO):
    """What a terminal is told, which encodes as ``encoding`` says."""

    encoding = "utf-8"  # type: ignore[assignment]

    @property
    def lines(self) -> list[str]:
        return self.getvalue().split(ERASE)[1:]


def drawn(
    monkeypatch: pytest.MonkeyPatch, columns: int, *told: Reached, encoding: str = "utf-8"
) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal = Terminal()
    terminal.encoding = encoding  # type: ignore[misc]
    bar = Bar(terminal)
    for one in told:
        bar.reach(one)
    return terminal.lines


def test_the_line_says_share_rate_time_left_and_step(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = drawn(monkeypatch, 100, reached(0.25))
    assert line.split()[1:] == ["25%", "12.5k", "rows/s", "1:00", "left", "counting", "scores", "of", "new"]
    assert line[:30].count("█") == round(0.25 * 30)


@pytest.mark.parametrize(
    "step", ["short", "counting scores of a very long name " * 5, "日本語" * 30, "e\u0301" * 99]
)
def test_the_line_fits_any_width(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in range(1, 140):
        (line,) = drawn(monkeypatch, columns, reached(0.5, step))
        assert cell_len(line) < columns or not line


def test_a_name_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = drawn(monkeypatch, 200, reached(0.5, "a\x1b[2J\r\n\u202eb"))
    assert line.endswith("a[2Jb")


def test_the_share_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = drawn(monkeypatch, 80, reached(0.5), reached(0.4), reached(0.6))
    assert ["50%" in lines[0], "50%" in lines[1], "60%" in lines[2]] == [True] * 3


def test_where_nobody_can_say_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, 80, reached(None)) == []
    assert "left" not in drawn(monkeypatch, 80, reached(0.001))[0]
    assert "left" not in drawn(monkeypatch, 80, reached(0.5, seconds=0.1))[0]


def test_a_terminal_without_unicode_gets_plain_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = drawn(monkeypatch, 80, reached(0.5, "counting Zoë"), encoding="ascii")
    assert line.isascii()
    assert "###" in line


def test_shares_of_queries_grow_over_steps_and_end_within_one() -> None:
    class Engine:
        def watch(self, told: Any) -> int:
            self.told = told
            return 100

    heard: list[Reached] = []

    class Listener:
        def __call__(self, step: str) -> None: ...

        def reach(self, reached: Reached) -> None:
            heard.append(reached)

    engine: Any = Engine()
    steps = Steps(Listener(), engine, 3)
    for name in ("one", "two", "three", "four"):
        steps(name)
        for _ in range(3):  # queries
            for share in (0.0, 0.2, 0.9):
                engine.told(share)
    shares = [one.share for one in heard]
    assert all(share is not None for share in shares)
    assert shares == sorted(shares)  # type: ignore[type-var]
    assert shares[-1] == 1.0
    assert heard[0].step == "one"
    assert heard[0].rows == 100


def test_a_plain_callable_hears_the_names_of_steps_and_nothing_else() -> None:
    heard: list[Any] = []
    payoff.evaluate(None, BANK, progress=heard.append)
    assert all(type(step) is str for step in heard)
    assert heard[0] == "reading the columns"
    assert heard[-1] == "judging"


def test_a_follower_hears_how_far_a_long_query_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def glance(engine: DuckDBEngine) -> None:
        if engine._told is not None:
            engine._told(0.5)

    monkeypatch.setattr("payoff.engines.waiting.GLANCE", 0.0)
    monkeypatch.setattr(DuckDBEngine, "_glance", glance)
    heard: list[Reached] = []

    class Listener:
        def __call__(self, step: str) -> None: ...

        def reach(self, reached: Reached) -> None:
            heard.append(reached)

    assert isinstance(Listener(), Follower)
    result = payoff.evaluate(None, BANK, progress=Listener())
    assert heard
    assert {one.rows for one in heard} == {result.record.data.rows}
    assert all(one.rate is not None and one.left is not None for one in heard)


def run(*, columns: str = "80", terminal: bool, term: str = "xterm") -> tuple[str, str]:
    """Return what stdout and stderr were told by an evaluation."""
    reader, writer = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "payoff", "evaluate", str(BANK), "--json"],
        env={**os.environ, "PYTHONPATH": str(SOURCE), "TERM": term, "COLUMNS": columns},
        stdout=subprocess.PIPE,
        stderr=writer if terminal else subprocess.PIPE,
        text=True,
    )
    os.close(writer)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    if terminal:
        err = ""
        try:
            while part := os.read(reader, 65536):
                err += part.decode()
        except OSError:
            pass
    os.close(reader)
    return out, err


def test_a_terminal_is_left_clean_and_the_json_pure() -> None:
    out, err = run(terminal=True)
    assert out.startswith("{")
    assert "\x1b" not in out
    assert "judging" in err
    assert err.endswith(ERASE)


def test_nothing_is_told_to_what_is_no_terminal() -> None:
    assert run(terminal=False)[1] == ""
    assert run(terminal=True, term="dumb")[1] == ""
