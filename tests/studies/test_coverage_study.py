"""The study of coverage: its populations by hand, its tables by rows, its verdicts on made-up figures."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, stats
from studies.coverage import __main__ as command
from studies.coverage.grid import AMOUNTS, BESIDE, EVENTS, Cell, all_cells
from studies.coverage.judged import make_grounds
from studies.coverage.page import PAGE, page
from studies.coverage.populations import Amounts, Population, events_in_cluster
from studies.coverage.promises import PROMISES, finding
from studies.coverage.tables import draw_clustered, draw_plain, draw_scored, make_score
from studies.coverage.tallies import Count, Tally, append, read, tally

from payoff.comparison import compare_parts

# Means of 200,000 draws; four standard errors are asked for, from the moments that are under test.
DRAWN = 200_000
ROUNDING = 1e-9


def population(law: Amounts, sign: int = 1, events: int = 50, clustered: bool = False) -> Population:
    return Population(events=events, amounts=law, sign=sign, clustered=clustered)


@pytest.mark.parametrize("law", AMOUNTS, ids=str)
def test_amounts_have_a_mean_of_twenty_and_acting_on_all_is_worth_nothing(law: Amounts) -> None:
    assert law.moment(1) == pytest.approx(20.0)
    one = population(law)
    assert one.cost == pytest.approx(20 / 9)
    for clustered in (False, True):
        assert replace(one, clustered=clustered).central(1) == pytest.approx(0.0, abs=ROUNDING)


@pytest.mark.parametrize("law", [*AMOUNTS[:5], *BESIDE], ids=str)
def test_drawn_amounts_have_the_moments_that_are_computed(law: Amounts) -> None:
    drawn = law.draw(np.random.default_rng(3), DRAWN)
    for power in (1, 2):
        error = math.sqrt(max(law.moment(2 * power) - law.moment(power) ** 2, 0.0) / DRAWN)
        assert (drawn**power).mean() == pytest.approx(law.moment(power), abs=4 * error + ROUNDING)


def test_the_moments_of_amounts_cut_at_a_cap_are_the_integral() -> None:
    law, whole = Amounts("lognormal", 1.5, 400.0), stats.lognorm(1.5, scale=20 * math.exp(-(1.5**2) / 2))
    for power in (1, 2, 3):
        kept = integrate.quad(lambda x, k=power: x**k * whole.pdf(x), 0, 400, epsabs=0, limit=200)[0]
        assert law.moment(power) == pytest.approx(kept + 400.0**power * whole.sf(400), rel=1e-6)


def test_clusters_hold_half_an_event_on_average_and_are_counted_by_those_that_hold_one() -> None:
    chances = events_in_cluster()
    assert chances == pytest.approx(stats.betabinom(5, 0.4, 3.6).pmf(np.arange(6)))
    clustered = population(Amounts("constant"), events=500, clustered=True)
    assert clustered.units * (1 - chances[0]) == pytest.approx(500, abs=1)
    # By hand: a cluster's sum is k x 20 - (5 - k) x 20 / 9.
    sums = np.arange(6) * 20 - (5 - np.arange(6)) * 20 / 9
    assert clustered.central(2) == pytest.approx(chances @ sums**2)
    assert replace(clustered, sign=-1).central(3) == pytest.approx(-(chances @ sums**3))


def test_a_plain_population_has_the_error_and_the_tail_that_a_hand_computes() -> None:
    one = population(Amounts("constant"), events=20)
    assert one.rows == 200
    variance = 0.1 * 400 + 0.9 * (20 / 9) ** 2
    assert one.stderr == pytest.approx(math.sqrt(variance / 200))
    third = 0.1 * 8000 - 0.9 * (20 / 9) ** 3
    assert one.tail_ratio == pytest.approx(third / variance**1.5 / math.sqrt(200))
    assert math.isinf(population(Amounts("Pareto", 2.1)).tail_ratio)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_drawn_table_says_what_its_rows_would(sign: int) -> None:
    one = population(Amounts("gamma"), sign=sign, events=20)
    draws = next(draw_plain(one, np.random.default_rng(5), 3))
    again = np.random.default_rng(5)
    events = again.binomial(200, 0.1, 3)
    amounts = np.split(one.amounts.draw(again, int(events.sum())), np.cumsum(events)[:-1])
    found = compare_parts(make_grounds(one, tuned=False), "model", "nobody", draws.cells, draws.part, 3)
    for comparison, some in zip(found, amounts, strict=True):
        rows = sign * np.concatenate([some, np.full(200 - len(some), -one.cost)])
        contrast, coefficients = comparison.evidence.contrast, np.array([0.0, 1.0])
        assert contrast.mean[0] @ coefficients == pytest.approx(rows.mean())
        assert coefficients @ contrast.covariance[0] @ coefficients == pytest.approx(rows.var(ddof=1))
        assert contrast.skewness[0] == pytest.approx(stats.skew(rows))
        assert contrast.deciding_events[0] == len(some)


@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize("scored", [False, True])
def test_draws_have_the_stated_rows_events_and_a_mean_gain_of_zero(clustered: bool, scored: bool) -> None:
    one = population(Amounts("lognormal", 0.7), events=100, clustered=clustered)
    score = make_score(one, skill=False) if scored else None
    draw = draw_clustered if clustered else draw_scored if scored else draw_plain
    generator = np.random.default_rng(7)
    draws = list(draw(one, generator, 300, *([score] if scored else [])))
    rows, events, gain = [], [], []
    for each in draws:
        moments, happened = each.cells.moments, each.cells.state == 1
        rows += np.bincount(each.part, moments.rows).tolist()
        counted = happened if clustered else moments.rows * happened
        events += np.bincount(each.part, counted).tolist()
        gain += np.bincount(each.part, moments.part_sums()[:, 0]).tolist()
    assert set(rows) == {one.rows}
    # Four standard errors of a mean of 300.
    assert np.mean(events) == pytest.approx(100, abs=4 * 10 / math.sqrt(300) + 1)
    assert np.mean(gain) == pytest.approx(0.0, abs=4 * one.stderr * one.rows / math.sqrt(300))


def test_a_score_without_skill_gains_nothing_anywhere_and_one_with_skill_has_its_auc() -> None:
    for clustered in (False, True):
        for sign in (1, -1):
            one = population(Amounts("gamma"), sign=sign, clustered=clustered)
            assert np.abs(make_score(one, skill=False).gains(one)).max() < ROUNDING
            score = make_score(one, skill=True)
            pays, other = (score.by_event, score.by_other)[::sign]
            above = 1.0 - np.cumsum(pays) + pays / 2.0
            # Forty values lose a little of it.
            assert other @ above == pytest.approx(0.80, abs=0.005)
            assert score.gains(one).max() > 0
            assert score.gains(one)[0] == pytest.approx(0.0, abs=ROUNDING)
            assert score.best_less(one, 0.0) == pytest.approx(score.gains(one).max())


def made_up(cell: Cell, cleared: float, judged: int = 10_000) -> Tally:
    """Return figures of 10,000 draws that clear falsely with a given share at every error."""
    false, none = (round(10_000 * cleared),) * 3, (0, 0, 0)
    tiers = {"A": Count(judged, judged, round(0.95 * judged), false, none, (judged,) * 3)}
    if judged < 10_000:
        tiers["C"] = Count(10_000 - judged, 0, 0, none, none, none)
    return Tally(cell.name, 1, "2026-01-01", 1.0, {"payoff": "0"}, tiers)


def test_the_page_tells_kept_open_broken_and_not_run_apart() -> None:
    cells = [one for one in all_cells() if one.rule == "fixed" and one.population.amounts == Amounts("gamma")]
    cells = [one for one in cells if not one.population.clustered]
    clear = PROMISES[0]
    for share, verdict in ((0.032, "kept"), (0.033, "open"), (0.05, "broken")):
        figures = {cells[0].name: made_up(cells[0], 0.01), cells[1].name: made_up(cells[1], share)}
        found = finding(clear, cells, figures)
        assert (found.verdict, found.cells, found.asked) == (verdict, 2, 14)
        told = page(figures)
        assert f"| fixed threshold, plain rows | **{verdict}** | 2 of 70 |" in told
        assert (f"- {verdict}: {100 * share:.2f}%" in told) == (verdict != "kept")
        assert "| tuned threshold, plain rows | **not run** | 0 of 70 |" in told


def test_an_interval_that_is_not_printed_holds_nothing_of_all_draws_and_is_left_out_of_the_printed() -> None:
    cell = Cell("fixed", population(Amounts("gamma"), events=500))
    figures = {cell.name: made_up(cell, 0.01, judged=5_000)}
    by_sentence = {one.sentence: finding(one, [cell], figures) for one in PROMISES}
    of_all = next(found for sentence, found in by_sentence.items() if "of all draws where r" in sentence)
    printed = next(found for sentence, found in by_sentence.items() if "draws with an interval" in sentence)
    assert (of_all.verdict, printed.verdict) == ("broken", "kept")
    assert of_all.worst is not None
    assert of_all.worst.share == pytest.approx(0.475)


def test_the_page_shows_the_figures_that_are_committed() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read(command.FIGURES)), "run: python -m studies.coverage"


def test_the_figures_are_of_cells_that_the_study_has_and_older_ones_of_cells_that_no_moved_rule_can_touch() -> (
    None
):
    figures = read(command.FIGURES)
    fresh = {cell.name: command.confirming(cell) for cell in all_cells()}
    older = [one for one in figures.values() if one.seed != fresh[one.cell]]
    assert {one.seed for one in older} <= {20_261_125}
    assert all(one.cell.startswith("fixed ") and set(one.tiers) <= {"A", "F"} for one in older)
    assert set(figures) <= {cell.name for cell in all_cells()}
    assert len(all_cells()) == len({cell.name for cell in all_cells()})
    assert {cell.population.events for cell in all_cells()} == set(EVENTS)


@pytest.mark.parametrize(
    ("cell", "tiers"),
    [
        (Cell("fixed", population(Amounts("constant"))), {"F"}),
        (Cell("fixed", population(Amounts("lognormal", 2.0, 400.0), sign=-1, events=20)), {"B"}),
        (Cell("fixed", population(Amounts("gamma"), events=200, clustered=True)), {"A", "A-"}),
        (Cell("tuned", population(Amounts("gamma"), events=200)), {"A", "A-"}),
        (Cell("skilled", population(Amounts("constant"), sign=-1, events=200)), {"A", "A-"}),
        (Cell("tuned", population(Amounts("gamma"), events=200, clustered=True)), {"A-", "C"}),
    ],
    ids=lambda one: one.name if isinstance(one, Cell) else "",
)
def test_a_few_draws_of_a_cell_are_judged_by_the_tier_that_the_docs_name(cell: Cell, tiers: set) -> None:
    found = tally(cell, seed=1, replications=4)
    assert found.all.draws == 4
    assert set(found.tiers) <= tiers
    assert found.all.printed == found.judged
    assert tally(cell, seed=1, replications=4).tiers == found.tiers


def test_a_run_writes_a_line_per_cell_and_skips_those_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = tmp_path / "figures.jsonl"
    asked = ["--cells", "^fixed plain, gamma, gains, [25]0 ", "--replications", "3", "--seed", "1"]
    monkeypatch.setattr("sys.argv", ["coverage", *asked, "--results", str(results)])
    command.main()
    once = results.read_text(encoding="utf-8")
    assert len(once.splitlines()) == 2
    command.main()
    assert results.read_text(encoding="utf-8") == once


def test_open_cells_are_drawn_again_ten_times_as_often_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = all_cells()[7 + 7]
    results = tmp_path / "figures.jsonl"
    monkeypatch.setattr(command, "SETTLING", 0.0005)
    monkeypatch.setattr("sys.argv", ["coverage", "--settle", "--seed", "1", "--results", str(results)])
    for share, draws in ((0.033, 5), (0.05, 10_000), (0.03, 10_000)):
        results.unlink(missing_ok=True)
        append(results, made_up(cell, share))
        command.main()
        assert read(results)[cell.name].all.draws == draws


def test_figures_of_another_seed_do_not_get_among_the_confirming_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["coverage", "--seed", "1"])
    with pytest.raises(SystemExit, match="another file"):
        command.main()


@pytest.mark.study
@pytest.mark.parametrize(
    "name",
    [
        "fixed plain, lognormal 1.0, losses, 200 events",
        "fixed clustered, lognormal 1.0, losses, 200 events",
        "fixed plain, lognormal 2.0, losses, 200 events",
    ],
)
def test_the_committed_figures_are_drawn_again(name: str) -> None:
    committed = read(command.FIGURES)[name]
    cell = next(one for one in all_cells() if one.name == name)
    assert tally(cell, committed.seed, committed.all.draws).tiers == committed.tiers
