"""Runs the real command line on rows and a spec, and tells what a user then sees."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from payoff.cli import main


@dataclass(frozen=True, slots=True)
class Seen:
    """What one command left behind: its exit, its words on one line, and ``result.json`` where it was written."""

    exit: int
    words: str
    result: dict[str, Any] | None

    def check(self, code: str) -> dict[str, Any]:
        """Return the one check with that code."""
        if self.result is None:
            raise AssertionError(f"no result was written: {self.words}")
        found = [one for one in self.result["data"]["checks"] if one["code"] == code]
        assert len(found) == 1, self.result["data"]["checks"]
        return dict(found[0])


def spec_of(**changes: Any) -> dict[str, Any]:
    """Return the smallest spec with an id; ``changes`` go into its ``data``, dotted keys into their section."""
    spec: dict[str, Any] = {
        "decision": {"unit": "EUR"},
        "data": {"outcome": "y", "id": "id"},
        "value": {"act": "case when outcome then 10 else -1 end", "skip": 0},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        "today": "nobody",
    }
    for key, value in changes.items():
        section, _, name = key.partition("__")
        if name:
            spec[section][name] = value
        else:
            spec[section] = value
    return spec


def columns_of(n: int = 60) -> dict[str, list[Any]]:
    """Return sound rows: id, y, p, amount, w."""
    return {
        "id": [f"r{j:03d}" for j in range(n)],
        "y": [int(j % 3 == 0) for j in range(n)],
        "p": [round(0.05 + 0.9 * (7 * j % n) / n, 4) for j in range(n)],
        "amount": [float(10 + j) for j in range(n)],
        "w": [1.0] * n,
    }


@pytest.fixture
def columns() -> dict[str, list[Any]]:
    """Return sound rows to spoil."""
    return columns_of()


@pytest.fixture
def spec() -> Callable[..., dict[str, Any]]:
    """Return ``spec_of``."""
    return spec_of


@pytest.fixture
def run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Seen]:
    """Return what runs ``payoff evaluate`` on a spec and columns, or on a file of the given text or bytes."""

    def running(
        asked: dict[str, Any], rows: Any, name: str = "rows.parquet", command: str = "evaluate"
    ) -> Seen:
        data, out = tmp_path / name, tmp_path / "out"
        if isinstance(rows, bytes):
            data.write_bytes(rows)
        elif isinstance(rows, str):
            data.write_text(rows, encoding="utf-8")
        else:
            pyarrow.parquet.write_table(rows if isinstance(rows, pa.Table) else pa.table(rows), data)
        (tmp_path / "spec.json").write_text(json.dumps(asked))
        words = ["payoff", command, str(tmp_path / "spec.json"), "--data", str(data)]
        monkeypatch.setattr(sys, "argv", words + (["--out", str(out)] if command == "evaluate" else []))
        with pytest.raises(SystemExit) as leaving:
            main()
        told = capsys.readouterr()
        result = out / "result.json"
        said = " ".join(f"{told.out} {told.err}".split())
        assert "Traceback" not in said
        return Seen(
            int(leaving.value.code or 0), said, json.loads(result.read_text()) if result.exists() else None
        )

    return running
