"""Files written whole or not at all, and results that were changed since."""

import json
import os
from pathlib import Path

import pytest

from payoff.errors.store import UnreadableResult, UnwritableOutput
from payoff.storage import read_record, write_text


def test_a_file_is_written_with_its_folders_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folders" / "result.json"
    write_text(path, "Zoë\n")
    assert path.read_bytes() == "Zoë\n".encode()
    write_text(path, "second")
    assert path.read_text(encoding="utf-8") == "second"
    assert [one.name for one in path.parent.iterdir()] == ["result.json"]
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("stage", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(
    stage: str, failure: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "result.json"
    write_text(path, "old")

    def interrupted(*_: object) -> None:
        raise failure

    with monkeypatch.context() as patched:
        patched.setattr(os if stage == "fsync" else Path, stage, interrupted)
        with pytest.raises((UnwritableOutput, KeyboardInterrupt)) as caught:
            write_text(path, "new")
    if isinstance(failure, OSError):
        assert isinstance(caught.value, UnwritableOutput)
        assert caught.value.found == "No space left on device"
    assert path.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["result.json"]


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "result.json"
    write_text(path, "old")
    seen = []
    flush = os.fsync

    def looked(handle: int) -> None:
        seen.append(path.read_text(encoding="utf-8"))
        flush(handle)

    monkeypatch.setattr(os, "fsync", looked)
    write_text(path, "new")
    assert seen == ["old"]


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "result.json", Path("/proc/none/result.json"), tmp_path / "folder"):
        with pytest.raises(UnwritableOutput) as caught:
            write_text(path, "x")
        assert caught.value.code == "PAY602"
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"3", b"{}", bytes(range(128, 255)), b'{"schema": 1}']
)
def test_what_is_no_result_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableResult) as caught:
        read_record(path)
    assert caught.value.code == "PAY601"
    with pytest.raises(UnreadableResult):
        read_record(tmp_path / "missing.json")


def test_deeply_nested_json_is_refused_rather_than_followed(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(
        json.dumps({"schema": 1})[:-1] + ', "hash": ' + "[" * 10_000 + "]" * 10_000 + "}", encoding="utf-8"
    )
    with pytest.raises(UnreadableResult):
        read_record(path)


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # Opened first, so that the writer finds a reader.
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_text(pipe, "told")
    assert os.read(reader, 100) == b"told"
    os.close(reader)
    assert pipe.is_fifo()
    assert [one.name for one in tmp_path.iterdir()] == ["pipe"]


def test_of_a_link_the_file_that_it_points_to_is_replaced(tmp_path: Path) -> None:
    real, link = tmp_path / "real" / "result.json", tmp_path / "link.json"
    write_text(real, "old")
    link.symlink_to(real)
    write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "new"


def test_a_folder_where_a_file_should_be_is_told_as_one(tmp_path: Path) -> None:
    with pytest.raises(UnwritableOutput) as caught:
        write_text(tmp_path, "x")
    assert (caught.value.found, caught.value.expected) == ("a folder", "a file to write")
