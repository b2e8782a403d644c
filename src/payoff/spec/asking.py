"""What every section of the document needs while it is built: places, actions, the assumptions' names."""

import re
import unicodedata
from dataclasses import dataclass

from payoff.errors import SpecError, nearest
from payoff.errors.spec import InvalidAmount, InvalidName, NameTaken, OutOfRange, UnknownAction
from payoff.formulas import Formula, parse
from payoff.quantities import Amount, parse_amount
from payoff.spec.checking import described
from payoff.spec.document import AssumptionDocument, HurdleDocument, SpecDocument
from payoff.spec.model import NOBODY
from payoff.spec.places import Path, Text

ACTIONS = ("act", "skip")
"""The actions of a decision that does not name them."""

# Format characters, halves of a pair, separators of lines; but those that emoji and scripts are joined by.
UNSEEN = frozenset(("Cf", "Cs", "Zl", "Zp"))
JOINERS = frozenset("\u200c\u200d")
LONGEST_NAME = 200
_UNIT = re.compile(r"\s*[+-]?[0-9._]+\s*(?P<unit>(?!per\b|once\b)[^\s0-9]+)\s*(per\s+\w+|once)?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A document with what its sections refer to in common."""

    document: SpecDocument
    text: Text

    @property
    def actions(self) -> tuple[str, ...]:
        """Return the actions as written, or the default ones; those of candidates where a quantity is decided."""
        if self.of_quantity:
            document = self.document
            names = (
                document.model.name or "model",
                *(document.challengers or {}),
                *(document.baselines or {}),
            )
            return (*(name for name in dict.fromkeys(names) if name != NOBODY), NOBODY)
        return self.document.decision.actions or ACTIONS

    @property
    def of_quantity(self) -> bool:
        """Return whether a number is decided rather than one of several actions."""
        return self.document.decision.quantity is not None

    @property
    def assumptions(self) -> dict[str, int | float | AssumptionDocument]:
        """Return the named numbers as written."""
        return self.document.assumptions.__pydantic_extra__ if self.document.assumptions else {}

    @property
    def outcome_kind(self) -> str:
        """Return what formulas take the outcome for."""
        classes = self.document.data.classes
        return "boolean" if not classes else "text" if isinstance(classes[0], str) else "number"

    @property
    def hurdles(self) -> tuple[HurdleDocument, ...]:
        """Return the hurdles as written."""
        return self.document.hurdles or ()

    def at(self, *path: str | int) -> str:
        """Return a place as messages show it."""
        return self.text.at(path)

    def formula(self, text: str, path: Path, *, outcome_allowed: bool, of_quantity: bool = False) -> Formula:
        """Parse a formula that stands at a place."""
        return parse(
            text,
            where=self.text.at(path),
            assumptions=tuple(self.assumptions),
            outcome_allowed=outcome_allowed,
            of_quantity=of_quantity,
            outcome_kind=self.outcome_kind,
        )

    def action(self, name: str, path: Path) -> str:
        """Return the action of that name, or raise UnknownAction."""
        if name not in self.actions:
            raise UnknownAction(
                where=self.text.at(path),
                found=f'"{name}"{nearest(name, self.actions)}',
                expected=f"one of the actions {', '.join(self.actions)}",
                fix="use one of them, or list the action in decision.actions.",
            )
        return name

    def amount(self, text: str, path: Path, *, periods: tuple[str, ...], example: str) -> Amount:
        """Return an amount in one of the periods that mean something there, or raise InvalidAmount."""
        try:
            amount = parse_amount(text)
        except ValueError:
            amount = None
        if amount is None or amount.per not in periods or not abs(amount.value) < float("inf"):
            raise InvalidAmount(
                where=self.text.at(path),
                found=described(text),
                expected=f'a number {_listed(periods)}, such as "{example}"',
                fix=self._advice(text),
            )
        return amount

    def _advice(self, text: str) -> str:
        """Return what to do about an amount that cannot be read: separators, or a unit within it."""
        unit = self.document.decision.unit
        if "," in text:
            return "write the number without separators: 200000, not 200,000."
        named = _UNIT.fullmatch(text)
        if named is not None and named["unit"] != unit:
            return f"convert it from {named['unit']} to {unit}, the unit of the spec, and leave the unit out."
        return f"write number and period; the unit ({unit}) stands in decision.unit."

    def within(
        self, number: float, path: Path, *, claim: str, holds: bool, fix: str = "correct the number."
    ) -> float:
        """Return the number if the claim about it holds, or raise OutOfRange."""
        if not holds:
            raise OutOfRange(where=self.text.at(path), found=described(number), expected=claim, fix=fix)
        return float(number)

    def label(self, name: str, path: Path) -> str:
        """Return a name that results can carry, or raise InvalidName."""
        if not name or name != name.strip() or len(name) > LONGEST_NAME or "\n" in name or "\t" in name:
            raise InvalidName(
                where=self.text.at(path),
                found=described(name),
                expected=f"one line of 1 to {LONGEST_NAME} characters without spaces around it",
                fix="shorten or trim the text.",
            )
        return name

    def name(self, name: str, path: Path) -> str:
        """Return a name that is referred to, or raise InvalidName: two that look alike must be one.

        Titles, sources and columns of the data may hold such characters: they are spelled out wherever they are told.
        """
        for position, letter in enumerate(self.label(name, path), 1):
            if unicodedata.category(letter) in UNSEEN and letter not in JOINERS:
                named = unicodedata.name(letter, "without a name")
                raise InvalidName(
                    where=self.text.at(path),
                    found=f"U+{ord(letter):04X} ({named}) as character {position} of {name!a}",
                    expected="characters that can be seen",
                    fix="take it out; text that is copied often brings such characters along.",
                )
        return name


def _listed(periods: tuple[str, ...]) -> str:
    words = [period if period == "once" else f"per {period}" for period in periods]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def taken(where: str, name: str, holder: str) -> SpecError:
    """Return the error for a name that two things claim."""
    return NameTaken(
        where=where,
        found=f'the name "{name}" again',
        expected=f"a name of its own beside {holder}",
        fix="rename one of the two.",
    )
