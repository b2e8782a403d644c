"""Rows and specs that the tests of this folder share, as fixtures."""

from collections.abc import Callable
from typing import Any

import pytest

from customers import Columns, rows_of, spec_of


@pytest.fixture
def make_rows() -> Callable[..., Columns]:
    """Return ``rows_of``."""
    return rows_of


@pytest.fixture
def make_spec() -> Callable[..., dict[str, Any]]:
    """Return ``spec_of``."""
    return spec_of


@pytest.fixture
def money() -> Callable[[Any], dict[tuple[Any, ...], Any]]:
    """Return what picks every value and gain of a result by its key."""

    def picked(found: Any) -> dict[tuple[Any, ...], Any]:
        kinds = ("value", "gain", "claimed_value")
        return {key(one): one for one in found.estimates if one.metric in kinds}

    return picked


def key(one: Any) -> tuple[Any, ...]:
    """Return what makes an estimate unique."""
    return (one.metric, one.of, one.over, one.per, None if one.slice is None else tuple(one.slice.items()))
