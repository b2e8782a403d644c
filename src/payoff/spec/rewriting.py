"""The text of a spec cut at the numbers that can be tried, so that others can be put in place and all else stays."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import yaml

from payoff.spec.names import VOLUME

Part = Literal["likely", "low", "high", "whole", "per"]

ROOM = "model.capacity"
LONGEST = 120_000
"""Characters beyond which a text is not cut: a page should not carry it twice."""

_PER = re.compile(r".*\bper\s+(\w+)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A number within a spec: which it is, which part of it, and how it stands there.

    ``per`` is the period after it where number and period stand in one text; ``was`` is the text that stands there.
    """

    name: str
    part: Part
    was: str
    per: str | None = None


def cut(text: str) -> tuple[str | Slot, ...]:
    """Return the text as YAML in pieces, with a slot for every assumption, the volume and the model's capacity.

    YAML stays to the letter, comments and all. JSON and TOML are told again as JSON, which is YAML too. Empty where
    the text is too long or is none that payoff reads.

    >>> cut("assumptions: {margin: {likely: 5, owner: me}}  # yes")[1]
    Slot(name='margin', part='likely', was='5', per=None)
    >>> "".join(one if isinstance(one, str) else one.was for one in cut("assumptions: {margin: 5}  # yes"))
    'assumptions: {margin: 5}  # yes'
    """
    if len(text) > LONGEST:
        return ()
    told = _as_yaml(text)
    try:
        root = yaml.compose(told, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return ()
    pieces: list[str | Slot] = []
    done = 0
    for (name, part, per), node in sorted(_slots(root), key=lambda one: one[1].start_mark.index):
        start, end = node.start_mark.index, node.end_mark.index
        pieces += [told[done:start], Slot(name=name, part=part, was=told[start:end], per=per)]
        done = end
    return (*pieces, told[done:])


def _as_yaml(text: str) -> str:
    for reader in (json.loads, tomllib.loads):
        try:
            tree = reader(text)
        except ValueError:
            continue
        if isinstance(tree, dict):
            return json.dumps(tree, indent=2, default=str, ensure_ascii=False) + "\n"
    return text


def _slots(root: yaml.Node | None) -> Iterator[tuple[tuple[str, Part, str | None], yaml.Node]]:
    for name, node in _children(_children(root).get("assumptions")).items():
        if isinstance(node, yaml.ScalarNode):
            yield (name, "whole", None), node
        elif isinstance(node, yaml.MappingNode):
            yield from _numbers(name, node)
    volume = _children(_children(root).get("decision")).get("volume")
    if isinstance(volume, yaml.ScalarNode):
        yield (VOLUME, "whole", "year"), volume
    elif volume is not None:
        yield from _numbers(VOLUME, volume)
    policy = _children(_children(root).get("model")).get("policy")
    for key in ("capacity", "budget"):
        room = _children(policy).get(key)
        if isinstance(room, yaml.ScalarNode):
            found = _PER.fullmatch(room.value)
            # Rows are whole; money is not.
            yield (ROOM if key == "capacity" else f"{ROOM}.money", "whole", found and found[1]), room


def _numbers(name: str, node: yaml.Node) -> Iterator[tuple[tuple[str, Part, str | None], yaml.Node]]:
    parts = _children(node)
    named: tuple[Part, ...] = ("likely", "low", "high", "per")
    for part in named:
        found = parts.get(part)
        if isinstance(found, yaml.ScalarNode):
            yield (name, part, None), found


def _children(node: yaml.Node | None) -> Mapping[str, yaml.Node]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
