"""Where a command writes: never over what it reads, nor twice into one file."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from payoff.errors.usage import FileInTheWay

CHARTS = (".svg", ".png")


def keep_apart(read: Mapping[str, Path | None], written: Mapping[str, Path | None]) -> None:
    """Refuse a command that would write over a file that it reads, or two outputs into one file.

    Parameters
    ----------
    read, written : option or argument -> its file; None where it is not given. Links are followed. A device or a pipe
        may be named as often as one likes.

    Raises
    ------
    FileInTheWay
        When two are the same file, or an output is called ``-``, of which a shell would make a file of that name.
    """
    held: dict[Path, str] = {}
    for name, path in _files(read):
        held[path.resolve()] = name
    for name, path in _files(written):
        if str(path) == "-":
            raise _in_the_way(name, path, "a dash", "a file", "name a file, such as /dev/stdout.")
        if path.is_dir():
            raise _in_the_way(name, path, "a folder", "a file", f"name a file in it: {path / 'NAME'}.")
        if path.exists() and not path.is_file():
            continue
        other = held.setdefault(path.resolve(), name)
        if other != name:
            raise _in_the_way(
                name, path, f"the file of {other}", "a file of its own", "name another; nothing was written."
            )


def keep_charts_apart(folder: Path | None, others: Mapping[str, Path | None]) -> None:
    """Refuse a folder of charts that is a file, or in which another file of the command could be written over.

    Raises
    ------
    FileInTheWay
        When it is so.
    """
    if folder is None:
        return
    if str(folder) == "-" or (folder.exists() and not folder.is_dir()):
        raise _in_the_way(
            "--charts", folder, "no folder", "a folder", "name a folder, or a new name for one."
        )
    for name, path in _files(others):
        if path.resolve().parent == folder.resolve() and path.suffix.lower() in CHARTS:
            raise _in_the_way(
                name, path, "a picture in the folder of --charts", "a file of its own", "name another folder."
            )


def _files(named: Mapping[str, Path | None]) -> Iterator[tuple[str, Path]]:
    return ((name, path) for name, path in named.items() if path is not None)


def _in_the_way(name: str, path: Path, found: str, expected: str, fix: str) -> FileInTheWay:
    return FileInTheWay(where=f"{name} {path}", found=found, expected=expected, fix=fix)
