"""What a check found about the rows."""

from dataclasses import dataclass
from typing import Literal

from payoff.errors.family import DataError

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding; ``error`` means that no number may rest on these rows."""

    code: str
    severity: Severity
    where: str
    rows: int
    ids: tuple[str, ...]
    found: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A condition on rows of ``prepared`` that makes them a finding."""

    error: type[DataError]
    severity: Literal["error", "warning", "note"]
    where: str
    condition: str
    found: str
    fix: str


def finding_of(
    error: type[DataError], severity: Severity, where: str, rows: int, found: str, fix: str
) -> Finding:
    """Return a finding about rows that are not named one by one."""
    return Finding(code=error.code, severity=severity, where=where, rows=rows, ids=(), found=found, fix=fix)
