"""The search over slices of rows that come in clusters, against loops over clusters, a bootstrap of them, and laws."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

import payoff
from payoff.record import SliceSearch

Columns = dict[str, Any]
# Sums of some thousand doubles in another order.
ROUNDING = 1e-9
NAMES = ["region", "vip", "children"]
LEVEL = 0.95
PLAIN = {"outcome": "y", "id": "id"}
BY_PERSON = {**PLAIN, "cluster": "person"}


def rows_of(seed: int = 0, n: int = 8_000, persons: int = 2_400) -> Columns:
    """Return rows of people, of whom some have many rows, who are alike; a person is in several slices."""
    rng = np.random.default_rng(seed)
    person = np.minimum(rng.integers(0, persons, n), rng.integers(0, persons, n))
    liking = rng.normal(0, 0.4, persons)[person]
    p = rng.random(n).round(2)
    region = np.where(rng.random(n) < 0.8, np.array(["north", "south", "west"])[person % 3], "north")
    children = rng.choice(4, n, p=[0.5, 0.3, 0.15, 0.05])
    losing = (region == "south") & (children == 0)
    return {
        "id": np.arange(n),
        "y": (rng.random(n) < p + liking + np.where(losing, 0.3, 0.0)).astype(np.int64),
        "p": p,
        "amount": rng.integers(4, 200, n) / 4,
        "region": region,
        "vip": rng.random(n) < 0.3,
        "children": children,
        "person": person,
        "w": rng.integers(1, 4, n) / 2,
    }


def spec_of(**more: Any) -> dict[str, Any]:
    return {
        "decision": {"unit": "EUR"},
        "data": BY_PERSON,
        "value": {"act": "(case when outcome then amount else 0 end) - 6", "skip": "0"},
        "model": {"name": "m", "score": "p", "score_is": "probability", "policy": {"threshold": 0.4}},
        "today": "everybody",
        **more,
    }


def gains(rows: Columns) -> np.ndarray:
    return np.where(rows["p"] >= 0.4, 0.0, 6 - np.where(rows["y"] == 1, rows["amount"], 0.0))


def search(rows: Columns, columns: list[str] = NAMES, depth: int = 2, **more: Any) -> SliceSearch:
    return payoff.slices(pa.table(rows), spec_of(**more), columns, depth=depth).record


@dataclass(frozen=True)
class Slice:
    """A slice by plain loops: its clusters' totals, and what follows from them."""

    words: dict[str, str]
    rows: int
    weights: np.ndarray
    totals: np.ndarray
    deciding: tuple[int, int]

    @property
    def value(self) -> float:
        return float(self.totals.sum() / self.weights.sum())

    @property
    def influence(self) -> np.ndarray:
        return (self.totals - self.value * self.weights) / self.weights.sum()

    @property
    def stderr(self) -> float:
        n = len(self.totals)
        return float(np.sqrt((self.influence**2).sum() * n / (n - 1)))

    @property
    def tail(self) -> float:
        return float((self.influence**3).sum() / (self.influence**2).sum() ** 1.5)

    @property
    def effective(self) -> float:
        return float(min(len(self.weights), self.weights.sum() ** 2 / (self.weights**2).sum()))


def division(rows: Columns, columns: tuple[str, ...], weight: np.ndarray) -> list[Slice]:
    """Return every slice of some columns that holds rows."""
    found, x = [], gains(rows)
    decides = (rows["p"] < 0.4) & (x != 0)
    for values in product(*(np.unique(rows[name]).tolist() for name in columns)):
        inside = np.ones(len(x), dtype=bool)
        for name, value in zip(columns, values, strict=True):
            inside &= rows[name] == value
        totals: dict[int, list[float]] = {}
        deciding: list[set[int]] = [set(), set()]
        for j in np.flatnonzero(inside):
            here = totals.setdefault(int(rows["person"][j]), [0.0, 0.0])
            here[0] += weight[j]
            here[1] += weight[j] * x[j]
            if decides[j]:
                deciding[rows["y"][j]].add(int(rows["person"][j]))
        held = np.array(list(totals.values())).reshape(-1, 2)
        words = {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in zip(columns, values, strict=True)
        }
        both = (len(deciding[0]), len(deciding[1]))
        found += [Slice(words, int(inside.sum()), held[:, 0], held[:, 1], both)] if len(held) else []
    return found


def divisions(rows: Columns, weight: np.ndarray | None = None) -> Iterator[tuple[list[Slice], float, int]]:
    """Yield the slices of each column and pair, the tail of all their totals together, and how many these are."""
    weight = np.ones(len(rows["y"])) if weight is None else weight
    mean = np.average(gains(rows), weights=weight)
    for columns in [(name,) for name in NAMES] + list(combinations(NAMES, 2)):
        several = division(rows, columns, weight)
        away = np.concatenate([one.totals - mean * one.weights for one in several])
        yield several, float((away**3).sum() / (away**2).sum() ** 1.5), len(away)


def judged(rows: Columns, weight: np.ndarray | None = None) -> list[tuple[Slice, float]]:
    """Return the slices that may be judged, each with the tail that all rows give it."""
    out = []
    for several, tail, many in divisions(rows, weight):
        for one in several:
            whole = tail * np.sqrt(many / len(one.totals))
            light = max(abs(one.tail), abs(whole)) <= 0.35
            out += [(one, whole)] if min(one.deciding) >= 50 and one.effective >= 30 and light else []
    return out


def deviates(told: Any, one: Slice, whole: float) -> tuple[float, float]:
    """Return the normal deviates that its two bounds stand at, by Hall's transformation written out."""
    out = []
    for bound, tail in ((told.low, min(one.tail, whole)), (told.high, max(one.tail, whole))):
        t, a = (one.value - bound) / one.stderr, tail / 3.0
        statistic = abs(t + a * t**2 + a**2 * t**3 / 3.0 + a / 2.0)
        out.append(float(-stats.norm.ppf(stats.t.sf(statistic, one.effective - 1))))
    return out[0], out[1]


@pytest.mark.parametrize(("persons", "weighted"), [(2_400, False), (2_400, True), (170, False)])
def test_what_is_told_of_every_slice_is_what_loops_over_clusters_say(persons: int, weighted: bool) -> None:
    rows = rows_of(persons=persons)
    data = {**BY_PERSON, "weight": "w"} if weighted else BY_PERSON
    weight = rows["w"] if weighted else np.ones(len(rows["y"]))
    record, expected = search(rows, data=data), judged(rows, weight)
    assert record.judged == len(expected)
    assert record.searched == sum(len(several) for several, _, _ in divisions(rows, weight))
    assert record.losing == len(record.losses) == sum(one.value < 0 for one, _ in expected) >= 5
    assert record.method == "simultaneous band over slices, Hall t by cluster"
    asked: dict[bool, list[float]] = {False: [], True: []}
    for told in record.losses:
        one, whole = next(each for each in expected if each[0].words == dict(told.slice))
        assert (told.rows, told.clusters, told.events) == (one.rows, len(one.totals), min(one.deciding))
        assert told.value == pytest.approx(one.value, rel=ROUNDING)
        assert told.total == pytest.approx(one.totals.sum(), rel=ROUNDING)
        asked[one.effective < 100] += deviates(told, one, whole)
    # One critical value stands behind all bounds, and a larger one where clusters are few. An inverse t and back.
    assert bool(asked[True]) == (persons == 170)
    for found in filter(None, asked.values()):
        assert max(found) - min(found) < 1e-6
    assert min(asked[True], default=9.0) > max(asked[False])


def test_the_critical_value_is_that_of_multipliers_drawn_for_every_cluster() -> None:
    rows, rng = rows_of(), np.random.default_rng(1)
    expected = judged(rows)
    x, draws = gains(rows), 4_000
    deviate = rng.standard_normal((rows["person"].max() + 1, draws))
    process = []
    for one, _ in expected:
        inside = np.ones(len(x), dtype=bool)
        for name, word in one.words.items():
            inside &= np.char.lower(np.asarray(rows[name]).astype(str)) == word
        psi = np.bincount(rows["person"][inside], x[inside] - one.value, len(deviate))
        process.append(psi @ deviate / np.sqrt((psi**2).sum()))
    exact = float(np.quantile(np.max(process, axis=0), 1 - (1 - LEVEL) / 2))
    told = search(rows).losses[0]
    found = deviates(told, *next(each for each in expected if each[0].words == dict(told.slice)))
    # 4,000 draws either way, and correlations by 128 buckets: 0.03 of the quantile each.
    assert found == (pytest.approx(exact, abs=0.1), pytest.approx(exact, abs=0.1))
    assert stats.norm.ppf(0.975) < found[0] < stats.norm.ppf(1 - 0.025 / len(expected))


def test_standard_errors_are_those_of_drawing_clusters_anew() -> None:
    rows, rng = rows_of(), np.random.default_rng(2)
    for one, _ in judged(rows)[:6]:
        picks = rng.integers(0, len(one.totals), (2_000, len(one.totals)))
        again = one.totals[picks].sum(axis=1) / one.weights[picks].sum(axis=1)
        # 2,000 draws tell a standard deviation to 1.6%; a ratio of totals is linear to a few per cent more.
        assert again.std() == pytest.approx(one.stderr, rel=0.08)
    told, alone = (search(rows, ["region"], 1, **more).losses[0] for more in ({}, {"data": PLAIN}))
    # People are alike: by rows alone the interval would be too narrow.
    assert told.slice == alone.slice
    assert told.high - told.low > 1.15 * (alone.high - alone.low)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("more", [{}, {"weight": "w"}], ids=["plain", "weighted"])
def test_where_every_cluster_is_one_row_the_search_is_the_plain_one(seed: int, more: dict[str, str]) -> None:
    rows = rows_of(seed)
    rows["y"] = pa.array([None if j % 11 == 0 else y for j, y in enumerate(rows["y"].tolist())])
    data = {**PLAIN, "positive": 1, **more}
    plain = search(rows, data=data)
    alone = search({**rows, "alone": rows["id"]}, data={**data, "cluster": "alone"})
    # Slices of fewer than 100 clusters are widened, which those of rows are not.
    assert min(one.rows for one in plain.losses) >= 100
    assert (alone.searched, alone.judged, alone.losing, alone.confident, alone.rows) == (
        plain.searched,
        plain.judged,
        plain.losing,
        plain.confident,
        plain.rows,
    )
    for one, other in zip(plain.losses, alone.losses, strict=True):
        assert (one.slice, one.rows, one.events) == (other.slice, other.rows, other.events)
        assert (one.clusters, other.clusters) == (None, one.rows)
        # Of weighted clusters Kish's number makes the degrees of freedom, of rows how many they are.
        room = 5e-3 * (one.high - one.low) if more else ROUNDING
        assert (other.value, other.total) == pytest.approx((one.value, one.total), rel=ROUNDING)
        assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=room)


def test_rows_repeated_within_their_cluster_tell_nothing_new() -> None:
    rows = rows_of(4, n=3_000)
    plain = search(rows, data=PLAIN)
    thrice = {name: np.repeat(column, 3) for name, column in rows.items()}
    thrice["own"], thrice["id"] = thrice["id"], np.arange(9_000)
    again = search(thrice, data={**PLAIN, "cluster": "own"})
    assert [one.slice for one in again.losses] == [one.slice for one in plain.losses]
    for one, other in zip(plain.losses, again.losses, strict=True):
        assert (other.rows, other.clusters, other.events) == (3 * one.rows, one.rows, one.events)
        for name in ("value", "low", "high"):
            assert getattr(other, name) == pytest.approx(getattr(one, name), rel=ROUNDING)


def test_a_weight_of_a_whole_cluster_counts_like_one_row_of_it_in_each_slice() -> None:
    """A row of weight 2 and two equal rows of one cluster are the same total."""
    rows = rows_of(6, n=3_000)
    rows["w"] = np.full(3_000, 1.0)
    rows["w"][::2] = 2.0
    once = search(rows, data={**BY_PERSON, "weight": "w"})
    order = np.repeat(np.arange(3_000), np.where(rows["w"] == 2.0, 2, 1))
    twice = search({**{name: column[order] for name, column in rows.items()}, "id": np.arange(len(order))})
    assert [one.slice for one in once.losses] == [one.slice for one in twice.losses]
    for one, other in zip(once.losses, twice.losses, strict=True):
        assert (one.clusters, one.events) == (other.clusters, other.events)
        for name in ("value", "low", "high", "total"):
            assert getattr(other, name) == pytest.approx(getattr(one, name), rel=ROUNDING)


@pytest.mark.parametrize("persons", [80, 150, 3_000])
def test_a_search_over_one_slice_says_what_the_evaluation_says(persons: int) -> None:
    rows = rows_of(persons=persons)
    rows["region"] = np.repeat("south", 8_000)
    rows["amount"] += 20.0  # acting on everybody is better then
    found = search(rows, ["region"], 1)
    result = payoff.evaluate(pa.table(rows), spec_of(slices=["region"]))
    plain = next(e for e in result.estimates if e.metric == "gain" and e.slice)
    (one,) = found.losses
    assert plain.tier == ("A-" if persons == 80 else "A")
    assert (one.events, one.rows) == (plain.events, plain.rows)
    assert one.low == pytest.approx(plain.low, rel=ROUNDING)
    assert one.high == pytest.approx(plain.high, rel=ROUNDING)


def test_a_slice_of_few_clusters_is_not_judged_however_many_rows_it_has() -> None:
    rows = rows_of()
    rows["person"] = rows["person"] % 25
    record = search(rows)
    assert (record.judged, record.losing, record.small) == (0, 0, record.searched)
    assert "No slice could be judged" in str(payoff.slices(pa.table(rows), spec_of(), NAMES))


CONSTANT = {"act": "case when outcome then 12 else -8 end", "skip": "0"}


def test_on_declared_values_twenty_clusters_with_an_adverse_row_are_asked_as_in_an_evaluation() -> None:
    rows = rows_of(7)
    rng = np.random.default_rng(0)
    # In the west few people have what loses; in the south all do.
    rows["y"] = np.where((rows["region"] == "west") & (rng.random(8_000) < 0.985), 0, rows["y"])
    record = search(rows, ["region"], 1, value=CONSTANT)
    asked = spec_of(value=CONSTANT, slices=["region"])
    gained = [e for e in payoff.evaluate(pa.table(rows), asked).estimates if e.metric == "gain" and e.slice]
    adverse = [
        len(np.unique(rows["person"][(rows["region"] == name) & (rows["p"] < 0.4) & (rows["y"] == 1)]))
        for name in ("north", "south", "west")
    ]
    assert adverse[2] < 20 < 50 < adverse[0]
    assert record.judged == sum(one.tier != "C" for one in gained) == 2


@pytest.mark.parametrize(
    "policy",
    [
        {"baselines": {"lot": {"random": 0.9}}, "today": "lot"},
        {"model": {"name": "m", "score": "p", "score_is": "rank", "policy": {"capacity": "30%"}}},
    ],
    ids=["lot", "capacity"],
)
def test_policies_that_share_actions_out_are_judged_by_what_they_gain_on_average(
    policy: dict[str, Any],
) -> None:
    rows = rows_of(8)
    spec = spec_of(**policy, slices=["region"])
    record = payoff.slices(pa.table(rows), spec, ["region"], depth=1).record
    result = payoff.evaluate(pa.table(rows), spec)
    of = {e.slice["region"]: e for e in result.estimates if e.metric == "gain" and e.slice}
    assert record.losses
    for one in record.losses:
        plain = of[one.slice["region"]]
        assert one.value == pytest.approx(plain.value, rel=ROUNDING)
        assert one.events == plain.events
        assert one.low < plain.low < plain.high < one.high


def test_doubling_money_doubles_what_is_told_and_the_order_of_rows_is_nothing() -> None:
    rows = rows_of(3)
    plain = search(rows)
    double = search(rows, value={"act": "2 * ((case when outcome then amount else 0 end) - 6)", "skip": "0"})
    order = np.random.default_rng(1).permutation(8_000)
    turned = search({name: column[order] for name, column in rows.items()})
    assert plain.losses
    for one, other, third in zip(plain.losses, double.losses, turned.losses, strict=True):
        assert one.slice == other.slice == third.slice
        for name in ("value", "low", "high", "total"):
            assert getattr(other, name) == pytest.approx(2 * getattr(one, name), rel=ROUNDING)
            assert getattr(third, name) == pytest.approx(getattr(one, name), rel=ROUNDING)


def test_clusters_by_text_and_a_gain_far_from_zero_tell_the_same() -> None:
    rows = rows_of(9)
    plain = search(rows)
    text = {**rows, "person": np.array([f"p'{one}" for one in rows["person"]])}
    by_text = search(text)
    for one, other in zip(plain.losses, by_text.losses, strict=True):
        # Another hash makes other buckets; what the clusters add up is the same.
        assert (one.slice, one.clusters, one.events) == (other.slice, other.clusters, other.events)
        assert other.value == pytest.approx(one.value, rel=ROUNDING)
        assert other.high - other.low == pytest.approx(one.high - one.low, rel=0.05)
    far = {"act": "(case when outcome then amount else 0 end) - 6", "skip": "1000000000"}
    shifted = search(rows, value=far, baselines={"never": {"always": "skip"}}, today="everybody")
    assert shifted.judged <= plain.judged


def test_the_text_counts_clusters() -> None:
    found = payoff.slices(pa.table(rows_of()), spec_of(), NAMES)
    assert "clusters" in found.to_text().splitlines()[1]
    assert max(len(line) for line in found.to_text().splitlines()) <= 80
    assert all(one.clusters is not None and one.clusters <= one.rows for one in found.record.losses)
