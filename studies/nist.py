"""Digits of mean and standard deviation that payoff has right of the nine univariate sets of NIST, on every engine.

    python -m studies.nist [--out studies/results/nist-DATE.json]

Digits are log relative errors, at most 15, against the certified figures. The ceiling is that of the standard
deviation, without rounding, of the values as doubles hold them. Needs PostgreSQL and Java, as `make system` installs.
"""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "engines"))

from nist import certified_sets, deviation_of_doubles, digits_agreed, found_in, rows_of  # noqa: E402
from servers import postgres_server, quiet_import, sail_server, spark_session  # noqa: E402
from test_same_result import there  # noqa: E402

Opened = Callable[[], Any]


@contextmanager
def sail_session() -> Iterator[Any]:
    """Open a session of Spark Connect, served without Java."""
    with sail_server() as place, quiet_import():
        builder = import_module("pyspark.sql.connect.session").SparkSession.builder
        session = builder.remote(f"sc://{place}").create()
        yield session
        session.stop()


ENGINES = {
    "DuckDB": None,
    "PostgreSQL": postgres_server,
    "Spark": spark_session,
    "Spark Connect (Sail)": sail_session,
}
NAMES = {"PostgreSQL": "postgres"}


def figures() -> Iterator[dict[str, Any]]:
    """Yield one entry per engine and set."""
    for engine, opening in ENGINES.items():
        with ExitStack() as stack:
            server = None if opening is None else stack.enter_context(opening())
            for asked in certified_sets():
                rows = rows_of(asked)
                called = NAMES.get(engine, "spark")
                data = rows if server is None else there(called, server, asked.name.lower(), rows)
                found, ceiling = found_in(data), deviation_of_doubles(asked)
                yield {
                    "engine": engine,
                    "set": asked.name,
                    "rows": len(asked.values),
                    "mean": round(digits_agreed(found.mean, asked.mean), 1),
                    "mean_of_doubles": round(digits_agreed(found.estimated, asked.mean), 1),
                    "standard_deviation": round(digits_agreed(found.deviation, asked.standard_deviation), 1),
                    "ceiling": round(digits_agreed(ceiling, asked.standard_deviation), 1),
                }


def main() -> None:
    """Write the figures, one entry to a line."""
    today = dt.datetime.now(tz=dt.UTC).date()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / f"studies/results/nist-{today}.json")
    entries = [json.dumps(one) for one in figures()]
    parser.parse_args().out.write_text("[\n" + ",\n".join(entries) + "\n]\n")


if __name__ == "__main__":
    main()
