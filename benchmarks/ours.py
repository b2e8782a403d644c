"""payoff from Python, in one process: the whole answer, with ``result.json`` and ``report.html`` written."""

import os
import sys
from pathlib import Path
from typing import Any

import payoff
from benchmarks.script import carry_out

SPEC = "PAYOFF_BENCH_SPEC"


def answer(source: str) -> dict[str, Any]:
    """Evaluate, save and render; return how much came out."""
    folder = Path(sys.argv[2]).parent
    result = payoff.evaluate(source, os.environ[SPEC])
    result.save(folder)
    (folder / "report.html").write_text(result.to_html(), encoding="utf-8")
    return {"verdict": result.verdict.overall}


if __name__ == "__main__":
    carry_out(answer, ["duckdb", "numpy"])
