"""Files written whole or not at all, and results and plans read back."""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from payoff import __version__
from payoff.errors.store import NewerResult, UnreadableResult, UnwritableOutput
from payoff.record import SCHEMA, Result, from_document
from payoff.record.plans import is_plan, plan_from_document
from payoff.verdicts.plans import PLAN_SCHEMA, Plan

# What every result holds: its fields without which none can be made, and those that seal it.
PARTS = (
    "schema",
    "spec",
    *(
        one.name
        for one in fields(Result)
        if one.default is MISSING and one.default_factory is MISSING and not one.name.startswith("spec_")
    ),
    "hash",
    "checksum",
)
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+!-]{0,39}")


def write_text(path: Path, text: str) -> None:
    """Write ``text`` so that readers see the old file or the new one, never a part.

    Raises
    ------
    UnwritableOutput
        When the folder cannot be made or written, or has no room.
    """
    write_texts({path: text})


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content``, as ``write_text`` writes text."""
    _write({path: content})


def write_texts(texts: Mapping[Path, str]) -> None:
    """Write several files that belong together: none is replaced before all are whole on disk.

    Raises
    ------
    UnwritableOutput
        When a folder cannot be made or written, or has no room. No file has changed then.
    """
    _write({path: text.encode() for path, text in texts.items()})


def _write(contents: Mapping[Path, bytes]) -> None:
    waiting: list[tuple[Path, Path]] = []
    path = Path()
    try:
        try:
            for path, content in contents.items():
                if path.is_dir():
                    raise _folder_in_place(path)
                if path.exists() and not path.is_file():
                    # A pipe or a device is written to; it is never replaced by a file.
                    path.write_bytes(content)
                    continue
                # What a link points to is replaced, not the link.
                real = path.resolve()
                real.parent.mkdir(parents=True, exist_ok=True)
                handle, temporary = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
                waiting.append((Path(temporary), real))
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).chmod(0o644)
            for written, path in waiting:
                written.replace(path)
        finally:
            for written, _ in waiting:
                written.unlink(missing_ok=True)
    except OSError as problem:
        raise UnwritableOutput(
            where=str(path),
            found=problem.strerror or "an error",
            expected="a folder to write to",
            fix="free some room, or name another folder.",
        ) from problem


def _folder_in_place(path: Path) -> UnwritableOutput:
    return UnwritableOutput(
        where=str(path), found="a folder", expected="a file to write", fix="name a file in it, or another."
    )


def read_record(path: Path) -> Result:
    """Return the result in a file.

    Raises
    ------
    UnreadableResult
        When there is none, or it was changed after it was written.
    NewerResult
        When a later version of payoff wrote it.
    """
    found = read_stored(path)
    if isinstance(found, Plan):
        raise _unreadable(path, "a plan, which has no verdict and no estimates")
    return found


def read_stored(path: Path) -> Result | Plan:
    """Return the result or the plan in a file, whichever it holds.

    Raises
    ------
    UnreadableResult, UnreadablePlan
        When it holds neither, or what it holds was changed after it was written.
    NewerResult
        When a later version of payoff wrote it.
    """
    document = _document(path)
    if is_plan(document):
        _refuse_newer(path, document, "plan", PLAN_SCHEMA)
        return plan_from_document(document, str(path))
    _refuse_newer(path, document, "result", SCHEMA)
    missing = [name for name in PARTS if name not in document]
    if missing:
        few = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise _unreadable(path, f"a JSON object without {few}")
    try:
        return from_document(document)
    except UnreadableResult as problem:
        raise _unreadable(path, problem.found) from problem


def _document(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file; what else it holds is said as nearly as can be told."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise _unreadable(path, _failure(path, problem)) from problem
    if not content.strip():
        raise _unreadable(path, "an empty file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise _unreadable(path, f"bytes that are no text (UTF-8), from byte {problem.start} on") from problem
    try:
        document = json.loads(text)
    except json.JSONDecodeError as problem:
        raise _unreadable(path, _broken(text, problem)) from problem
    except (ValueError, RecursionError) as problem:
        raise _unreadable(path, "JSON nested or numbers written as payoff never does") from problem
    if not isinstance(document, dict):
        raise _unreadable(path, "JSON that is no object")
    return document


def _failure(path: Path, problem: OSError) -> str:
    if path.is_dir():
        return "a folder" + (" with a result.json in it" if (path / "result.json").is_file() else "")
    return (
        "no file of that name" if isinstance(problem, FileNotFoundError) else problem.strerror or "an error"
    )


def _broken(text: str, problem: json.JSONDecodeError) -> str:
    if problem.pos == 0:
        return "no JSON"
    # A string that breaks off is told from where it begins.
    if problem.msg.startswith("Unterminated") or not text[problem.pos :].strip():
        return f"JSON that breaks off in line {text.count(chr(10)) + 1}: the file is not whole"
    return f"JSON with a mistake in line {problem.lineno}, column {problem.colno}"


def _refuse_newer(path: Path, document: Mapping[str, Any], what: str, known_schema: int) -> None:
    schema, version = document.get("schema"), document.get("payoff_version")
    if not isinstance(schema, int) or schema <= known_schema:
        return
    known = version if isinstance(version, str) and _VERSION.fullmatch(version) else None
    raise NewerResult(
        where=str(path),
        found=f"a {what} of schema {schema}" + (f", written by payoff {known}" if known else ""),
        expected=f"schema {known_schema} at most, which this version of payoff knows",
        fix=_later(known),
    )


def _later(known: str | None) -> str:
    """Return what to install; a version that calls itself as this one does is to be had where the result comes from."""
    if known is None:
        return "install the version of payoff that wrote it, or a later one: pip install --upgrade payoff."
    if known == __version__:
        return f"install the payoff that wrote it: it is newer than this one, though both are called {known}."
    return f"install the version that wrote it: pip install 'payoff>={known}'."


def _unreadable(path: Path, found: str) -> UnreadableResult:
    return UnreadableResult(
        where=str(path),
        found=found,
        expected=f"a result.json of schema {SCHEMA} (to report, or a plan.json), unchanged since payoff wrote it",
        fix="name the result.json of an evaluation, or make one: payoff evaluate SPEC --out DIR.",
    )
