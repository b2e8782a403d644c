"""A table too large for the memory that the tests leave, and commands in processes with limits and signals."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import duckdb
import pytest

SOURCE = Path(__file__).parents[2] / "src"
# Two million texts of 38 signs as keys of a hash table take several times what is left of TIGHT.
ROWS = 2_000_000
MIB = 2**20
TIGHT = 960 * MIB

SPEC = """\
payoff: 1
decision: {name: Call, unit: EUR, volume: 1000 per year, actions: [call, skip]}
data: {outcome: y, id: id}
value: {call: "case when outcome then amount * share else 0 end - 2", skip: 0}
assumptions: {share: {likely: 0.1, low: 0.05, high: 0.2}}
model: {name: new, score: p, score_is: probability, policy: {threshold: best}}
today: everybody
slices: [country]
hurdles: [{name: pays, gain: 10 per year, over: nobody}]
"""

COLUMNS = """
    'order-' || md5(cast(i as varchar)) as id,
    case when hash(i) % 100 < 20 then 1 else 0 end as y,
    (hash(i, 1) % 100000) / 100000.0 as p,
    cast(hash(i, 2) % 1000 as double) as amount,
    'c' || (hash(i, 3) % 20) as country
"""


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return rows with text ids, no two alike."""
    path = tmp_path_factory.mktemp("large") / "rows.parquet"
    duckdb.execute(f"copy (select {COLUMNS} from range({ROWS}) as t(i)) to '{path}' (format parquet)")
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where one command runs: its spec, its folder for temporary files, its output."""

    folder: Path

    @property
    def spilled(self) -> list[Path]:
        """Return the files that the engine spills into."""
        return list((self.folder / "tmp").glob("payoff-*/duckdb_temp*"))

    @property
    def left(self) -> list[Path]:
        """Return whatever is left in the folders for temporary files and for output."""
        return [*(self.folder / "tmp").iterdir(), *self.out.glob("*"), *self.out.glob(".*")]

    @property
    def out(self) -> Path:
        """Return the folder for output."""
        return self.folder / "out"

    def start(
        self,
        *arguments: str | Path,
        limits: Sequence[tuple[int, int]] = (),
        before: str = "",
        stderr: int | IO[Any] = subprocess.PIPE,
    ) -> subprocess.Popen[str]:
        """Start a command under limits of the operating system, after some lines of Python."""

        # Set by the process itself: to fork one here would copy the threads of whatever this worker ran before.
        limited = "".join(f"resource.setrlimit({kind}, ({size}, {size})); " for kind, size in limits)
        code = f"import resource; {limited}\n{before}\nfrom payoff.__main__ import main; main()"
        return subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=self.folder,
            env={
                **os.environ,
                "PYTHONPATH": str(SOURCE),
                "TMPDIR": str(self.folder / "tmp"),
                "TERM": "xterm",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )


@pytest.fixture
def room(tmp_path: Path) -> Room:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return Room(folder=tmp_path)


Evaluate = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def evaluate(room: Room, table: Path) -> Iterator[Evaluate]:
    """Start ``payoff evaluate`` on the large table; whatever happens, it does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def start(**how: Any) -> subprocess.Popen[str]:
        process = room.start("evaluate", "spec.yaml", "--data", table, "--out", "out", **how)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
