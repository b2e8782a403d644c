"""Means where the share of each outcome is given, against loops over rows, closed forms and draws by outcome."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from payoff.stats.contrast import Contrast
from payoff.stats.contributions import contrast_of, contrast_of_rules, contrasts_of, covariance_between
from payoff.stats.inference import Evidence, interval
from payoff.stats.strata import Strata, shifted
from payoff.tables import Cells, Moments
from payoff.tables.given_shares import at_given_shares

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
# Sums of some thousand doubles in another order; a tail lost digits to centring.
ROUNDING, TAIL = 1e-9, 1e-7
SHIFT = 15.0
LIKELY = np.array([0.0, 1.0])
SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows worth ``value`` where they are acted on and nothing where not; ``score`` decides who is."""

    value: Floats
    score: Floats
    outcome: Integers
    part: Integers
    cluster: Integers | None = None

    @property
    def acted(self) -> NDArray[np.bool_]:
        return self.score >= 0.5

    @property
    def worth(self) -> Floats:
        return np.asarray(self.value * self.acted)

    @property
    def weight(self) -> Floats:
        n = np.bincount(self.outcome)
        return np.array([(1 - SHARE) / n[0], SHARE / n[1]])[self.outcome] * len(self.outcome)


def drawn(rng: np.random.Generator, positives: int, negatives: int, clusters: int = 0) -> Rows:
    """Return as many rows of either outcome as asked for; a positive earns 60 in the mean, a negative costs 10."""
    y = np.repeat([1, 0], [positives, negatives])
    n = len(y)
    return Rows(
        value=np.where(y == 1, rng.gamma(3.0, 20.0, n), -rng.gamma(4.0, 2.5, n)),
        score=np.where(y == 1, rng.beta(4, 2, n), rng.beta(2, 4, n)).round(2),
        outcome=y,
        part=rng.integers(0, 3, n),
        cluster=rng.integers(0, clusters, n) if clusters else None,
    )


def cells_of(rows: Rows, *, by: tuple[str, ...] = ("acted",)) -> tuple[Cells, dict[str, Integers]]:
    """Return cells by outcome and by what is named, with their keys."""
    names = [*by, *(["cluster"] if rows.cluster is not None else [])]
    columns = [rows.outcome, *(np.asarray(getattr(rows, name)) for name in names)]
    held, code = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    code, size, w, y = code.ravel(), len(held), rows.weight, rows.value - SHIFT

    def summed(column: Floats) -> Floats:
        return np.bincount(code, column, size)

    powers = [np.stack([summed(w**3 * one**j) for one in (y, 0.0 * y, y)], axis=1) for j in range(4)]
    cells = Cells(
        group=np.zeros(size, dtype=np.int64),
        state=held[:, 0].astype(np.int64),
        actions={},
        cluster=held[:, -1].astype(np.int64) if rows.cluster is not None else None,
        moments=Moments(
            rows=np.bincount(code),
            weight=summed(w),
            weight2=summed(w**2),
            weight3=summed(w**3),
            total_high=np.zeros((size, 2), dtype=np.int64),
            total_low=np.zeros((size, 2), dtype=np.int64),
            nonzero=np.bincount(code)[:, None],
            shift=np.full((size, 1), SHIFT),
            first=summed(w * y)[:, None],
            first2=summed(w**2 * y)[:, None],
            second=summed(w**2 * y**2)[:, None, None],
            third=np.stack(powers, axis=2),
        ),
        prevalence=SHARE,
    )
    return cells, {name: held[:, j + 1] for j, name in enumerate(names)}


def switches(acted: Floats) -> Floats:
    return np.stack([np.zeros(len(acted)), acted.astype(float)], axis=1)


def contrast(rows: Rows) -> Contrast:
    cells, keys = cells_of(rows)
    return contrast_of(cells, switches(keys["acted"]), LIKELY)


def stderr(found: Contrast) -> float:
    return float(np.sqrt(found.covariance[0, 1, 1] / found.units))


def outcomes(rows: Rows) -> list[Floats]:
    return [rows.worth[rows.outcome == one] for one in (0, 1)]


def truth(rows: Rows) -> tuple[float, float, float, float]:
    """Return value, standard error, third cumulant and degrees of freedom by Cochran's formulas."""
    held, shares = outcomes(rows), (1 - SHARE, SHARE)
    value = sum(pi * one.mean() for pi, one in zip(shares, held, strict=True))
    parts = [pi**2 * one.var(ddof=1) / len(one) for pi, one in zip(shares, held, strict=True)]
    third = sum(
        pi**3 * ((one - one.mean()) ** 3).mean() / len(one) ** 2 for pi, one in zip(shares, held, strict=True)
    )
    plain = [pi**2 * one.var() / len(one) for pi, one in zip(shares, held, strict=True)]
    freedom = sum(plain) ** 2 / sum(v**2 / (len(one) - 1) for v, one in zip(plain, held, strict=True))
    return value, float(np.sqrt(sum(parts))), third, freedom


def test_value_error_tail_and_freedom_are_those_of_a_stratified_mean() -> None:
    rows = drawn(np.random.default_rng(1), 120, 300)
    found = contrast(rows)
    value, error, third, freedom = truth(rows)
    assert found.mean[0, 1] == pytest.approx(value, rel=ROUNDING)
    assert stderr(found) == pytest.approx(error, rel=ROUNDING)
    assert found.degrees_of_freedom == pytest.approx(freedom, rel=ROUNDING)
    # The skewness of a mean of n units is that of one of them over sqrt(n).
    of_mean = (
        third
        / sum(pi**2 * one.var() / len(one) for pi, one in zip((0.9, 0.1), outcomes(rows), strict=True)) ** 1.5
    )
    assert found.skewness[0] / np.sqrt(found.units) == pytest.approx(of_mean, rel=TAIL)


def test_the_error_is_that_of_statsmodels_for_a_difference_of_two_samples() -> None:
    """The positives' mean times their share, less that of the negatives: two independent samples."""
    rows = drawn(np.random.default_rng(2), 90, 200)
    negative, positive = outcomes(rows)
    both = CompareMeans(DescrStatsW(positive * SHARE), DescrStatsW(-negative * (1 - SHARE)))
    found = contrast(rows)
    assert stderr(found) == pytest.approx(both.std_meandiff_separatevar, rel=ROUNDING)
    # Welch's degrees of freedom take n - 1 in the variances too: a part in n.
    assert found.degrees_of_freedom == pytest.approx(both.dof_satt(), rel=0.02)


def test_values_that_outcomes_set_leave_two_binomials() -> None:
    rows = drawn(np.random.default_rng(3), 80, 400)
    rows = replace(rows, value=np.where(rows.outcome == 1, 50.0, -8.0))
    found, tpr, fpr = contrast(rows), *(rows.acted[rows.outcome == one].mean() for one in (1, 0))
    variance = (50 * SHARE) ** 2 * tpr * (1 - tpr) / 79 + (8 * (1 - SHARE)) ** 2 * fpr * (1 - fpr) / 399
    assert stderr(found) ** 2 == pytest.approx(variance, rel=ROUNDING)


def test_what_lies_between_the_outcomes_is_in_no_doubt() -> None:
    """Where all rows of an outcome are worth the same and acted on, nothing is left to vary."""
    rows = drawn(np.random.default_rng(4), 60, 90)
    rows = replace(rows, value=np.where(rows.outcome == 1, 1e6, -1.0), score=np.ones(150))
    assert stderr(contrast(rows)) == 0.0


def test_a_constant_beside_every_value_moves_no_error() -> None:
    rows = drawn(np.random.default_rng(5), 60, 90)
    rows = replace(rows, score=np.ones(150))
    moved = replace(rows, value=rows.value + 1e3)
    assert stderr(contrast(moved)) == pytest.approx(stderr(contrast(rows)), rel=1e-6)


def test_a_single_row_of_an_outcome_tells_no_variance() -> None:
    rows = drawn(np.random.default_rng(6), 1, 90)
    found = interval(Evidence(contrast=contrast(replace(rows, score=np.ones(91)))), LIKELY)
    assert found.low is None


def test_every_row_twice_halves_the_variance() -> None:
    rows = drawn(np.random.default_rng(7), 50, 70)
    twice = Rows(*(np.tile(getattr(rows, name), 2) for name in ("value", "score", "outcome", "part")))
    once, again = contrast(rows), contrast(twice)
    assert again.mean[0] == pytest.approx(once.mean[0], rel=ROUNDING)
    # But for n / (n - 1) of each outcome.
    assert stderr(again) ** 2 == pytest.approx(stderr(once) ** 2 / 2, rel=0.02)
    assert again.skewness[0] == pytest.approx(once.skewness[0], rel=TAIL)


def test_clusters_add_up_what_is_centred_by_outcome() -> None:
    rows = drawn(np.random.default_rng(8), 200, 300, clusters=60)
    cells, keys = cells_of(rows)
    found = contrast_of(cells, switches(keys["acted"]), LIKELY)
    centre = np.array([one.mean() for one in outcomes(rows)])[rows.outcome]
    psi = np.bincount(rows.cluster, rows.weight * (rows.worth - centre))
    expected = np.sqrt((psi**2).sum() * 60 / 59) / rows.weight.sum()
    assert stderr(found) == pytest.approx(expected, rel=ROUNDING)
    assert found.skewness[0] == pytest.approx((psi**3).mean() / (psi**2).mean() ** 1.5, rel=TAIL)


def test_every_row_its_own_cluster_is_as_rows() -> None:
    rows = drawn(np.random.default_rng(9), 200, 300)
    alone = replace(rows, cluster=np.arange(500))
    cells, keys = cells_of(alone)
    found = contrast_of(cells, switches(keys["acted"]), LIKELY)
    # n / (n - 1) of all rows in place of that of each outcome.
    assert stderr(found) == pytest.approx(stderr(contrast(rows)), rel=0.005)


@pytest.mark.parametrize("clusters", [0, 60])
def test_a_world_of_the_same_shares_is_this_one(clusters: int) -> None:
    rows = drawn(np.random.default_rng(10), 100, 200, clusters)
    cells, keys = cells_of(rows)
    here = contrast_of(cells, switches(keys["acted"]), LIKELY)
    parts = Strata(cells=cells, switches=switches(keys["acted"]), part=cells.state, likely=LIKELY)
    there = shifted(parts, np.array([1 - SHARE, SHARE]), LIKELY)
    assert interval(Evidence(contrast=there), np.ones(1)) == interval(Evidence(contrast=here), LIKELY).__class__(
        **{name: pytest.approx(value, rel=ROUNDING) if isinstance(value, float) else value
           for name, value in _fields(interval(Evidence(contrast=here), LIKELY)).items()}
    )  # fmt: skip


def _fields(found: object) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}  # type: ignore[attr-defined]


def test_a_difference_from_given_shares_rests_on_means_within_outcomes_alone() -> None:
    rows = drawn(np.random.default_rng(11), 100, 200)
    cells, keys = cells_of(rows)
    parts = Strata(cells=cells, switches=switches(keys["acted"]), part=cells.state, likely=LIKELY)
    found = shifted(parts, np.array([0.6, 0.4]), LIKELY, less=LIKELY)
    negative, positive = outcomes(rows)
    variance = 0.3**2 * (negative.var(ddof=1) / 200 + positive.var(ddof=1) / 100)
    assert found.covariance[0, 0, 0] / found.units == pytest.approx(variance, rel=ROUNDING)


@pytest.mark.parametrize("clusters", [0, 60])
def test_rules_vary_together_about_the_means_of_outcomes(clusters: int) -> None:
    rows = drawn(np.random.default_rng(12), 150, 250, clusters)
    cells, keys = cells_of(rows, by=("score",))
    cuts = np.array([0.3, 0.5, 0.7])
    acts = np.stack([switches(keys["score"] >= cut) for cut in cuts])
    worth = np.stack([rows.value * (rows.score >= cut) for cut in cuts], axis=1)
    psi = np.zeros_like(worth)
    for one in (0, 1):
        here = rows.outcome == one
        rise = here.sum() / (here.sum() - 1) if not clusters else 1.0
        psi[here] = rows.weight[here, None] * (worth[here] - worth[here].mean(axis=0)) * np.sqrt(rise)
    if rows.cluster is not None:
        psi = np.stack([np.bincount(rows.cluster, column) for column in psi.T], axis=1)
    assert covariance_between(cells, acts, LIKELY) == pytest.approx(psi.T @ psi, rel=ROUNDING)
    found = contrast_of_rules(cells, acts, LIKELY)
    rise = 60 / 59 if clusters else 1.0
    own = found.covariance[:, 1, 1] / found.units * rows.weight.sum() ** 2
    assert own == pytest.approx(np.diagonal(psi.T @ psi) * rise, rel=ROUNDING)


def in_parts(rows: Rows) -> tuple[Contrast, ...]:
    cells, keys = cells_of(rows, by=("part", "acted"))
    order = np.argsort(keys["part"], kind="stable")
    return contrasts_of(cells.take(order), switches(keys["acted"][order]), LIKELY, keys["part"][order], 3)


def test_a_part_is_a_ratio_of_two_stratified_means() -> None:
    """All rows are looked at: those outside the part add nothing, less what their outcome adds in the mean."""
    rows = drawn(np.random.default_rng(13), 300, 400)
    for part, found in enumerate(in_parts(rows)):
        here, w = rows.part == part, rows.weight
        ratio = (w * rows.worth)[here].sum() / w[here].sum()
        u = w * here * (rows.worth - ratio)
        n = np.bincount(rows.outcome)
        centred = u - np.array([u[rows.outcome == one].mean() for one in (0, 1)])[rows.outcome]
        variance = (centred**2 * (n / (n - 1))[rows.outcome]).sum() / w[here].sum() ** 2
        assert found.mean[0, 1] == pytest.approx(ratio, rel=ROUNDING)
        assert stderr(found) ** 2 == pytest.approx(variance, rel=ROUNDING)
        tail = (centred**3).sum() / (centred**2).sum() ** 1.5
        assert found.skewness[0] / np.sqrt(found.units) == pytest.approx(tail, rel=TAIL)


def test_a_part_that_is_all_rows_is_all_rows() -> None:
    rows = replace(drawn(np.random.default_rng(14), 100, 200), part=np.ones(300, dtype=np.int64))
    whole, (_, found, _) = contrast(rows), in_parts(rows)
    assert stderr(found) == pytest.approx(stderr(whole), rel=ROUNDING)
    assert found.skewness[0] == pytest.approx(whole.skewness[0], rel=TAIL)
    assert found.degrees_of_freedom == pytest.approx(whole.degrees_of_freedom, rel=ROUNDING)


def test_a_half_is_given_its_share_back() -> None:
    rows = drawn(np.random.default_rng(15), 100, 200)
    cells, keys = cells_of(rows, by=("part", "acted"))
    half = at_given_shares(cells.where(keys["part"] < 2))
    held = [half.moments.weight[half.state == one].sum() for one in (0, 1)]
    assert held[1] / sum(held) == pytest.approx(SHARE, rel=ROUNDING)
    found = contrast_of(half, switches(keys["acted"][keys["part"] < 2]), LIKELY)
    kept = Rows(*(getattr(rows, name)[rows.part < 2] for name in ("value", "score", "outcome", "part")))
    assert stderr(found) == pytest.approx(truth(kept)[1], rel=ROUNDING)
    assert found.mean[0, 1] == pytest.approx(truth(kept)[0], rel=ROUNDING)


def test_outcomes_sampled_apart_are_covered_as_promised_and_no_wider_than_they_are() -> None:
    """2,000 draws of 150 positives and 600 negatives, of whom one in ten of the world is positive."""
    rng = np.random.default_rng(16)
    many = drawn(rng, 200_000, 200_000)
    value = float(np.average(many.worth, weights=np.array([0.9, 0.1])[many.outcome]))
    found = [interval(Evidence(contrast=contrast(drawn(rng, 150, 600))), LIKELY) for _ in range(2_000)]
    values = np.array([float(one.value or 0.0) for one in found])
    low, high = (np.array([getattr(one, end) for one in found], dtype=float) for end in ("low", "high"))
    covered = ((low <= value) & (value <= high)).mean()
    # Three standard errors of 95% over 2,000 draws are 1.5%.
    assert covered == pytest.approx(0.95, abs=0.015)
    # That of the true spread, told by 2,000 draws to 1.6%.
    assert ((high - low) / 2).mean() / 1.96 == pytest.approx(values.std(), rel=0.05)
    by_one_sample = replace(cells_of(drawn(rng, 150, 600))[0], prevalence=None)
    acted = np.array([0.0, 1.0, 0.0, 1.0])
    wide = stderr(contrast_of(by_one_sample, switches(acted), LIKELY))
    assert wide / values.std() > 1.15


def test_a_part_of_outcomes_sampled_apart_is_covered_as_promised() -> None:
    rng = np.random.default_rng(17)
    many = drawn(rng, 200_000, 200_000)
    value = float(np.average(many.worth, weights=np.array([0.9, 0.1])[many.outcome]))
    found = [in_parts(drawn(rng, 600, 2_400))[0] for _ in range(1_000)]
    ends = [interval(Evidence(contrast=one), LIKELY) for one in found]
    covered = np.mean([one.low <= value <= one.high for one in ends])  # type: ignore[operator]
    assert covered == pytest.approx(0.95, abs=0.021)
    spread = np.std([float(one.value or 0.0) for one in ends])
    assert np.mean([stderr(one) for one in found]) == pytest.approx(spread, rel=0.07)


def test_many_draws_of_clusters_sampled_by_outcome_are_covered() -> None:
    """Each of 150 people brings rows of both outcomes that share what they are worth."""
    rng = np.random.default_rng(18)
    inside, values, errors = [], [], []
    for _ in range(600):
        n = np.full(150, 4)
        person = np.repeat(np.arange(150), n)
        y = np.tile([1, 0, 0, 0], 150)
        taste = rng.normal(0.0, 10.0, 150)[person]
        value = np.where(y == 1, 60.0, -10.0) + taste + rng.normal(0.0, 5.0, 600)
        rows = Rows(
            value=value, score=np.ones(600), outcome=y, part=np.zeros(600, dtype=np.int64), cluster=person
        )
        found = contrast(rows)
        ends = interval(Evidence(contrast=found), LIKELY)
        inside.append(ends.low <= -3.0 <= ends.high)  # type: ignore[operator]
        values.append(found.mean[0, 1])
        errors.append(stderr(found))
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.1)


def test_without_a_given_share_nothing_is_centred_by_outcome() -> None:
    rows = drawn(np.random.default_rng(19), 100, 200)
    cells, keys = cells_of(rows)
    found = contrast_of(replace(cells, prevalence=None), switches(keys["acted"]), LIKELY)
    psi = rows.weight * (rows.worth - np.average(rows.worth, weights=rows.weight))
    assert stderr(found) == pytest.approx(
        np.sqrt((psi**2).sum() * 300 / 299) / rows.weight.sum(), rel=ROUNDING
    )
    assert found.degrees_of_freedom == 299.0
