"""What commands share: progress on stderr, the summary on stdout, files where they were asked for."""

import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from payoff.cli.bar import ERASE, Bar
from payoff.errors.usage import NotANumber
from payoff.rendering.literal import no_command, one_line
from payoff.rendering.widths import columns


def progress() -> Bar | None:
    """Return what tells progress on a terminal, or None where stderr is no terminal that can take a line back."""
    return Bar(sys.stderr) if _is_terminal() else None


def erase() -> None:
    """Take the line of progress back, so that what follows begins at the margin."""
    if _is_terminal():
        sys.stderr.write(ERASE)
        sys.stderr.flush()


def width() -> int:
    """Return the columns that text may take."""
    return columns()


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def say(text: str, file: TextIO | None = None) -> None:
    """Print lines of which no build system takes one for a command; to stdout, where no stream is given."""
    print(no_command(text), file=file)


def tell(result: Any, out: Path | None, *, as_json: bool) -> None:
    """Write the files where a folder is named, then print the summary or the JSON: stored before it is told."""
    paths = None if out is None else result.save(out)
    erase()
    if as_json:
        sys.stdout.write(result.to_json())
    else:
        result.show()
    if paths is not None:
        say(f"wrote {paths[0]} and {paths[1]}", file=sys.stderr)


def tell_plan(plan: Any, out: Path | None, *, as_json: bool) -> None:
    """Write the files where a folder is named, then print the plan or its JSON."""
    paths = None if out is None else plan.save(out)
    erase()
    sys.stdout.write(plan.to_json() if as_json else plan.to_text(width()))
    if paths is not None:
        say(f"wrote {paths[0]} and {paths[1]}", file=sys.stderr)


def say_checks(found: Sequence[Any], *, as_json: bool) -> None:
    """Print findings, errors first."""
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=1, ensure_ascii=False))
        return
    order = {"error": 0, "warning": 1, "note": 2}
    for one in sorted(found, key=lambda each: order[each.severity]):
        ids = f" (first: {', '.join(one.ids)})" if one.ids else ""
        say(
            f"{one.severity}: {one.code} at {one_line(f'{one.where}: {one.found}{ids}')}\n  Fix: {one_line(one.fix)}"
        )
    if not found:
        print("nothing to remark.")


def say_explained(found: Sequence[Any], explained: Any, *, as_json: bool) -> None:
    """Print findings, then the walk through the value; as JSON one object of both."""
    if as_json:
        checks, cells = [asdict(one) for one in found], json.loads(explained.to_json())
        print(json.dumps({"checks": checks, "explained": cells}, indent=1, ensure_ascii=False))
        return
    say_checks(found, as_json=False)
    print(explained.to_text(width()), end="")


def assumed(options: Sequence[str] | None) -> Mapping[str, float]:
    """Return NAME=VALUE options as a mapping.

    Raises
    ------
    NotANumber
        When one is not of that form.

    >>> assumed(["margin=50"])
    {'margin': 50.0}
    """
    out = {}
    for option in options or ():
        name, sign, text = option.partition("=")
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not sign or not math.isfinite(value):
            raise NotANumber(
                where="--assume", found=repr(option), expected="NAME=VALUE", fix="write it as margin=50."
            )
        out[name.strip()] = value
    return out
