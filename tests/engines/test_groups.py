"""The twenty groups: a salted hash that spreads ids evenly, whatever they look like."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from payoff.engines import open_engine
from payoff.spec import load_spec
from payoff.tabulation import make_plan, prepare
from payoff.tabulation.rows import GROUPS

# A fair hash fails a single chi-squared test at this level once in ten thousand families of ids.
LEVEL = 1e-4
COUNT = 4000


def groups_of(ids: Any, **data: str) -> dict[str, int]:
    """Return the group of every id, as prepared rows have it."""
    n = len(ids)
    frame = pa.table({"id": ids, "y": [j % 2 for j in range(n)], "p": [0.5] * n, "amount": [1.0] * n})
    spec = load_spec(
        {
            "decision": {"unit": "EUR"},
            "data": {"outcome": "y", "id": "id", **data},
            "value": {"act": "amount", "skip": 0},
            "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        }
    )
    with open_engine(frame) as engine:
        plan = make_plan(spec, engine)
        prepare(plan, engine)
        found = engine.columns("select i, g from prepared")
    return dict(zip(found["i"].tolist(), found["g"].tolist(), strict=True))


FAMILIES: dict[str, Any] = {
    "consecutive": list(range(COUNT)),
    "consecutive from a million": list(range(10**6, 10**6 + COUNT)),
    "multiples of 10": [10 * j for j in range(COUNT)],
    "multiples of 20": [20 * j for j in range(COUNT)],
    "multiples of 1000": [1000 * j for j in range(COUNT)],
    "negative": [-j for j in range(1, COUNT)],
    "very large": [2**60 + j for j in range(COUNT)],
    "text": [f"customer-{j}" for j in range(COUNT)],
    "padded text": [f"{j:08d}" for j in range(COUNT)],
    "hexadecimal text": [f"{j * 7919:x}-x" for j in range(COUNT)],
    "accented text": [f"Zoë {j}" for j in range(COUNT)],
}


@pytest.mark.parametrize("family", FAMILIES)
def test_ids_of_any_family_spread_evenly_over_the_groups(family: str) -> None:
    found = groups_of(FAMILIES[family])
    counts = np.bincount(list(found.values()), minlength=GROUPS)
    assert len(counts) == GROUPS
    # Consecutive numbers spread more evenly than chance, which is no fault: only the upper tail is tested.
    assert stats.chisquare(counts).pvalue > LEVEL


@pytest.mark.parametrize("step", [2, 3, 5, 7, 10, 19, 20, 21, 64, 100, 365, 999])
def test_no_step_between_ids_keeps_them_in_one_group(step: int) -> None:
    found = groups_of(list(range(COUNT)))
    same = sum(found[str(j)] == found[str(j + step)] for j in range(COUNT - step))
    share = same / (COUNT - step)
    # A linear map is regular at single steps; what must not be is that whole steps fall together.
    assert share < 0.5


def test_a_number_and_its_text_fall_into_one_group() -> None:
    ids = list(range(0, 3000, 7))
    numbers, texts = groups_of(ids), groups_of([str(one) for one in ids])
    assert numbers == texts


def test_ids_that_are_not_how_a_number_is_written_are_other_ids() -> None:
    found = groups_of(["7", "07", "7.0", " 7", "+7", "seven"])
    assert len(found) == 6
    assert len(set(found.values())) > 3
    assert found["7"] == groups_of([7])["7"]


def test_the_order_of_rows_does_not_matter() -> None:
    ids = [f"c{j}" for j in range(500)]
    shuffled = list(np.random.default_rng(3).permutation(ids))
    assert groups_of(ids) == groups_of(shuffled)


def test_clusters_stay_together() -> None:
    n = 1000
    frame = [f"r{j}" for j in range(n)]
    persons = [j // 10 for j in range(n)]
    spec = load_spec(
        {
            "decision": {"unit": "EUR"},
            "data": {"outcome": "y", "id": "id", "cluster": "person"},
            "value": {"act": 1, "skip": 0},
            "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        }
    )
    rows = pa.table({"id": frame, "person": persons, "y": [j % 2 for j in range(n)], "p": [0.5] * n})
    with open_engine(rows) as engine:
        plan = make_plan(spec, engine)
        prepare(plan, engine)
        found = engine.columns("select k, count(distinct g) as groups from prepared group by k")
        spread = engine.columns("select count(distinct g) as groups from prepared")
    assert len(found["k"]) == n // 10
    assert set(found["groups"].tolist()) == {1}
    assert spread["groups"].tolist() == [GROUPS]


def test_without_id_groups_follow_the_position_of_rows() -> None:
    frame = pa.table({"y": [0, 1] * 50, "p": [0.5] * 100})
    spec = load_spec(
        {
            "decision": {"unit": "EUR"},
            "data": {"outcome": "y"},
            "value": {"act": 1, "skip": 0},
            "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.5}},
        }
    )
    with open_engine(frame) as engine:
        plan = make_plan(spec, engine)
        prepare(plan, engine)
        found = engine.columns("select g from prepared order by n")["g"]
    assert found.tolist() == [(j + 1) % GROUPS for j in range(100)]
