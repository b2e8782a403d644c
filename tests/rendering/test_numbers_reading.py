"""How numbers read: what rounding may and may not do."""

import re
from dataclasses import replace

import pytest
from fake_parts import estimate
from hypothesis import given
from hypothesis import strategies as st

from payoff.rendering import numbers

ROUNDING = 0.006  # three significant digits err by at most half a unit of the third: 0.5%, plus float dust

amounts = st.one_of(
    st.floats(-1e15, 1e15).filter(lambda value: value == 0 or abs(value) > 1e-9),
    st.integers(-(10**15), 10**15).map(float),
)


def read_back(text: str) -> float:
    found = re.search(r"\d[\d,]*(\.\d+)?(e[+-]?\d+)?", text)
    assert found is not None
    return float(found[0].replace(",", "")) * (-1 if numbers.MINUS in text.split("e", maxsplit=1)[0] else 1)


@given(amounts)
def test_money_reads_back_within_three_digits(value: float) -> None:
    assert read_back(numbers.money(value, "EUR per year")) == pytest.approx(value, rel=ROUNDING)


@given(amounts, amounts)
def test_two_numbers_side_by_side_never_read_the_same_unless_the_result_cannot_tell_them_apart(
    a: float, b: float
) -> None:
    texts = {numbers.money(each, "EUR", beside=(a, b)) for each in (a, b)}
    alike = abs(a - b) <= 1e-8 * max(abs(a), abs(b))
    assert len(texts) == 2 or alike or min(abs(a), abs(b)) < 1e-8 * max(abs(a), abs(b))


@given(amounts, amounts)
def test_rounding_keeps_the_order(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert read_back(numbers.money(low, "EUR", beside=(a, b))) <= read_back(
        numbers.money(high, "EUR", beside=(a, b))
    )


@given(st.floats(0, 1, exclude_max=True))
def test_no_confidence_reads_as_certain(value: float) -> None:
    assert numbers.confidence(value) not in ("100%", "100.0%", "0%")


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_confidence_short_of_what_is_asked_never_reads_as_equal(value: float, asked: float) -> None:
    alike = abs(value - asked) < 1e-7
    assert alike or numbers.confidence(value, beside=[asked]) != numbers.confidence(asked, beside=[value])


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_no_proportion_between_reads_as_all_or_none(value: float) -> None:
    assert numbers.percent(value) not in ("100%", "100.0%", "0%", "0.0%")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (211_734.5, "EUR per year", "EUR 212,000 per year"),
        (-5_000.0, "EUR", "−EUR 5,000"),
        (4.968, "EUR per decision", "EUR 4.97 per decision"),
        (0.5, "€ per decision", "€0.50 per decision"),
        (90.0, "minutes per day", "90 minutes per day"),
        (0.0, "EUR per year", "EUR 0 per year"),
        (1e15, "EUR", "EUR 1,000,000,000,000,000"),
        (12.0, "1", "12"),
        (None, "EUR", "not evaluated"),
    ],
)
def test_money_reads_as_people_write_it(value: float | None, unit: str, text: str) -> None:
    assert numbers.money(value, unit) == text


def test_missing_reads_as_not_evaluated_with_its_reason() -> None:
    assert numbers.ratio(None, note="0 positive rows") == "not evaluated (0 positive rows)"
    assert numbers.percent(None) == numbers.confidence(None) == numbers.number(None) == "not evaluated"
    assert numbers.between(None, None, "EUR") == "not evaluated"


def test_a_percentage_of_a_baseline_is_refused_where_it_would_mislead() -> None:
    gain, good = estimate("gain", 50.0, unit="EUR"), estimate("value", 100.0, half=20.0, unit="EUR")
    assert numbers.share_of_baseline(gain, good) == "+50%"
    assert numbers.share_of_baseline(gain, replace(good, low=-1.0)) is None
    assert numbers.share_of_baseline(gain, replace(good, value=-100.0, low=-120.0, high=-80.0)) is None
    assert numbers.share_of_baseline(gain, replace(good, low=0.0)) is None
    assert numbers.share_of_baseline(gain, replace(good, unit="EUR per year")) is None
    assert numbers.share_of_baseline(replace(gain, value=None), good) is None
