"""A folder with rows and a spec, and the command line run in it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.cli.calls import SOURCE, SPEC, Run, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    lines = ["id,y,p,q"]
    for j in range(600):
        p = round(float(rng.random()), 3)
        lines.append(f"{j:05d},{int(rng.random() < p)},{p},{round(0.5 * p + 0.25, 3)}")
    (tmp_path / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write(tmp_path, SPEC)
    return tmp_path


@pytest.fixture
def payoff(folder: Path) -> Run:
    """Run one command in the folder; whatever happens, no traceback reaches stderr."""

    def run(*arguments: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(SOURCE), "NO_COLOR": "1", "COLUMNS": "100"}
        done = subprocess.run(
            [sys.executable, "-m", "payoff", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert "Traceback" not in done.stdout, done.stdout
        if code is not None:
            assert done.returncode == code, done.stdout + done.stderr
        return done

    return run
