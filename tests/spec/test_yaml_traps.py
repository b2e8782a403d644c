"""What YAML versions read differently is refused by name, and what all read alike is read so."""

from datetime import date

import pytest

from payoff.errors import SpecError
from payoff.errors.spec import (
    AmbiguousScalar,
    DuplicateKey,
    EmptyValue,
    ForbiddenSyntax,
    MalformedSpec,
    UnusableNumber,
    WrongKind,
)
from payoff.spec.reading import read_text

REFUSED: list[tuple[str, type[SpecError], str]] = [
    ("v: yes", AmbiguousScalar, 'write "yes" or true'),
    ("v: Yes", AmbiguousScalar, 'write "Yes" or true'),
    ("v: YES", AmbiguousScalar, "YAML 1.1 reads it as true"),
    ("v: on", AmbiguousScalar, 'write "on" or true'),
    ("v: On", AmbiguousScalar, 'write "On" or true'),
    ("v: ON", AmbiguousScalar, "YAML 1.1 reads it as true"),
    ("v: no", AmbiguousScalar, 'write "no" or false'),
    ("v: NO", AmbiguousScalar, "YAML 1.1 reads it as false"),
    ("v: No", AmbiguousScalar, "YAML 1.1 reads it as false"),
    ("v: off", AmbiguousScalar, 'write "off" or false'),
    ("v: OFF", AmbiguousScalar, 'write "OFF" or false'),
    ("v: [DE, NO, SE]", AmbiguousScalar, "v[1] (line 1)"),
    ("v: 012", AmbiguousScalar, 'write "012" for text, or 12 for a number'),
    ("v: 0o14", AmbiguousScalar, "octal"),
    ("v: -017", AmbiguousScalar, "octal"),
    ("v: 08", AmbiguousScalar, 'write "08" for text, or 8 for a number'),
    ("v: 007.50", AmbiguousScalar, "leading zero"),
    ("v: 0x1F", AmbiguousScalar, "hexadecimal"),
    ("v: 0b101", AmbiguousScalar, "binary"),
    ("v: 22:30", AmbiguousScalar, "base 60"),
    ("v: 1:30:00", AmbiguousScalar, "base 60"),
    ("v: 190:20:30.15", AmbiguousScalar, "base 60"),
    ("v: 1_000", AmbiguousScalar, 'write "1_000" for text, or 1000 for a number'),
    ("v: 1_000.5", AmbiguousScalar, "or 1000.5 for a number"),
    ("v: 1.5_0", AmbiguousScalar, "underscore"),
    ("v: 2026-13-01", AmbiguousScalar, "the calendar has no such day"),
    ("v: 2026-02-30", AmbiguousScalar, "the calendar has no such day"),
    ("v: 2026-1-5", AmbiguousScalar, "a date or a time"),
    ("v: 2026-01-05 10:00:00", AmbiguousScalar, "a date or a time"),
    ("v: 2026-01-05T10:00:00Z", AmbiguousScalar, "a date or a time"),
    ("v:", EmptyValue, "found nothing"),
    ("v: ~", EmptyValue, "`~`, which means no value"),
    ("v: null", EmptyValue, "`null`, which means no value"),
    ("v: NULL", EmptyValue, "leave the key out"),
    ("v: [a, ]\nw: [~]", EmptyValue, "w[0] (line 2)"),
    ("v: .inf", UnusableNumber, "found .inf"),
    ("v: -.INF", UnusableNumber, "found -.INF"),
    ("v: .nan", UnusableNumber, "found .nan"),
    ("v: .NaN", UnusableNumber, "found .NaN"),
    ("v: 1e999", UnusableNumber, "found 1e999"),
    ("v: -1e400", UnusableNumber, "a finite number"),
    ("v: 1e-999", UnusableNumber, "found 1e-999"),
    ("v: 9223372036854775808", UnusableNumber, "64-bit"),
    ("v: " + "9" * 400, UnusableNumber, "(400 characters)"),
    ("yes: v", AmbiguousScalar, 'write "yes"'),
    ("022: v", AmbiguousScalar, 'write "022"'),
    ("true: v", WrongKind, 'write "true"'),
    ("1.0: v", WrongKind, 'write "1.0"'),
    ("2026-01-01: v", WrongKind, 'write "2026-01-01"'),
    ("~: v", EmptyValue, "no value"),
    ("? [a, b]\n: v", WrongKind, "a list or mapping as a key"),
    ("v: 1\nw: 2\nv: 3", DuplicateKey, "v (line 3): found the key twice, first at line 1"),
    ('v: {1: a, "1": b}', DuplicateKey, "first at line 1"),
    ("v: &a 1", ForbiddenSyntax, "the anchor &a"),
    ("v: &a [1]\nw: *a", ForbiddenSyntax, "the anchor &a"),
    ("<<: {a: 1}", ForbiddenSyntax, "a merge key"),
    ("v: !!str 5", ForbiddenSyntax, "the tag tag:yaml.org,2002:str"),
    ("v: !!python/object/apply:os.system [id]", ForbiddenSyntax, "the tag"),
    ("v: !Ref x", ForbiddenSyntax, "the tag !Ref"),
    ("! v", ForbiddenSyntax, "the tag !"),
    ("%YAML 1.1\n---\nv: 1", ForbiddenSyntax, "a directive"),
    ("v: 1\n---\nv: 2", ForbiddenSyntax, "a second document"),
    ("v: [1", MalformedSpec, "line"),
    ("v: 'a", MalformedSpec, "line"),
    ("v:\n\t- 1", MalformedSpec, "spaces, not tabs"),
    ("v: a\tb", MalformedSpec, "spaces, not tabs"),
    ("v: a: b", MalformedSpec, "line 1"),
    ("v: \x07", MalformedSpec, "well-formed YAML"),
    ('v: "\\x07"', WrongKind, "U+0007"),
    ('v: "\\ud800"', WrongKind, "U+D800"),
    ("- 1", WrongKind, "a mapping with keys"),
    ("", WrongKind, "a mapping with keys"),
]

READ: list[tuple[str, object]] = [
    ("v: y", "y"),
    ("v: n", "n"),
    ("v: 'NO'", "NO"),
    ('v: "012"', "012"),
    ('v: ""', ""),
    ("v: true", True),
    ("v: FALSE", False),
    ("v: 0", 0),
    ("v: -12", -12),
    ("v: 1e3", 1000.0),
    ("v: 1.", 1.0),
    ("v: .5", 0.5),
    ("v: -0.25E-2", -0.0025),
    ("v: 9223372036854775807", 2**63 - 1),
    ("v: 2026-01-31", date(2026, 1, 31)),
    ("v: 45_000 per year", "45_000 per year"),
    ("v: 1.2.3", "1.2.3"),
    ("v: =", "="),
    ("v: a\n  b", "a b"),
    ("v: |\n  a\n  b", "a\nb"),
    ("\ufeffv: bom", "bom"),
    ('v: "a\tb"', "a\tb"),
    ("v: Grüße", "Grüße"),
]


@pytest.mark.parametrize(("text", "kind", "said"), REFUSED, ids=[row[0][:40] for row in REFUSED])
def test_a_trap_is_refused_with_a_message_that_names_it(text: str, kind: type[SpecError], said: str) -> None:
    with pytest.raises(kind) as caught:
        read_text(text, "yaml")
    assert type(caught.value) is kind
    assert said in str(caught.value)


@pytest.mark.parametrize(("text", "meant"), READ, ids=[row[0][:40] for row in READ])
def test_what_every_reader_takes_alike_is_read(text: str, meant: object) -> None:
    read = read_text(text, "yaml").tree["v"]
    assert read == meant
    assert type(read) is type(meant)


def test_the_table_has_its_sixty_rows() -> None:
    assert len(REFUSED) >= 60
