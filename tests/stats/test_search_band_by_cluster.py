"""What a search claims of rows that come in clusters: the study of ``studies.slices_by_cluster``, on few draws."""

import numpy as np
import pytest
from studies.slices_by_cluster import power, rows_of, search, tallies

from payoff.stats.band import bounds_of_many
from payoff.stats.part_sums import PartSums
from payoff.stats.rest import means_of_parts, means_of_totals, tails_of_all

NOMINAL = 0.025
DRAWS = 120
# Draws with any false claim: the nominal share and 2.6 standard errors of a binomial share over the draws.
MOST_FALSE = NOMINAL + 2.6 * np.sqrt(NOMINAL * (1 - NOMINAL) / DRAWS)
MOST_WRONG = 2 * NOMINAL + 2.6 * np.sqrt(2 * NOMINAL * (1 - 2 * NOMINAL) / DRAWS)


# By rows alone a third of the searches of constant amounts would claim a loss.
@pytest.mark.parametrize(("people", "heavy"), [(800, 0.0), (800, 1.0)])
def test_searches_by_cluster_where_nothing_is_lost_seldom_claim_a_loss(people: int, heavy: float) -> None:
    found = tallies(people, heavy, DRAWS, seed=5)
    assert found["judged"] > 5
    assert found["claimed"] <= MOST_FALSE
    assert found["wrong"] <= MOST_WRONG


def test_a_planted_loss_of_clusters_is_claimed_and_lies_within_its_bounds() -> None:
    found = power(2_500, 0.0, 1.6, 15, seed=6)
    assert found["claimed"] >= 0.9
    assert found["covered"] >= 0.9


def test_slices_of_few_people_are_not_judged() -> None:
    rng = np.random.default_rng(3)
    rows = rows_of(rng, 25, 0.0)
    assert np.isnan(search(rows, rng).low).all()


def sums_of(clusters: int, rng: np.random.Generator, weight: np.ndarray | None = None) -> PartSums:
    """Return two parts, of ``clusters`` totals each."""
    weights = rng.integers(1, 4, (2, clusters)) * 1.0 if weight is None else weight
    totals = rng.normal(0.0, 1.0, (2, clusters)) + weights * 0.1
    powers = [(weights**a * totals**b).sum(axis=1) for a, b in ((1, 0), (2, 0), (3, 0))]
    plenty = np.full((2, 2), 99)
    return PartSums(
        centre=0.0,
        rows=np.full(2, clusters),
        weights=np.stack([np.full(2, float(clusters)), *powers], axis=1),
        first=np.stack([(weights**a * totals).sum(axis=1) for a in (0, 1, 2)], axis=1),
        second=np.stack([(weights**a * totals**2).sum(axis=1) for a in (0, 1)], axis=1),
        third=(totals**3).sum(axis=1),
        deciding=plenty,
        possible=plenty,
    )


def test_totals_of_one_row_each_are_rows() -> None:
    sums = sums_of(400, np.random.default_rng(0), np.ones((2, 400)))
    rows, totals = means_of_parts(sums), means_of_totals(sums, 800, None)
    for name in ("value", "stderr", "skewness", "freedom", "widening"):
        assert getattr(totals, name) == pytest.approx(getattr(rows, name), rel=1e-12)


@pytest.mark.parametrize(("clusters", "least"), [(25, 0), (40, 2), (99, 2), (200, 1)])
def test_few_clusters_widen_or_forbid_an_interval(clusters: int, least: int) -> None:
    sums = sums_of(clusters, np.random.default_rng(1), np.ones((2, clusters)))
    found = means_of_totals(sums, 2 * clusters, None)
    tails = tails_of_all(found, sums, sums.rows)
    assert found.least.tolist() == tails.divided.tolist() == [least, least]
    assert tails.judged.all() == (least > 0)


def test_the_error_of_slices_of_few_clusters_is_halved_within_the_band() -> None:
    rng = np.random.default_rng(2)
    maxima = np.sort(rng.standard_normal((4_000, 30)).max(axis=1))
    widths = []
    for clusters in (99, 101):
        sums = sums_of(clusters, np.random.default_rng(7), np.ones((2, clusters)))
        found = means_of_totals(sums, 2 * clusters, None)
        low, high = bounds_of_many(found, tails_of_all(found, sums, sums.rows), maxima, 0.95)
        widths.append((high - low) / found.stderr)
    half = np.quantile(maxima, 1 - NOMINAL / 2) - np.quantile(maxima, 1 - NOMINAL)
    # Both bounds move by it; t quantiles and skewness of two draws of the rows make the rest.
    assert widths[0] - widths[1] == pytest.approx(2 * half, rel=0.35)


def test_on_a_declared_support_twenty_adverse_clusters_stand_for_deciding_events() -> None:
    sums = sums_of(200, np.random.default_rng(4))
    found = means_of_totals(sums, 400, np.array([19, 20]))
    assert (found.widening > 0).tolist() == [False, True]
