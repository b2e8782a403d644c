"""The hash of the rows: equal for equal rows in any order, on any engine."""

import hashlib

from payoff.tabulation import Plan, used_columns


def data_hash(plan: Plan, rows: int, hashed: int) -> str:
    """Return sha256 over the number of rows and the sum of their hashes, of the columns that the spec uses.

    Rows of weight zero are no part of it, as of nothing else.
    """
    text = f"payoff/rows/2 {rows} {hashed} {chr(31).join(used_columns(plan))}"
    return hashlib.sha256(text.encode()).hexdigest()
