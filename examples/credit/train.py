"""Score every loan by a model that has not seen it, and write ``credit.parquet`` for ``credit.yaml``.

Run: ``python examples/credit/train.py``. Scores are out of fold: five parts, each scored by a model of the other four.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = Path(__file__).parent
SEED = 4454
SCORE_DECIMALS = 5
WORDS = ["Home", "Marital", "Records", "Job"]
NUMBERS = ["Seniority", "Time", "Age", "Expenses", "Income", "Assets", "Debt", "Amount", "Price", "financed"]
KEPT = ["loan_id", "status", "p_good", "amount", "months", "records", "job", "home"]


def main() -> None:
    """Read, score out of fold, write."""
    rows = pd.read_csv(HERE / "credit_data.csv.gz")
    rows = rows.assign(financed=rows["Amount"] / rows["Price"])
    columns = make_column_transformer(
        (
            make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")),
            WORDS,
        ),
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
    )
    model = make_pipeline(columns, LogisticRegression(C=1.0, max_iter=1000))
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    good = rows["Status"] == "good"
    p_good = cross_val_predict(model, rows[WORDS + NUMBERS], good, cv=folds, method="predict_proba")[:, 1]
    out = rows.rename(columns={"Status": "status", "Amount": "amount", "Time": "months"})
    out = out.rename(columns={"Records": "records", "Job": "job", "Home": "home"})
    out = out.assign(loan_id=np.arange(1, len(rows) + 1), p_good=p_good.round(SCORE_DECIMALS))
    out[["job", "home"]] = out[["job", "home"]].fillna("not stated")
    out[KEPT].to_parquet(HERE / "credit.parquet", index=False)
    print(f"{len(out):,} loans, {good.mean():.1%} good, AUC out of fold {roc_auc_score(good, p_good):.3f}")


if __name__ == "__main__":
    main()
