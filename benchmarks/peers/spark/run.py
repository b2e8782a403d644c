"""payoff on a Spark frame, in a session with two threads that is up before the clock starts."""

import os
import sys
from pathlib import Path
from typing import Any

from benchmarks.script import carry_out
from pyspark.sql import SparkSession

import payoff

SESSION = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.memory", "6g")
    .config("spark.sql.shuffle.partitions", "2")
    .getOrCreate()
)
SESSION.range(10).count()


def answer(source: str) -> dict[str, Any]:
    """Evaluate, save and render; return the verdict."""
    folder = Path(sys.argv[2]).parent
    result = payoff.evaluate(SESSION.read.parquet(source), os.environ["PAYOFF_BENCH_SPEC"])
    result.save(folder)
    (folder / "report.html").write_text(result.to_html(), encoding="utf-8")
    return {"verdict": result.verdict.overall}


if __name__ == "__main__":
    carry_out(answer, ["pyspark", "duckdb"])
