"""Train an older (logistic) and a newer (boosted) model on the earlier contacts, predict the later ones.

Writes ``src/payoff/demonstration/bank.parquet``. Run: ``python examples/bank/train.py``.

Inferred, not given: the year. The file is ordered in time and starts in May 2008; the year goes up
whenever the month goes down. Left out of the features: ``duration`` and ``campaign`` (known only after the
calls), ``month`` and ``day`` (the training part holds less than one year).
"""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "src" / "payoff" / "demonstration" / "bank.parquet"
SEED = 20141
FIRST_YEAR = 2008
CUT = pd.Timestamp("2009-04-01")
SCORE_DECIMALS = 5
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WORDS = ["job", "marital", "education", "default", "housing", "loan", "contact", "poutcome"]
NUMBERS = ["age", "balance_log", "pdays", "previous"]
AGES = {"under 30": 30, "30 to 39": 40, "40 to 49": 50, "50 to 59": 60, "60 and over": 200}
KEPT = ["contact_id", "contacted_on", "subscribed", "p_subscribe", "p_older", "poutcome", "job", "age_band",
        "education", "housing", "balance"]  # fmt: skip


def contacts() -> pd.DataFrame:
    """Return the raw rows with an id (the line's place), the inferred date and the derived columns."""
    rows = pd.read_csv(HERE / "bank-full.csv.gz", sep=";")
    month = rows["month"].map({name: number for number, name in enumerate(MONTHS, start=1)})
    year = FIRST_YEAR + (month.diff() < 0).cumsum()
    parts = pd.DataFrame({"year": year, "month": month, "day": rows["day"]})
    edges = [0, *AGES.values()]
    return rows.assign(
        contact_id=np.arange(1, len(rows) + 1),
        contacted_on=pd.to_datetime(parts),
        subscribed=rows["y"],
        balance_log=np.sign(rows["balance"]) * np.log1p(rows["balance"].abs()),
        age_band=pd.cut(rows["age"], edges, right=False, labels=list(AGES)).astype(str),
    )


def models() -> dict[str, object]:
    """Return both models, untrained, under the column that each one fills."""
    encoded = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), WORDS), (StandardScaler(), NUMBERS)
    )
    coded = make_column_transformer((OrdinalEncoder(), WORDS), ("passthrough", NUMBERS))
    boosted = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=150,
        max_leaf_nodes=15,
        min_samples_leaf=50,
        categorical_features=list(range(len(WORDS))),
        early_stopping=False,
        random_state=SEED,
    )
    return {
        "p_older": make_pipeline(encoded, LogisticRegression(max_iter=2000)),
        "p_subscribe": make_pipeline(coded, boosted),
    }


def main() -> None:
    """Train on the contacts before the cut, predict those after it, print what the README states."""
    rows = contacts()
    backwards = int((rows["contacted_on"].diff().dt.days < 0).sum())
    print(f"{len(rows)} rows, {rows.contacted_on.min():%F} to {rows.contacted_on.max():%F}; "
          f"{backwards} go back in time")  # fmt: skip
    earlier, later = rows[rows["contacted_on"] < CUT], rows[rows["contacted_on"] >= CUT].copy()
    for name, part in (("earlier", earlier), ("later", later)):
        print(
            f"{name}: {len(part)} rows, {(part.y == 'yes').sum()} subscribed, {(part.y == 'yes').mean():.4f}"
        )
    for column, model in models().items():
        model.fit(earlier[WORDS + NUMBERS], earlier["y"] == "yes")
        later[column] = model.predict_proba(later[WORDS + NUMBERS])[:, 1].round(SCORE_DECIMALS)
        auc = roc_auc_score(later["y"] == "yes", later[column])
        print(f"{column}: AUC {auc:.4f}, mean score {later[column].mean():.4f}")
    later["contacted_on"] = later["contacted_on"].dt.date
    later[KEPT].to_parquet(TARGET, index=False, compression="zstd")
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
