"""A text of payoff told in another language: whole, by its places, or part by part; strings of the user never."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from payoff.rendering.languages import ENGLISH, Language

FEW_LETTERS = 9
LONGEST = 2_000  # letters of what payoff says

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?"
_PERIODS = ("decision", "year", "month", "week", "day", "quarter", "hour")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_DATED = re.compile(rf"\d{{4}}-\d\d-\d\d|{_NUMBER}")
_PERCENT = re.compile(r"(?<=\d)%")
_PLACE = re.compile(r"\{([#~]?)(\w+)\}")
_SENTENCES = re.compile(r"(?<=[.!?])( )(?=\w)")
_JOINTS = re.compile(r"[.:;] |\), |, between | per (?:decision|year)\b| \(today\)")
_ITEMS = re.compile(r"(, | and )")
_CLAUSES = re.compile(r"(; )")
_BEFORE = r"(?!between |about |at |from |over |of )(?:[−-]?[^\d\s;:,.()]{1,12} ?)??[−-]?[<>~≈]?"
_AMOUNT = rf"{_BEFORE}{_NUMBER}[%kM]?(?: [^\d;:,.()]{{1,30}}?)??"
_KINDS = {
    "#": rf"(?:{_AMOUNT}(?:(?: to | and |, ){_AMOUNT})*|not evaluated|no interval)",
    "~": r".+?",
    "": r".+?",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text with places. ``stem`` is its longest stretch without one: what does not hold it cannot match.

    It is ``short`` where it says little beside its places, and ``loose`` where it says nothing.
    """

    stem: str
    shape: re.Pattern[str]
    kinds: tuple[tuple[str, str], ...]
    said: str
    short: bool
    loose: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """How one result is told in one language: a function from payoff's English to it.

    ``own`` are the user's strings: names, labels, reasons, values of columns. A text that is one of them is returned
    as it stands, whatever the catalogue says of the same letters. ``units`` are those of the result's amounts.
    """

    language: Language = ENGLISH
    own: frozenset[str] = frozenset()
    units: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_english(self) -> bool:
        """Return whether this is what payoff writes itself, so that nothing is to be told anew."""
        return self.language.code == ENGLISH.code

    def __call__(self, text: str) -> str:
        """Return the text in this language; what the catalogue does not know is returned as it is.

        >>> Voice()("16,476 rows")
        '16,476 rows'
        """
        inner = text.strip()
        if self.is_english or not inner or inner in self.own or _is_document(inner):
            return text
        return text.replace(inner, "".join(self.find(part) or part for part in self._apart(inner)), 1)

    def heading(self, text: str) -> str:
        """Return a title or a head that payoff wrote, told even where the user has a string of the same letters."""
        return self._message(text) or self(text)

    def find(self, text: str) -> str | None:
        """Return the text in this language, or None where the catalogue does not know all of it."""
        if not text or text in self.own:
            return text
        for attempt in (
            self._message,
            self._amount,
            self._sentences,
            self._stopped,
            self._pattern,
            self._dated,
            self._listed,
            self._clauses,
            self._loosely,
        ):
            found = attempt(text)
            if found is not None:
                return found
        return None

    def unknown(self, text: str) -> tuple[str, ...]:
        """Return every stretch of a text that this language has no words for; there should be none."""
        inner = text.strip()
        if self.is_english or inner in self.own or _is_document(inner):
            return ()
        return tuple(part for part in self._apart(inner) if _is_worded(part) and self.find(part) is None)

    def _apart(self, text: str) -> tuple[str, ...]:
        """Return a text whole where it is known whole, else in the parts that are told one by one."""
        parts = () if self.find(text) is not None else _parts(text)
        return (text,) if len(parts) < 2 else tuple(one for part in parts for one in self._apart(part))

    def amount(self, text: str) -> str:
        """Return a number, an amount or a range of them as this language writes it.

        >>> from payoff.rendering.languages import language
        >>> Voice(language("de"), units=frozenset({"EUR"})).amount("EUR 1,305.5 per year")
        '1.305,5 EUR pro Jahr'
        """
        if not self.language.unit_first:
            text = re.sub(rf"([−-]?)({self._currency()}) ?({_NUMBER})", r"\1\3 \2", text)
        text = _PERCENT.sub(self.language.percent, text)
        text = _DATED.sub(lambda match: self._dated(match[0]) or self._digits(match[0]), text)
        for word in ("not evaluated", "no interval"):
            text = text.replace(word, self.language.messages.get(word, word))
        for period in _PERIODS:
            said = self.language.messages.get(f"per {period}")
            text = re.sub(rf"\bper {period}\b", said, text) if said else text
        for word in ("to", "and"):
            text = re.sub(rf"(?<=\S) {word} (?=\S)", f" {self.language.messages.get(word, word)} ", text)
        return text

    def _digits(self, number: str) -> str:
        swap = {",": self.language.thousands, ".": self.language.decimal}
        return "".join(swap.get(letter, letter) for letter in number)

    def _currency(self) -> str:
        return "|".join(["[$€£¥]", *(re.escape(unit) for unit in sorted(self.units))])

    def _message(self, text: str) -> str | None:
        said = self.language.messages.get(text)
        lower = None if said is not None else self.language.messages.get(_lowered(text))
        return said if lower is None else _raised(lower)

    def _amount(self, text: str) -> str | None:
        if not any(letter.isdigit() for letter in text):
            return None
        return self.amount(text) if _amounts(self.units).fullmatch(text) else None

    def _pattern(self, text: str) -> str | None:
        return self._filled(text, [one for one in patterns(self.language) if not one.loose])

    def _loosely(self, text: str) -> str | None:
        """Try texts that are all places, such as a name and what is said of it, when nothing else fits."""
        return self._filled(text, [one for one in patterns(self.language) if one.loose])

    def _filled(self, text: str, among: Sequence[Pattern]) -> str | None:
        """Return the first of some patterns that fits a text, or the text as it stands inside a sentence."""
        lower = _lowered(text)
        for pattern in among:
            for tried in (text,) if lower == text else (text, lower):
                match = pattern.shape.fullmatch(tried) if pattern.stem in tried else None
                told = (
                    {}
                    if match is None
                    else {name: self._told(pattern, kind, match[name]) for kind, name in pattern.kinds}
                )
                if match is not None and None not in told.values():
                    said = _PLACE.sub(lambda place, told=told: str(told[place[2]]), pattern.said)  # type: ignore[misc]
                    return said if tried is text else _raised(said)
        return None

    def _told(self, pattern: Pattern, kind: str, text: str) -> str | None:
        """Return what fills a place, or None where it cannot fill this one.

        A name goes on into no other clause; where little else is said, it must be one of the user's.
        """
        if kind == "#":
            return self.amount(text)
        if kind == "~":
            return self.find(text)
        named = text in self.own or (not pattern.short and _JOINTS.search(text) is None)
        return text if named else None

    def _sentences(self, text: str) -> str | None:
        return self._each(_SENTENCES.split(text))

    def _clauses(self, text: str) -> str | None:
        return self._each(_CLAUSES.split(text))

    def _listed(self, text: str) -> str | None:
        return self._each(_ITEMS.split(text))

    def _each(self, parts: Sequence[str]) -> str | None:
        """Tell parts one by one, and every second one as what joins them; None where one of them is not known."""
        if len(parts) < 3:
            return None
        told = [self.find(part) for part in parts[::2]]
        if None in told:
            return None
        joints = [
            f" {self.language.messages.get('and', 'and')} " if one == " and " else one for one in parts[1::2]
        ]
        return "".join(str(one) for pair in zip(told, [*joints, ""], strict=True) for one in pair)

    def _dated(self, text: str) -> str | None:
        match = _DATE.fullmatch(text)
        if match is None:
            return None
        return self.language.date.format(year=match[1], month=match[2], day=match[3])

    def _stopped(self, text: str) -> str | None:
        found = self.find(text[:-1]) if text[-1] in ".:" and len(text) > 1 else None
        return None if found is None else found + text[-1]


def _lowered(text: str) -> str:
    """Return a text that begins a sentence as it stands inside one."""
    return text[:1].lower() + text[1:]


def _raised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _parts(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, of a sentence what semicolons part, and what joins them."""
    for joint in (_SENTENCES, _CLAUSES):
        parts = joint.split(text)
        if len(parts) > 1:
            return tuple(parts)
    return (text,)


def _is_document(text: str) -> bool:
    """Return whether a text is a user's file (a spec) rather than something that payoff says."""
    return len(text) > LONGEST or "\n" in text


def _is_worded(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


@cache
def patterns(language: Language) -> tuple[Pattern, ...]:
    """Return the texts of a language that have places, those that say most first."""
    # A full stop is told by itself, so that a text fits with it and without.
    bare = {key.removesuffix("."): said.removesuffix(".") for key, said in language.messages.items()}
    keys = sorted(filter(_PLACE.search, bare), key=lambda key: -len(_PLACE.sub("", key)))
    return tuple(_pattern(key, bare[key]) for key in keys)


def places(text: str) -> tuple[tuple[str, str], ...]:
    """Return kind and name of every place of a text.

    >>> places("{#rows} of {name}")
    (('#', 'rows'), ('', 'name'))
    """
    return tuple((match[1], match[2]) for match in _PLACE.finditer(text))


def _pattern(key: str, said: str) -> Pattern:
    bare = _PLACE.sub("", key)
    letters = sum(letter.isalpha() for letter in bare)
    shape = re.compile("".join(_shape(key)), re.DOTALL)
    stem = max(_PLACE.split(key)[::3], key=len)
    return Pattern(stem, shape, places(key), said, letters < FEW_LETTERS, letters == 0)


def _shape(key: str) -> Iterator[str]:
    end = 0
    for match in _PLACE.finditer(key):
        yield re.escape(key[end : match.start()])
        yield f"(?P<{match[2]}>{_KINDS[match[1]]})"
        end = match.end()
    yield re.escape(key[end:])


@cache
def _amounts(units: frozenset[str]) -> re.Pattern[str]:
    """Return the shape of a text that holds amounts and nothing else."""
    words, periods = "|".join(map(re.escape, sorted(units))) or "%", "|".join(_PERIODS)
    return re.compile(rf"(?:{_NUMBER}|%|{words}| per (?:{periods})| to |(?<=\d)[kM]|[−+<>~≈$€£¥()\s-])+")
