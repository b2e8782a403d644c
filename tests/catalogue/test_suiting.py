"""Which metrics are said to fit a decision and which to mislead, from its fingerprint."""

from dataclasses import replace

import pytest

from payoff.catalogue import CATALOGUE, ROLES, Fingerprint, advise, traits

RARE = Fingerprint(
    unit="EUR",
    policy="m: stop where p >= 0.1, else pass",
    prevalence=0.01,
    on_positive=95.0,
    on_negative=-5.0,
    varies=False,
    act_rate=0.04,
    f_score=0.3,
    score_is="probability",
    threshold="given",
    unseen=False,
)


def role(found: Fingerprint, metric: str) -> str:
    return {one.metric: one.role for one in advise(found)}[metric]


def why(found: Fingerprint, metric: str) -> str:
    return {one.metric: one.why for one in advise(found)}[metric]


def test_every_metric_of_the_catalogue_has_one_role_and_a_reason() -> None:
    found = advise(RARE)
    assert [one.metric for one in found] == [
        name for name, metric in CATALOGUE.items() if metric.of != "quantity"
    ]
    assert {one.role for one in found} <= set(ROLES)
    assert all(one.why and one.why[-1] != "." for one in found)


def test_break_even_and_price_are_those_of_the_two_cells() -> None:
    """95 on a positive against 5 on a negative: acting pays from 5 / 100 on, and a miss costs 19 false alarms."""
    assert RARE.break_even == pytest.approx(0.05)
    assert RARE.price_ratio == pytest.approx(19.0)
    # At the break-even acting is worth nothing, by hand.
    assert pytest.approx(0.0) == 0.05 * 95 - 0.95 * 5


def test_money_decides_and_rare_outcomes_make_accuracy_specificity_and_roc_mislead() -> None:
    assert {role(RARE, name) for name in ("value", "gain", "net_gain")} == {"decide by"}
    assert {role(RARE, name) for name in ("accuracy", "specificity", "roc_auc")} == {"misleads"}
    assert "99%" in why(RARE, "accuracy")
    assert "99% of the positives" in why(RARE, "specificity")
    assert {role(RARE, name) for name in ("lift", "capture_rate", "partial_roc_auc")} == {"suits"}


def test_with_equal_prices_and_common_outcomes_accuracy_does_not_mislead() -> None:
    even = replace(RARE, prevalence=0.5, on_positive=5.0, act_rate=0.5, f_score=0.95)
    for metric in ("accuracy", "balanced_accuracy", "specificity", "roc_auc", "f_beta"):
        assert role(even, metric) == "read beside"
    assert role(even, "lift") == "read beside"


@pytest.mark.parametrize(
    ("gain", "expected"), [(5.0, "read beside"), (9.0, "read beside"), (11.0, "misleads")]
)
def test_accuracy_misleads_where_errors_have_prices_of_another_size(gain: float, expected: str) -> None:
    assert role(replace(RARE, prevalence=0.5, on_positive=gain), "accuracy") == expected


def test_balanced_accuracy_implies_a_price_by_rarity() -> None:
    """At a prevalence of 5% it takes a miss for 19 false alarms, which is right here, and at 1% for 99."""
    assert role(replace(RARE, prevalence=0.05), "balanced_accuracy") == "read beside"
    assert role(RARE, "balanced_accuracy") == "misleads"
    assert "99 false alarms" in why(RARE, "balanced_accuracy")


def test_f1_is_held_to_the_threshold_it_implies() -> None:
    assert role(RARE, "f_beta") == "misleads"
    assert role(replace(RARE, f_score=0.12), "f_beta") == "read beside"


def test_calibration_matters_as_the_threshold_is_made() -> None:
    assert role(replace(RARE, threshold="from value"), "local_calibration") == "suits"
    assert role(replace(RARE, threshold="best"), "local_calibration") == "read beside"
    assert role(replace(RARE, threshold="from value"), "log_loss") == "suits"


def test_what_the_score_cannot_give_cannot_be_had() -> None:
    rank, none = replace(RARE, score_is="rank"), replace(RARE, score_is=None, threshold=None)
    assert (role(rank, "brier_score"), role(rank, "roc_auc")) == ("cannot be had", "misleads")
    assert (role(none, "brier_score"), role(none, "roc_auc")) == ("cannot be had", "cannot be had")
    assert role(none, "recall") == "read beside"


def test_unseen_outcomes_leave_the_act_rate_alone() -> None:
    had = {one.metric for one in advise(replace(RARE, unseen=True)) if one.role != "cannot be had"}
    assert had == {"act_rate"}


@pytest.mark.parametrize(
    ("gain", "loss", "words"),
    [
        (5.0, 1.0, "positives and negatives alike"),
        (-1.0, -5.0, "acting never pays"),
        (0.0, 0.0, "never pays"),
    ],
)
def test_a_trivial_decision_is_said_to_need_no_score(gain: float, loss: float, words: str) -> None:
    found = replace(RARE, on_positive=gain, on_negative=loss)
    assert found.break_even is None
    assert any(words in one.answer for one in traits(found))


def test_an_unknown_value_is_said_to_be_unknown_and_nothing_else_breaks() -> None:
    blank = replace(RARE, prevalence=None, on_positive=None, on_negative=None, act_rate=None, f_score=None)
    answers = [one.answer for one in traits(blank)]
    assert "varies by row: rows are needed" in answers
    assert "not known" in answers
    assert role(blank, "accuracy") == "read beside"


def test_a_value_the_wrong_way_round_is_pointed_at() -> None:
    assert any(
        "check the value" in one.answer for one in traits(replace(RARE, on_positive=-5.0, on_negative=5.0))
    )
