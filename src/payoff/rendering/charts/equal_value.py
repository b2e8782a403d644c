"""Lines of equal value in ROC space, where they are straight."""

from dataclasses import dataclass

from payoff.record import CutTable, Result

_STRAIGHT = 0.01  # share of the value's range by which the straight-line fit may miss at any cut


@dataclass(frozen=True, slots=True)
class EqualValue:
    """Slope of the lines (recall per false positive rate), the points that they pass, negatives for each positive."""

    slope: float
    levels: tuple[tuple[float, float], ...]
    odds: float

    @property
    def break_even(self) -> float:
        """Return the precision from which on acting pays."""
        return self.slope / (self.slope + self.odds)


def equal_value(result: Result, of: str) -> EqualValue | None:
    """Return lines of equal value for one model, or None where no straight line has equal value.

    Value is v_tp per positive and v_fp per negative acted on only when it does not differ from row to row;
    then the lines have slope (1-pi)(-v_fp)/(pi v_tp) (Provost and Fawcett 2001,
    doi:10.1023/A:1007601015854). Both are fitted to the cumulative sums at the cuts; a fit that misses by
    more than 1% of the range draws nothing.
    """
    table = next((each for each in result.tables if each.of == of), None)
    rows = _rows(result, table) if table is not None else []
    if len(rows) < 4:
        return None
    fitted = _fit(rows)
    if fitted is None:
        return None
    per_positive, per_negative = fitted
    reach = max(value for _, _, value in rows) - min(value for _, _, value in rows)
    misses = (abs(value - per_positive * p - per_negative * n) for p, n, value in rows)
    if reach <= 0 or max(misses) > _STRAIGHT * reach or per_positive <= 0 or per_negative >= 0:
        return None
    positives, negatives = outcomes_known(result, of)
    if not positives or not negatives:
        return None
    slope = negatives * -per_negative / (positives * per_positive)
    best = max(rows, key=lambda row: row[2])
    point = (best[1] / negatives, best[0] / positives)
    return EqualValue(slope, ((0.0, 0.0), (point[0] / 2, point[1] / 2), point), negatives / positives)


def _rows(result: Result, table: CutTable) -> list[tuple[int, int, float]]:
    """Return (positives, negatives, value of acting less value of not acting) at each cut."""
    actions = [str(action) for action in result.decision.get("actions", ())]
    if len(actions) != 2 or not set(actions) <= set(table.value):
        return []
    act, skip = (table.value[action] for action in actions)
    return [
        (positive, rows - positive, acting - skipping)
        for rows, positive, acting, skipping in zip(table.rows, table.positives, act, skip, strict=True)
    ]


def _fit(rows: list[tuple[int, int, float]]) -> tuple[float, float] | None:
    """Return the least squares v_tp and v_fp of value = v_tp positives + v_fp negatives."""
    pp = float(sum(p * p for p, _, _ in rows))
    nn = float(sum(n * n for _, n, _ in rows))
    pn = float(sum(p * n for p, n, _ in rows))
    pv = sum(p * value for p, _, value in rows)
    nv = sum(n * value for _, n, value in rows)
    determinant = pp * nn - pn * pn
    if determinant <= 1e-9 * pp * nn:
        return None
    return (pv * nn - nv * pn) / determinant, (nv * pp - pv * pn) / determinant


def outcomes_known(result: Result, of: str) -> tuple[float, float]:
    """Return positives and negatives among the known rows; zeros where the result does not say."""
    counts = next((each.counts for each in result.totals if each.of == "nobody"), {})
    positives, negatives = (
        float(sum(rows for key, rows in counts.items() if key.endswith(f"/{state}")))
        for state in ("positive", "negative")
    )
    if positives + negatives > 0:
        return positives, negatives
    prevalence = next(
        (e.value for e in result.estimates if e.metric == "prevalence" and e.of == of and e.slice is None),
        None,
    )
    known = result.data.known
    return (0.0, 0.0) if prevalence is None else (prevalence * known, (1.0 - prevalence) * known)


def varies(result: Result, of: str) -> bool:
    """Return whether there are cuts enough to see lines of equal value, and none is straight."""
    table = next((each for each in result.tables if each.of == of), None)
    there = table is not None and len(_rows(result, table)) >= 4 and min(outcomes_known(result, of)) > 0
    return there and equal_value(result, of) is None
