"""Policies as shares of actions, and the switches that they make."""

import numpy as np
import pytest

from payoff.choices import definition, kind_of, shares, switches
from payoff.formulas import parse
from payoff.spec.model import Always, Candidate, Decided, Policy, Random, Rule, Threshold
from payoff.tables import Cells, Moments

ACTIONS = ("call", "mail", "skip")
RULE = parse("amount > 3", where="rule", assumptions=[], outcome_allowed=False)


def candidate(policy: Policy) -> Candidate:
    return Candidate(name="it", role="model", policy=policy, score="p")


def cells_of(taken: list[int]) -> Cells:
    n = len(taken)
    ones, several = np.ones(n), np.zeros((n, 3), dtype=np.int64)
    moments = Moments(
        rows=np.ones(n, dtype=np.int64),
        weight=ones,
        weight2=ones,
        weight3=ones,
        total_high=several,
        total_low=several,
        nonzero=several[:, :2],
        shift=np.zeros((n, 1)),
        first=np.zeros((n, 1)),
        first2=np.zeros((n, 1)),
        second=np.zeros((n, 1, 1)),
        third=np.zeros((n, 5, 4)),
    )
    state = np.zeros(n, dtype=np.int64)
    return Cells(group=state, state=state, actions={"it": np.array(taken)}, moments=moments)


CASES: list[tuple[Policy, list[list[float]], str, str]] = [
    (Always("mail"), [[0, 1, 0]] * 3, "always", "mail for every row, always"),
    (
        Random(share=0.25, do="call", otherwise="skip"),
        [[0.25, 0, 0.75]] * 3,
        "random",
        "call for a random share of 0.25, else skip",
    ),
    (
        Threshold(at=0.2, do="call", otherwise="skip"),
        [[1, 0, 0], [0, 0, 1], [0, 1, 0]],
        "threshold",
        "call where p >= 0.2, else skip",
    ),
    (
        Threshold(at="best", do="call", otherwise="skip"),
        [[1, 0, 0], [0, 0, 1], [0, 1, 0]],
        "threshold",
        "call where p >= best, else skip",
    ),
    (
        Rule(when=RULE, do="call", otherwise="mail"),
        [[1, 0, 0], [0, 0, 1], [0, 1, 0]],
        "when",
        "call where amount > 3, else mail",
    ),
    (
        Decided(column="seen", mapping={"1": "call", "0": "skip"}),
        [[1, 0, 0], [0, 0, 1], [0, 1, 0]],
        "decided",
        "as recorded in seen (1 = call, 0 = skip)",
    ),
]


@pytest.mark.parametrize(("policy", "expected", "kind", "text"), CASES)
def test_every_kind_of_policy_has_its_shares_and_its_words(
    policy: Policy, expected: list[list[float]], kind: str, text: str
) -> None:
    one = candidate(policy)
    assert shares(one, cells_of([0, 2, 1]), ACTIONS).tolist() == expected
    assert kind_of(one) == kind
    assert definition(one, "a row") == text


def test_a_policy_that_is_no_key_of_the_table_is_refused() -> None:
    other = Candidate(name="other", role="baseline", policy=Decided(column="c", mapping={}))
    with pytest.raises(KeyError):
        shares(other, cells_of([0]), ACTIONS)


def test_switches_of_a_value_start_with_one_and_of_a_gain_with_zero() -> None:
    mine = np.array([[1.0, 0.0, 0.0], [0.25, 0.0, 0.75], [0.0, 0.0, 1.0]])
    theirs = np.array([[0.0, 1.0, 0.0], [0.25, 0.0, 0.75], [1.0, 0.0, 0.0]])
    assert switches(mine, None).tolist() == [[1, 1, 0], [1, 0.25, 0], [1, 0, 0]]
    assert switches(mine, theirs).tolist() == [[0, 1, -1], [0, 0, 0], [0, -1, 0]]
