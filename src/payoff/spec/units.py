"""Units that differ, as names give them away: dollars in a spec of euros, cents, thousands, percent."""

import re
from collections.abc import Iterator, Mapping

from payoff.errors.linter import UnitsDiffer
from payoff.formulas import Formula, Node, walk
from payoff.quantities import readable
from payoff.spec.findings import Finding
from payoff.spec.model import Spec

_CODES = "aud brl cad chf cny czk dkk eur gbp hkd huf ils inr jpy krw mxn nok nzd pln rub sek sgd usd zar"
CURRENCIES = frozenset(_CODES.split())
"""Codes that are no words of English, so that a name holds one on purpose."""

WORDS = {"€": "eur", "$": "usd", "£": "gbp", "¥": "jpy", "euro": "eur", "euros": "eur"}
WORDS |= {"dollar": "usd", "dollars": "usd", "pound": "gbp", "pounds": "gbp"}
SCALES: Mapping[str, float] = {
    **dict.fromkeys(("cent", "cents", "pence"), 0.01),
    **dict.fromkeys(("thousand", "thousands", "teur", "keur", "kusd"), 1000.0),
}
PERCENT = frozenset({"pct", "percent", "percentage"})
CONVERTING = frozenset({"fx", "rate", "exchange", "conversion"})
_TOKEN = re.compile(r"[A-Za-z]+|[€$£¥]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def units(spec: Spec) -> Iterator[Finding]:
    """Yield names in the value formulas whose unit is not ``decision.unit`` and that nothing converts."""
    unit = currency_of(spec.decision.unit)
    seen: set[str] = set()
    for formula in spec.value.values():
        for node, is_converted in _names(formula.tree, converted=False):
            name = str(node.value)
            if name in seen or is_converted:
                continue
            found = _foreign(name, unit) or _scaled(name, spec) or _percent(name, spec)
            if found is not None:
                seen.add(name)
                yield _finding(formula, name, *found)


def is_otherwise(name: str, spec: Spec) -> bool:
    """Return whether a name speaks of another unit than ``decision.unit``."""
    return bool(
        _foreign(name, currency_of(spec.decision.unit)) or _scaled(name, spec) or _percent(name, spec)
    )


def currency_of(text: str) -> str | None:
    """Return the currency that a unit names, in small letters; None where it names none.

    >>> currency_of("EUR"), currency_of("$"), currency_of("minutes")
    ('eur', 'usd', None)
    """
    found = [WORDS.get(word, word) for word in tokens(text)]
    return next((word for word in found if word in CURRENCIES), None)


def tokens(name: str) -> tuple[str, ...]:
    """Return the words of a name.

    >>> tokens("amountUSD_pct")
    ('amount', 'usd', 'pct')
    """
    return tuple(word.lower() for word in _TOKEN.findall(_CAMEL.sub("_", name)))


def _foreign(name: str, unit: str | None) -> tuple[str, str] | None:
    other = currency_of(name)
    if unit is None or other is None or unit in {WORDS.get(word, word) for word in tokens(name)}:
        return None
    fix = f"multiply it by a rate, such as an assumption {unit}_per_{other}; or convert the data, with dated rates."
    return f"is in {other.upper()} by its name, the spec in {unit.upper()}", fix


def _scaled(name: str, spec: Spec) -> tuple[str, str] | None:
    words, own = tokens(name), tokens(spec.decision.unit)
    found = next((word for word in words if word in SCALES and word not in own), None)
    if found is None or currency_of(spec.decision.unit) is None:
        return None
    by = SCALES[found]
    fix = "divide it by 100." if by < 1 else "multiply it by 1000."
    return f"is in {found} by its name, the spec in {spec.decision.unit}", fix


def _percent(name: str, spec: Spec) -> tuple[str, str] | None:
    item = spec.assumptions.get(name)
    if item is None or not PERCENT & set(tokens(name)) or abs(item.likely) <= 1.0:
        return None
    shares = f"{readable(item.likely)} is used as it is: 100 times as much as {readable(item.likely)}%"
    return shares, f"write the share {readable(item.likely / 100.0)}, or divide by 100 in the formula."


def _names(tree: Node, *, converted: bool) -> Iterator[tuple[Node, bool]]:
    """Yield every name that money is made of, with whether something beside it in a product converts it.

    What is only compared, in the conditions of a case, adds nothing up.
    """
    if tree.op in ("column", "assumption"):
        yield tree, converted
    added = (*tree.args[1::2], tree.args[-1]) if tree.op == "case" else tree.args
    for arg in added:
        beside = [other for other in tree.args if other is not arg]
        by = tree.op in ("*", "/") and any(_converts(other) for other in beside)
        yield from _names(arg, converted=converted or by)


def _converts(tree: Node) -> bool:
    """Return whether a factor is a number other than one, or reads as a rate of exchange."""
    leaves = [node for node in walk(tree) if not node.args]
    if all(node.op == "number" for node in leaves):
        return any(abs(float(node.value or 0)) != 1.0 for node in leaves)
    return any(_is_rate(str(node.value)) for node in leaves if node.op in ("column", "assumption"))


def _is_rate(name: str) -> bool:
    words = [WORDS.get(word, word) for word in tokens(name)]
    return bool(CONVERTING & set(words)) or len({word for word in words if word in CURRENCIES}) > 1


def _finding(formula: Formula, name: str, found: str, fix: str) -> Finding:
    return Finding.of(UnitsDiffer, "warning", formula.where, f"`{name}` {found}", fix)
