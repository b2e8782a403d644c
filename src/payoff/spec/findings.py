"""One remark about a spec that could be built."""

from dataclasses import dataclass
from typing import Literal

from payoff.errors import SpecError

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What ``lint`` says: an ``error`` means that no verdict may rest on the spec as it is.

    >>> from payoff.errors.spec import NoToday
    >>> Finding.of(NoToday, "note", "today", "no `today`", "add it.").code
    'PAY237'
    """

    code: str
    severity: Severity
    where: str
    found: str
    fix: str

    @classmethod
    def of(cls, kind: type[SpecError], severity: Severity, where: str, found: str, fix: str) -> "Finding":
        """Return a finding with the code of an error class."""
        return cls(code=kind.code, severity=severity, where=where, found=found, fix=fix)
