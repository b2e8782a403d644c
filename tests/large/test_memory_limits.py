"""More rows than fit into memory: the operating system sets the limit, the engine spills, the answer is the same."""

import json
import resource
import subprocess
import time
from typing import Any

import pytest
from tests.large.conftest import MIB, TIGHT, Evaluate, Room

GLANCE = 0.02
LONGEST = 300.0
HOPELESS = 600 * MIB
# Less than the interpreter with the engine's libraries needs: nothing can even be loaded.
ABSURD = 130 * MIB
# Sums of doubles depend on the order in which threads add: runs of one command differ in the tenth digit.
ROUNDING = 1e-8
FILE_LIMIT = 2 * MIB


def ended(process: subprocess.Popen[str], room: Room) -> tuple[str, str, bool]:
    """Wait for the end; return what was printed, and whether anything was spilled meanwhile."""
    until, spilled = time.monotonic() + LONGEST, False
    while process.poll() is None and time.monotonic() < until:
        spilled = spilled or bool(room.spilled)
        time.sleep(GLANCE)
    out, err = process.communicate(timeout=1)
    assert "Traceback" not in err
    return out, err, spilled


def test_what_does_not_fit_into_memory_is_spilled_and_the_result_is_the_same(
    evaluate: Evaluate, room: Room
) -> None:
    free = evaluate()
    _, err, spilled = ended(free, room)
    assert free.returncode == 0, err
    assert not spilled
    expected = json.loads((room.out / "result.json").read_text(encoding="utf-8"))
    (room.out / "result.json").unlink()
    bound = evaluate(limits=[(resource.RLIMIT_AS, TIGHT)])
    _, err, spilled = ended(bound, room)
    assert bound.returncode == 0, err
    assert spilled
    assert not list((room.folder / "tmp").iterdir())
    found = json.loads((room.out / "result.json").read_text(encoding="utf-8"))
    assert found["data"]["hash"] == expected["data"]["hash"]
    assert_alike(found, expected)


def assert_alike(found: Any, expected: Any, place: str = "") -> None:
    """Compare two results: numbers within the rounding of sums, all else exactly, the checksum of all not at all."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), place
        for key in expected.keys() - {"checksum"}:
            assert_alike(found[key], expected[key], f"{place}.{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), place
        for j, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert_alike(one, other, f"{place}[{j}]")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=ROUNDING, abs=ROUNDING), place
    else:
        assert found == expected, place


def refused(process: subprocess.Popen[str], room: Room, code: str) -> str:
    out, err, _ = ended(process, room)
    assert process.returncode == 2, err
    assert out == ""
    assert err.startswith(code), err
    assert "Fix:" in err
    assert not room.left
    return err


def test_a_hopeless_limit_is_told_with_its_remedy(evaluate: Evaluate, room: Room) -> None:
    err = refused(evaluate(limits=[(resource.RLIMIT_AS, HOPELESS)]), room, "PAY403 at memory")
    assert "ulimit -v" in err


def test_a_limit_too_small_to_load_the_libraries_is_told_too(evaluate: Evaluate, room: Room) -> None:
    refused(evaluate(limits=[(resource.RLIMIT_AS, ABSURD)]), room, "PAY403 at memory")


def test_a_full_disk_while_spilling_is_told_as_such(evaluate: Evaluate, room: Room) -> None:
    limits = [(resource.RLIMIT_AS, TIGHT), (resource.RLIMIT_FSIZE, FILE_LIMIT)]
    assert "TMPDIR" in refused(evaluate(limits=limits), room, "PAY413")


def test_a_full_disk_while_writing_leaves_the_old_result(room: Room) -> None:
    first = room.start("demo", "--out", "out")
    ended(first, room)
    before: dict[str, Any] = {path.name: path.read_bytes() for path in room.out.iterdir()}
    largest = max(len(content) for content in before.values())
    second = room.start("demo", "--out", "out", limits=[(resource.RLIMIT_FSIZE, largest - 1)])
    _, err, _ = ended(second, room)
    assert second.returncode == 2
    assert err.startswith("PAY602")
    assert {path.name: path.read_bytes() for path in room.out.iterdir()} == before
