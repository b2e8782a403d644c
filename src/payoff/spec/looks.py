"""How often the same rows are judged, as whoever calls says: no spec holds it, since it is not the decision's."""

from dataclasses import dataclass

from payoff.errors.usage import NotALook

ANY_TIME = "any-time"
PLANNED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Repeated looks at rows that are judged, or judged again as they grow.

    Attributes
    ----------
    count : looks in all, this one and those to come included; None where nobody can tell, and a bound is asked
        that holds at any number of them.
    planned : rows at which that bound is to be tightest; of no meaning with a count.
    """

    count: int | None
    planned: int = PLANNED

    def confidence(self, asked: float) -> float:
        """Return the confidence that every single look must reach.

        >>> round(Looks(count=3).confidence(0.95), 4)  # 1 - 0.05 / 3
        0.9833
        """
        return asked if self.count is None else 1.0 - (1.0 - asked) / self.count

    def __str__(self) -> str:
        """Return it as it is asked for."""
        if self.count is not None:
            return str(self.count)
        return ANY_TIME if self.planned == PLANNED else f"{ANY_TIME}:{self.planned}"


def read_looks(asked: int | str | None) -> Looks | None:
    """Return the looks that a caller asks for: a count, ``any-time`` or ``any-time:ROWS``; None for the only one.

    Raises
    ------
    NotALook
        When it is none of these.

    >>> read_looks("3"), read_looks("any-time:20000").planned, read_looks(1)
    (Looks(count=3, planned=10000), 20000, None)
    """
    if asked is None:
        return None
    name, sign, rows = str(asked).strip().partition(":")
    number = _whole(rows if sign else name)
    if name == ANY_TIME and (number or not sign):
        return Looks(count=None, planned=number or PLANNED)
    if sign or number is None or isinstance(asked, bool):
        raise NotALook(
            where="looks",
            found=repr(asked),
            expected=f"a whole number from 1, {ANY_TIME}, or {ANY_TIME}:ROWS",
            fix=f"count every look at these rows, those to come included, or ask for {ANY_TIME}.",
        )
    return None if number == 1 else Looks(count=number)


def _whole(text: str) -> int | None:
    """Return a whole number from 1 up to what counts can be, or None."""
    return int(text) if text.isascii() and text.isdigit() and 1 <= len(text) <= 12 and int(text) else None
