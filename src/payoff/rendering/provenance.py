"""Where a result comes from, and how to have it again: hashes, versions, the spec as it was written, the command."""

import shlex
import tomllib
from collections.abc import Mapping
from typing import Any

from payoff.record import Result
from payoff.rendering import numbers
from payoff.rendering.literal import one_line
from payoff.rendering.wording import GROUPS, VOLUME_FROM

MOST_SPEC = 120_000


def provenance(result: Result) -> tuple[tuple[str, str], ...]:
    """Return where the result comes from, as pairs of words; only what is known, never time, host or path."""
    data = result.data
    clusters = None if data.clusters is None else f"{numbers.count(data.clusters)} clusters"
    pairs: list[tuple[str, str | None]] = [
        ("Result hash", result.hash),
        ("Spec hash", result.spec_hash),
        ("Data hash", data.hash),
        ("payoff", result.payoff_version),
        ("Engine", data.engine),
        ("Rows", f"{numbers.count(data.rows)}, of which {numbers.count(data.pending)} pending"),
        ("Window", " to ".join(data.window) if data.window else None),
        ("Outcomes known as of", data.as_of),
        ("Groups", GROUPS.get(data.groups, data.groups)),
        ("Independent units", clusters),
        ("Share of the world", None if data.share is None else numbers.percent(data.share)),
        ("Volume", _volume(result)),
        ("Seed", str(result.seed)),
        ("Overrides", _mapping(result.overrides)),
    ]
    return tuple((name, text) for name, text in pairs if text)


def command(result: Result, spec: str | None = None, *, assumed: bool = True) -> str:
    """Return the command that makes this result again, from the spec saved under ``spec_file`` and the rows.

    Or from another spec in its place, which may itself hold what was assumed. Every name is quoted for a shell
    of POSIX.
    """
    asked = result.overrides
    words = ["payoff", "evaluate", spec or spec_file(result.spec_text), "--data", "ROWS"]
    if asked.get("looks"):
        words = ["payoff", "gate", *words[2:], "--looks", str(asked["looks"])]
    for name, value in sorted(dict(asked.get("assume") or {}).items() if assumed else ()):
        words += ["--assume", f"{name}={value!r}"]
    if asked.get("model"):
        words += ["--model", str(asked["model"])]
    return shlex.join([one_line(word) for word in [*words, "--out", "again"]])


def spec_file(text: str) -> str:
    """Return under which name a spec of this text is read again.

    >>> spec_file("payoff: 1"), spec_file("payoff = 1")
    ('spec.yaml', 'spec.toml')
    """
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        # JSON is YAML too.
        return "spec.yaml"
    return "spec.toml"


def spec_text(result: Result) -> str:
    """Return the spec verbatim; a very long one is cut, with a word about it, to keep the page readable."""
    if len(result.spec_text) <= MOST_SPEC:
        return result.spec_text
    left = len(result.spec_text) - MOST_SPEC
    return f"{result.spec_text[:MOST_SPEC]}\n… {numbers.count(left)} more characters in result.json"


def _volume(result: Result) -> str:
    per_year, how = result.data.volume_per_year, VOLUME_FROM[result.data.volume_from]
    return how if per_year is None else f"{numbers.number(per_year)} decisions per year, {how}"


def _mapping(values: Mapping[str, Any]) -> str | None:
    told = (
        (key, dict(sorted(value.items())) if isinstance(value, Mapping) else value)
        for key, value in sorted(values.items())
    )
    return ", ".join(f"{key} = {value}" for key, value in told) or None
