"""YAML, event by event: one document, no tags, anchors, aliases or merge keys, bounded in depth and size."""

from collections.abc import Iterator

import yaml

from payoff.errors import SpecError
from payoff.errors.spec import DuplicateKey, ForbiddenSyntax, MalformedSpec, OversizedSpec, WrongKind
from payoff.spec.places import Node, Path, Place, dotted
from payoff.spec.scalars import read_scalar

DEEPEST = 50
MOST_NODES = 20_000


def read_yaml(text: str) -> tuple[Node, dict[Path, Place]]:
    """Return the plain tree of a YAML text and the place of every path.

    Raises
    ------
    payoff.errors.SpecError
        For what is malformed, forbidden, too large, doubled or ambiguous.

    >>> read_yaml("today: nobody")
    ({'today': 'nobody'}, {('today',): Place(line=1, column=1)})
    """
    reader = _Reader(text)
    try:
        return reader.document(), reader.places
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise _malformed(
            f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the document",
            problem.problem or str(problem),
        ) from None
    except yaml.YAMLError as problem:
        raise _malformed("the document", " ".join(str(problem).split())) from None


def _malformed(where: str, problem: str) -> SpecError:
    tabs = "indent with spaces, not tabs." if "\\t" in problem else "correct the text at that place."
    return MalformedSpec(where=where, found=problem, expected="well-formed YAML", fix=tabs)


class _Reader:
    """One pass over the events of one document."""

    def __init__(self, text: str) -> None:
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.SafeLoader)
        self.places: dict[Path, Place] = {}
        self.nodes = 0

    def document(self) -> Node:
        """Read the single document of the stream."""
        next(self.events)
        first = next(self.events)
        if isinstance(first, yaml.StreamEndEvent):
            return None
        if isinstance(first, yaml.DocumentStartEvent) and (first.version or first.tags):
            raise self._forbidden(first, "a directive (%YAML or %TAG)")
        tree = self._node(next(self.events), ())
        next(self.events)
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._forbidden(after, "a second document")
        return tree

    def _node(self, event: yaml.Event, path: Path) -> Node:
        self._admit(event, path)
        match event:
            case yaml.MappingStartEvent():
                return self._mapping(path)
            case yaml.SequenceStartEvent():
                return self._sequence(path)
            case yaml.ScalarEvent(style=None):
                return read_scalar(event.value, self._at(event, path))
            case yaml.ScalarEvent():
                return str(event.value)
        raise self._forbidden(event, "what is no value")

    def _mapping(self, path: Path) -> Node:
        found: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event, path)
            here = (*path, key)
            if key in found:
                raise DuplicateKey(
                    where=f"{dotted(here)} (line {_place(event).line})",
                    found=f"the key twice, first at line {self.places[here].line}",
                    expected="each key once",
                    fix="remove one of the two.",
                )
            self.places[here] = _place(event)
            found[key] = self._node(next(self.events), here)
        return found

    def _sequence(self, path: Path) -> Node:
        found: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            here = (*path, len(found))
            self.places[here] = _place(event)
            found.append(self._node(event, here))
        return tuple(found)

    def _key(self, event: yaml.Event, path: Path) -> str:
        self._admit(event, path)
        if not isinstance(event, yaml.ScalarEvent):
            raise WrongKind(
                where=self._at(event, path),
                found="a list or mapping as a key",
                expected="keys of text",
                fix="write each key as one word.",
            )
        if event.style is None and event.value == "<<":
            raise self._forbidden(event, "a merge key (<<)")
        if event.style is not None:
            return str(event.value)
        read = read_scalar(event.value, self._at(event, (*path, event.value)))
        if isinstance(read, str) or (isinstance(read, int) and not isinstance(read, bool)):
            return str(read)
        raise WrongKind(
            where=self._at(event, (*path, event.value)),
            found=f"the unquoted key {event.value}, which is no text",
            expected="keys of text",
            fix=f'write "{event.value}".',
        )

    def _admit(self, event: yaml.Event, path: Path) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise _too_much(self._at(event, path), f"more than {MOST_NODES} entries", f"at most {MOST_NODES}")
        if len(path) > DEEPEST:
            raise _too_much(self._at(event, path), f"more than {DEEPEST} levels", f"at most {DEEPEST} levels")
        if isinstance(event, yaml.AliasEvent):
            raise self._forbidden(event, f"the alias *{event.anchor}")
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            raise self._forbidden(event, f"the anchor &{event.anchor}")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            raise self._forbidden(event, f"the tag {event.tag}")

    def _at(self, event: yaml.Event, path: Path) -> str:
        return f"{dotted(path[-6:])} (line {_place(event).line})"

    def _forbidden(self, event: yaml.Event, what: str) -> SpecError:
        return ForbiddenSyntax(
            where=f"line {_place(event).line}, column {_place(event).column}",
            found=what,
            expected="one plain document without tags, anchors, aliases and merge keys",
            fix="write the value out, in quotes if it is text.",
        )


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)


def _too_much(where: str, found: str, expected: str) -> SpecError:
    return OversizedSpec(
        where=where, found=found, expected=expected, fix="keep rows in the data, not in the spec."
    )
