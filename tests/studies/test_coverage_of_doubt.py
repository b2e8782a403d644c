"""The study of coverage under doubt: its draws by hand, and its page from its figures."""

import numpy as np
import pytest
from studies.coverage.doubt import FIGURES, PAGE, Cell, cells, drawn, page, read, spec_of, tally
from studies.coverage.populations import AMOUNT, RATE, Amounts

from payoff.formulas import expand
from payoff.spec.coefficients import Valuation


def test_the_page_is_what_the_figures_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read(FIGURES).values())


def test_every_figure_is_of_a_cell_of_the_study() -> None:
    assert set(read(FIGURES)) == {cell.name for cell in cells()}


@pytest.mark.parametrize("sign", [1, -1])
def test_rows_are_drawn_with_the_gain_of_the_population(sign: int) -> None:
    cell = Cell(ranges="wide", tied=False, amounts=Amounts("gamma"), sign=sign, events=20_000)
    spec = spec_of(cell)
    ranges = {one.name: (one.likely, one.low, one.high) for one in spec.assumptions.values()}
    likely = {name: three[0] for name, three in ranges.items()}
    valuation = Valuation(expand(dict(spec.value), ranges), spec.decision.actions, likely)
    contrast = drawn(cell, np.random.default_rng(5), valuation)
    stderr = np.sqrt(valuation.contrast() @ contrast.covariance[0] @ valuation.contrast() / contrast.units)
    # At likely acting on all rows is worth nothing.
    assert abs(contrast.mean[0] @ valuation.contrast()) < 4 * stderr
    expected = sign * (1.2 * RATE * AMOUNT - RATE * AMOUNT)
    assert abs(contrast.mean[0] @ valuation.contrast({"margin": 1.2}) - expected) < 5 * stderr


def test_a_cell_counts_every_draw_once() -> None:
    found = tally(cells()[0], 6)
    assert found.draws == 6
    assert found.held <= found.judged <= 6
    assert list(found.cleared) == sorted(found.cleared)
