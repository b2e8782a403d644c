"""A document on its way to a spec: places for messages, and the few readings that all sections share."""

from dataclasses import dataclass
from typing import TypeVar

from payoff.errors import SpecError, nearest
from payoff.errors.spec import InvalidAmount, InvalidName, OutOfRange, UnknownAction
from payoff.quantities import Amount, parse_amount
from payoff.spec.checking import described
from payoff.spec.document import SpecDocument
from payoff.spec.places import Path, Text

_E = TypeVar("_E", bound=SpecError)

ACTIONS = ("act", "skip")
"""The actions of a decision that does not name them."""

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """The text and its checked document."""

    text: Text
    document: SpecDocument

    @property
    def actions(self) -> tuple[str, ...]:
        """Return the actions as written, or the default ones."""
        return self.document.decision.actions or ACTIONS

    def refusal(self, kind: type[_E], path: Path, found: str, expected: str, fix: str) -> _E:
        """Return an error of that kind, placed at the path."""
        return kind(where=self.text.at(path), found=found, expected=expected, fix=fix)

    def name(self, given: str, path: Path) -> str:
        """Return a name or column as written.

        Raises
        ------
        InvalidName
            When it is blank, padded with blanks or breaks the line.
        """
        if not given.strip() or given != given.strip() or "\n" in given or "\t" in given:
            raise self.refusal(
                InvalidName, path, described(given), "a name without blanks around it", "write the name itself."
            )
        return given

    def column(self, given: str | None, path: Path) -> str | None:
        """Return a column as written, or None where there is none."""
        return None if given is None else self.name(given, path)

    def label(self, given: str, path: Path) -> str:
        """Return a name that results show, which must also be short enough to be shown."""
        if len(self.name(given, path)) > LONGEST_NAME:
            raise self.refusal(
                InvalidName,
                path,
                f"a name of {len(given)} characters",
                f"at most {LONGEST_NAME} characters",
                "shorten the name.",
            )
        return given

    def within(self, given: float, path: Path, allowed: bool, expected: str) -> float:
        """Return the number as a float.

        Raises
        ------
        OutOfRange
            When it is not allowed.
        """
        if not allowed:
            raise self.refusal(OutOfRange, path, described(given), expected, "correct the number.")
        return float(given)

    def amount(self, given: str, path: Path, periods: tuple[str, ...]) -> Amount:
        """Return an amount in one of the periods that have a meaning there.

        Raises
        ------
        InvalidAmount
            When the text is no amount, is not finite, or has another period.
        """
        allowed = " or ".join(period if period == "once" else f"per {period}" for period in periods)
        try:
            amount = parse_amount(given)
        except ValueError:
            amount = None
        if amount is None or amount.per not in periods or abs(amount.value) == float("inf"):
            example = f"200000 {'once' if periods == ('once',) else f'per {periods[-1]}'}"
            raise self.refusal(
                InvalidAmount,
                path,
                described(given),
                f"a number {allowed}",
                f'write it such as "{example}": a plain number and its period, without a currency sign.',
            )
        return amount

    def action(self, given: str, path: Path) -> str:
        """Return an action of the decision.

        Raises
        ------
        UnknownAction
            When the decision has no such action.
        """
        if given not in self.actions:
            raise self.refusal(
                UnknownAction,
                path,
                f'"{given}"{nearest(given, self.actions)}',
                f"one of {', '.join(self.actions)}",
                "use an action of decision.actions.",
            )
        return given
