"""The hash of the rows: equal for equal rows in any order, on any engine."""

import hashlib

from payoff.tabulation import Plan, Prepared, used_columns


def data_hash(plan: Plan, ready: Prepared) -> str:
    """Return sha256 over the number of rows and the sum of their hashes, of the columns that the spec uses.

    Rows of weight zero are no part of it, as of nothing else.
    """
    counts = ready.counts
    text = f"payoff/rows/2 {counts.count('n')} {counts.count('h')} {chr(31).join(used_columns(plan))}"
    return hashlib.sha256(text.encode()).hexdigest()
