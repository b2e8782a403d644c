"""Write ``list.parquet``: the demonstration's contacts with the order in which they would be called without a model.

Run: ``python examples/capacity-bank/make.py``. Whoever bought in an earlier campaign comes first, then the list by its
number, as the bank kept it.
"""

from pathlib import Path

import duckdb

HERE = Path(__file__).parent
ROWS = HERE.parents[1] / "src" / "payoff" / "demonstration" / "bank.parquet"


def main() -> None:
    """Read the demonstration's rows, add the order, write the list beside this script."""
    ordered = "(case when poutcome = 'success' then 1000000 else 0 end) - contact_id as list_order"
    target = HERE / "list.parquet"
    duckdb.sql(f"copy (select *, {ordered} from '{ROWS}' order by contact_id) to '{target}' (format parquet)")


if __name__ == "__main__":
    main()
