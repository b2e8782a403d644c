"""What is wrong or worth knowing about quantities: missing, out of range, censored outcomes, crossed intervals."""

from collections.abc import Iterator

from payoff.engines import Engine
from payoff.errors import quantity as codes
from payoff.formulas import double
from payoff.tabulation.counts import LARGEST, Counts
from payoff.tabulation.earlier import naive_columns, with_naive
from payoff.tabulation.findings import Finding, Test, finding_of
from payoff.tabulation.plan import Plan

# Chance alone seldom makes so many outcomes equal to what was ordered, and none above it.
CENSORED_SHARE = 0.05
FEWEST_ROWS = 20
ADVICE = (
    "more may have been wanted: name the rows in data.censored, judge where nothing ran out, "
    "or take what was lost from another source."
)


def quantity_tests(plan: Plan, counts: Counts) -> Iterator[Test]:
    """Yield the tests that the quantity of some row fails, or may fail."""
    limits = plan.spec.decision.quantity
    for j, name in enumerate(plan.quantities):
        if limits is None or plan.spec.candidate(name).name == "nobody":
            continue
        where, most = f"{name}: {plan.quantities[name].text}", LARGEST if limits.most is None else limits.most
        if not counts.is_whole(f"qty{j}", "n"):
            yield Test(
                error=codes.QuantityMissing,
                severity="error",
                where=where,
                condition=f"not coalesce(abs(qty_{j}) <= {double(LARGEST)}, false)",
                found="quantities that are missing, NaN or infinite",
                fix="fill the column, or write {quantity: coalesce(COLUMN, ...)}; payoff takes none for zero.",
            )
        if not counts.within(f"qty{j}", limits.least, most):
            upper = "" if limits.most is None else f" or above {limits.most:g}"
            yield Test(
                error=codes.QuantityOutOfRange,
                severity="error",
                where=where,
                condition=f"qty_{j} < {double(limits.least)} or (qty_{j} > {double(most)} and "
                f"abs(qty_{j}) <= {double(LARGEST)})",
                found=f"quantities below {limits.least:g}{upper}",
                fix="correct the column, write {quantity: greatest(COLUMN, 0)}, or state decision.quantity.least.",
            )
    yield from _interval_tests(plan, counts)


def _interval_tests(plan: Plan, counts: Counts) -> Iterator[Test]:
    for j, name in enumerate(plan.quantities):
        interval = plan.spec.candidate(name).interval
        if interval is None:
            continue
        where = f"{name}.interval {interval.low!r} to {interval.high!r}"
        if counts.count(f"in{j}") < counts.count("n"):
            yield Test(
                error=codes.QuantityMissing,
                severity="error",
                where=where,
                condition=f"qty_lo{j} is null or qty_hi{j} is null",
                found="predicted intervals without an end (missing or NaN)",
                fix="fill both columns for every row, or take the interval out of the spec.",
            )
        if counts.count(f"crossed{j}"):
            yield Test(
                error=codes.CrossedInterval,
                severity="warning",
                where=where,
                condition=f"qty_lo{j} > qty_hi{j}",
                found="predicted intervals that end below where they begin (crossed quantiles); they cover nothing",
                fix="sort the predicted quantiles of each row, or predict them together.",
            )


def count_without_history(plan: Plan, engine: Engine) -> Counts:
    """Return how many rows are left out since earlier rows give some naive candidate no quantity."""
    needed = naive_columns(plan, needed=True)
    if not needed:
        return Counts(values={})
    had = " and ".join(f"{column} is not null" for column in needed)
    found = engine.columns(
        f"select count(*) as n from {with_naive(plan, 'source')} as rows where not ({had})"
    )
    return Counts(values={"unhad": int(found["n"][0])})


def of_quantities(plan: Plan, counts: Counts, rows: int) -> Iterator[Finding]:
    """Yield what the totals say about outcomes and quantities."""
    if not plan.quantities:
        return
    outcome, known = f"data.outcome {plan.spec.data.outcome!r}", counts.count("n0")
    if counts.count("unhad"):
        unhad = counts.count("unhad")
        yield finding_of(
            codes.NoHistory,
            "warning",
            "baselines",
            unhad,
            f"{unhad} of {rows} rows have no earlier rows to make a naive quantity of: no candidate is judged on them",
            "state `otherwise` for the naive baseline, or take it out.",
        )
    if counts.count("cut"):
        cut = counts.count("cut")
        text = f"{cut} of {known} known outcomes are censored: underage and gain are told too low there"
        yield finding_of(codes.CensoredOutcome, "warning", outcome, cut, text, ADVICE)
        return
    for j, name in enumerate(plan.quantities):
        met, above = counts.count(f"met{j}"), counts.count(f"above{j}")
        if name != "nobody" and known >= FEWEST_ROWS and above == 0 and met >= CENSORED_SHARE * known:
            text = f"no outcome is above the quantity of {name}, and {met} of {known} equal it: they look censored"
            yield finding_of(codes.CensoredOutcome, "warning", outcome, met, text, ADVICE)
