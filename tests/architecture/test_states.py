"""No query or test of states tells pending rows by a number of its own."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "payoff"
# Of a binary outcome states are 0 and 1; what is known is `st >= 0`, and pending is `PENDING`.
BY_NUMBER = re.compile(r"\bst\s*(<|<=|=|<>|!=)\s*2\b|\bstate\s*(<|<=|==|!=)\s*2\b")


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_pending_is_told_by_its_name(path: Path) -> None:
    assert BY_NUMBER.search(path.read_text(encoding="utf-8")) is None
