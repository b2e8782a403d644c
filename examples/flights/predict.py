"""Learn how late flights to Denver arrive from January and February, and say how much buffer each later one needs.

Writes ``flights.parquet``, one row per flight from March to June. Run: ``python examples/flights/predict.py``.

The value asks for the two-thirds quantile of the delay (a minute planned costs 30, a minute not covered 90), so that is
what both models predict: boosted trees by origin, hour, weekday and distance, and a table of quantiles by hour alone.
Two more quantiles make an interval that is meant to cover four flights of five.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

HERE = Path(__file__).parent
TARGET = HERE / "flights.parquet"
CUT = pd.Timestamp("2001-03-01")
LEVEL, ENDS = 2 / 3, (0.1, 0.9)
SEED = 2001


def flights() -> pd.DataFrame:
    """Return the raw rows with an id (the line's place), the weekday and the origin as a number."""
    rows = pd.read_csv(HERE / "flights.csv.gz", parse_dates=["day"])
    return rows.assign(
        flight=np.arange(1, len(rows) + 1),
        weekday=rows["day"].dt.day_of_week,
        place=rows["origin"].astype("category").cat.codes,
    )


def learned(seen: pd.DataFrame, later: pd.DataFrame, level: float) -> np.ndarray:
    """Return one quantile of the delay of later flights, learned from those seen."""
    model = HistGradientBoostingRegressor(
        loss="quantile",
        quantile=level,
        max_iter=150,
        learning_rate=0.05,
        max_leaf_nodes=15,
        min_samples_leaf=40,
        categorical_features=[0],
        random_state=SEED,
    )
    features = ["place", "hour", "weekday", "distance"]
    return np.asarray(model.fit(seen[features], seen["delay"]).predict(later[features]))


def main() -> None:
    """Split by time, learn, predict, write."""
    rows = flights()
    seen, later = rows[rows["day"] < CUT], rows[rows["day"] >= CUT].copy()
    by_hour = seen.groupby("hour")["delay"].quantile(LEVEL)
    everywhere = seen["delay"].quantile(LEVEL)
    later["boosted"] = learned(seen, later, LEVEL).clip(min=0).round(1)
    later["hourly"] = later["hour"].map(by_hour).fillna(everywhere).clip(lower=0).round(1)
    low, high = (learned(seen, later, level) for level in ENDS)
    later["p10"], later["p90"] = np.minimum(low, high).round(1), np.maximum(low, high).round(1)
    later["part_of_day"] = np.select(
        [later["hour"] < 9, later["hour"] < 14, later["hour"] < 18],
        ["morning", "midday", "afternoon"],
        "evening",
    )
    columns = ["flight", "day", "origin", "part_of_day", "delay", "boosted", "hourly", "p10", "p90"]
    later = later.assign(day=later["day"].dt.date)[columns]
    later.to_parquet(TARGET, index=False)
    print(f"{len(later):,} flights in {TARGET.name}")


if __name__ == "__main__":
    main()
