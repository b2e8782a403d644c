"""The gate: a result judged for machines, as exit code, JUnit XML and CI annotations. It fails closed."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace

from payoff.errors import nearest
from payoff.errors.judging import NoHurdle, NoReference, PartialResult, RepeatedLook, UnknownHurdle
from payoff.quantities import readable
from payoff.record import Result
from payoff.record.rivals import rivals_in
from payoff.verdicts import Verdict, conclude, occasion_of, overall_of

# What the older commands of build systems begin with, wherever in a line they stand.
_BRACKETED = re.compile(r"##(?=\w*\[)")

SHIP, REJECT, CANNOT_JUDGE, HOLD = 0, 1, 2, 3
EXITS = {"ship": SHIP, "reject": REJECT, "hold": HOLD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A judged result.

    ``reference`` says what it was held beside: a hash, or ``no_reference``. ``since`` says in words what has changed
    since then, None without a reference.
    """

    result: Result
    overall: str
    exit_code: int
    reference: str | None
    since: str | None = None


def judge(
    result: Result, *, require: str | None = None, reference: Result | None = None, first: bool = False
) -> Gate:
    """Return the gate's judgement of a result.

    Parameters
    ----------
    require : a hurdle; it and those before it are the needed ones then.
    reference : the stored result of the release, which must be of the same decision.
    first : there is no reference yet; recorded as such.

    Raises
    ------
    PartialResult, NoHurdle, UnknownHurdle, NoReference
        When nothing can be judged: the gate never passes by default.
    """
    if result.partial:
        raise PartialResult(
            where="result",
            found=result.verdict.sentence,
            expected="data without errors",
            fix="mend the data named.",
        )
    verdict = result.verdict if require is None else _concluded(result, required(result.verdict, require))
    overall = overall_of(verdict.hurdles, verdict.guardrails)
    if overall is None:
        raise NoHurdle(
            where="hurdles",
            found="none",
            expected="the least gain worth having",
            fix="add hurdles to the spec.",
        )
    if reference is not None:
        same_decision(result, reference)
    held = reference.hash if reference is not None else "no_reference" if first else None
    judged = replace(result, verdict=replace(verdict, overall=overall))
    since = None if reference is None else _since(result, reference)
    return Gate(result=judged, overall=overall, exit_code=EXITS[overall], reference=held, since=since)


def same_decision(result: Result, reference: Result) -> None:
    """Refuse a reference that is of another decision.

    Raises
    ------
    NoReference
        When the names of the two decisions differ.
    """
    if reference.decision.get("name") != result.decision.get("name"):
        raise NoReference(
            where="reference",
            found=f"the result of another decision, {reference.decision.get('name')!r}",
            expected=f"an earlier result of the same decision, {result.decision.get('name')!r} (decision.name)",
            fix="name an earlier result.json of this decision; if it was renamed, evaluate that one again.",
        )


def _since(result: Result, reference: Result) -> str:
    """Return what changed since the reference: its verdict, and whether spec and rows are the same."""
    spec = "the same spec" if result.spec_hash == reference.spec_hash else "ANOTHER SPEC"
    rows = "the same rows" if result.data.hash == reference.data.hash else "other rows"
    return f"reference {reference.hash[:12]} said {reference.verdict.overall}, with {spec} and {rows}"


def required(verdict: Verdict, name: str) -> Verdict:
    """Return the verdict with the hurdle of that name and all before it as the needed ones.

    Raises
    ------
    UnknownHurdle
        When there is no such hurdle.
    """
    names = [hurdle.name for hurdle in verdict.hurdles]
    if name not in names:
        raise UnknownHurdle(
            where="--require",
            found=f"{name!r}{nearest(name, names)}",
            expected=f"one of {', '.join(names) or 'no hurdles at all'}",
            fix="name a hurdle of the spec.",
        )
    last = names.index(name)
    hurdles = tuple(replace(one, needed_to_ship=j <= last) for j, one in enumerate(verdict.hurdles))
    return replace(verdict, hurdles=hurdles)


def _concluded(result: Result, verdict: Verdict) -> Verdict:
    """Return the verdict with the sentence that its needed hurdles ask for."""
    if verdict.hurdles == result.verdict.hurdles:
        return verdict
    occasion = occasion_of(result.decision, result.today, result.data.volume_per_year)
    return conclude(verdict.hurdles, verdict.guardrails, occasion, rivals_in(result))


def junit(gate: Gate) -> str:
    """Return JUnit XML: one case per hurdle and guardrail; missed is a failure, open is an error."""
    cases = list(_cases(gate))
    held = {"reference": gate.since or gate.reference or "none named"}
    if gate.result.looks is not None:
        held["looks"] = gate.result.looks.words
    suite = ET.Element(
        "testsuite",
        name=_printable(f"payoff: {gate.result.decision.get('name')}"),
        tests=str(len(cases)),
        failures=str(sum(kind == "failure" for _, kind, _ in cases)),
        errors=str(sum(kind == "error" for _, kind, _ in cases)),
    )
    properties = ET.SubElement(suite, "properties")
    for name, text in held.items():
        ET.SubElement(properties, "property", name=name, value=_printable(text))
    for name, kind, text in cases:
        case = ET.SubElement(suite, "testcase", name=_printable(name), classname="payoff")
        if kind is not None:
            ET.SubElement(case, kind, message=_printable(text))
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def annotations(gate: Gate) -> str:
    """Return workflow commands that CI systems show beside the change, one line each."""
    lines = [f"::notice title=payoff::{_escaped(gate.since)}"] if gate.since else []
    if gate.result.looks is not None:
        lines.append(f"::notice title=payoff::{_escaped(gate.result.looks.words)}")
    lines += [
        f"::warning title=payoff::{_escaped(f'{one.code}: {one.found}; {one.fix}')}"
        for one in gate.result.data.checks
        if one.code == RepeatedLook.code and one.severity == "warning"
    ]
    for name, kind, text in _cases(gate):
        level = {None: "notice", "failure": "error", "error": "warning"}[kind]
        lines.append(f"::{level} title=payoff::{_escaped(f'{name}: {text}')}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return _printable(
        _BRACKETED.sub(r"#\\#", text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    )


def _cases(gate: Gate) -> Iterator[tuple[str, str | None, str]]:
    for hurdle in gate.result.verdict.hurdles:
        kind = {"cleared": None, "missed": "failure"}.get(hurdle.status, "error")
        gain = "unknown" if hurdle.gain is None else readable(hurdle.gain)
        text = f"{hurdle.status}: {hurdle.metric} {gain} {hurdle.unit}, {readable(hurdle.required)} asked"
        optional = kind is not None and not hurdle.needed_to_ship
        yield f"hurdle {hurdle.name}", None if optional else kind, text
    for rail in gate.result.verdict.guardrails:
        kind = {"cleared": None, "missed": "failure"}.get(rail.status, "error")
        where = (
            ""
            if rail.slice is None
            else " in " + ", ".join(f"{key}={value}" for key, value in rail.slice.items())
        )
        kind = None if rail.reason == "slice_too_small" else kind
        yield f"guardrail {rail.name}{where}", kind, f"{rail.status}: {rail.limit}"


def _printable(text: str) -> str:
    # XML 1.0 has no place for control characters, not even escaped.
    return "".join(letter if letter.isprintable() else "?" for letter in text)
