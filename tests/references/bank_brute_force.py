"""Value of fixed policies on the bank demonstration, row by row in plain Python, without payoff.

Run ``python tests/references/bank_brute_force.py`` to rewrite ``bank_expected.json``.
"""

import json
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import yaml

HERE = Path(__file__).parent
DEMONSTRATION = HERE.parents[1] / "src" / "payoff" / "demonstration"
LIMIT = 20000
POLICIES = {
    "nobody": lambda row: False,
    "everybody": lambda row: True,
    "last_success": lambda row: row["poutcome"] == "success",
    "older at 0.1": lambda row: row["p_older"] >= 0.1,
    **{
        f"boosted at {at}": lambda row, at=at: row["p_subscribe"] >= at for at in (0.02, 0.03, 0.05, 0.1, 0.2)
    },
}


def value_of_call(row, a):
    if row["subscribed"] != "yes":
        return -a["call_cost"]
    deposit = a["deposit_share"] * a["margin"] * min(max(row["balance"], 0), LIMIT)
    return (deposit + a["relationship"]) * (1 - a["would_anyway"]) - a["call_cost"]


def policy_figures(rows, acts, a):
    total, counts = Fraction(0), {"tp": 0, "fp": 0, "fn": 0, "tn": 0}
    for row in rows:
        acted, positive = acts(row), row["subscribed"] == "yes"
        counts[("t" if acted == positive else "f") + ("p" if acted else "n")] += 1
        total += value_of_call(row, a) if acted else 0
    return {"value_total": float(total), "value_per_row": float(total / len(rows)), **counts}


def main():
    rows = pq.read_table(DEMONSTRATION / "bank.parquet").to_pylist()
    spec = yaml.safe_load((DEMONSTRATION / "bank.yaml").read_text())
    likely = {name: Fraction(str(given["likely"])) for name, given in spec["assumptions"].items()}
    figures = {name: policy_figures(rows, acts, likely) for name, acts in POLICIES.items()}
    document = {"rows": len(rows), "policies": figures}
    (HERE / "bank_expected.json").write_text(json.dumps(document, indent=2) + "\n")
    for name, found in figures.items():
        print(name, found)


if __name__ == "__main__":
    main()
