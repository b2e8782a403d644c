"""Pages of the site from pages of the repository: links that leave docs/ led along, marks filled in."""

import re
import shutil
from collections.abc import Mapping
from os.path import normpath, relpath
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent

# What pages of docs/ link to outside of it stands in this folder of the site, at its path in the repository.
ELSEWHERE = PurePosixPath("project")

FENCE = re.compile(r"^( *)```.*?^\1```[^\n]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(\]\()(?!https?:|mailto:|#)([^)#\s]+)((?:#[^)\s]*)?\))")
MARK = re.compile(r"^<!-- (?P<kind>report|figure|list): (?P<name>[\w/.-]+) -->$", re.MULTILINE)
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


# What a mark stands for: words, and a place on the site.
Marks = Mapping[str, Mapping[str, tuple[str, str]]]


class SiteError(Exception):
    """The site cannot be built from what the pages say."""


def place(path: PurePosixPath) -> PurePosixPath:
    """Return where a file of the repository stands on the site.

    >>> str(place(PurePosixPath("docs/methods/verdict.md"))), str(place(PurePosixPath("CHANGELOG.md")))
    ('methods/verdict.md', 'project/CHANGELOG.md')
    """
    return path.relative_to("docs") if path.parts[0] == "docs" else ELSEWHERE / path


def gather(target: Path, marks: Marks) -> None:
    """Write all of docs/ into ``target``, and every file of the repository that a page leads to.

    Parameters
    ----------
    marks : per kind of mark (``report``, ``figure``) and per name what it stands for.

    Raises
    ------
    SiteError : a page links to nothing, or holds a mark that nobody fills in.
    """
    waiting = [path.relative_to(ROOT) for path in sorted((ROOT / "docs").rglob("*")) if path.is_file()]
    done: set[PurePosixPath] = set()
    while waiting:
        path = PurePosixPath(waiting.pop().as_posix())
        if path in done:
            continue
        done.add(path)
        written = target / place(path)
        written.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix != ".md":
            shutil.copyfile(ROOT / path, written)
            continue
        source = ROOT / path
        # A folder that a page links to has a page of its own: the list of its files.
        text = source.read_text(encoding="utf-8") if source.is_file() else listing(source.parent)
        text, found = led_along(fill_in(text, path, marks), path)
        written.write_text(text, encoding="utf-8")
        waiting += [Path(one) for one in found]


def listing(folder: Path) -> str:
    """Return a page that links every file of a folder, Markdown by its title."""
    files = [one for one in sorted(folder.iterdir()) if one.is_file() and one.name != "index.md"]
    links = [f"- [{title(one)}]({one.name})" for one in files]
    return "\n".join([f"# {folder.relative_to(ROOT).as_posix()}", "", *links, ""])


def title(path: Path) -> str:
    """Return the title of a Markdown page, and the name of any other file."""
    found = TITLE.search(path.read_text(encoding="utf-8")) if path.suffix == ".md" else None
    return found[1] if found else path.name


def fill_in(text: str, path: PurePosixPath, marks: Marks) -> str:
    """Put what is made only when the site is built in the place of its marks."""

    def filled(mark: re.Match[str]) -> str:
        kind, name = mark["kind"], mark["name"]
        if kind == "list":
            folder = ROOT / path.parent / name
            pages = [one for one in sorted(folder.glob("*.md")) if one.name != "index.md"]
            return "\n".join(f"- [{title(one)}]({name.rstrip('/')}/{one.name})" for one in pages)
        if name not in marks[kind]:
            raise SiteError(f"{path}: nothing makes the {kind} {name}; there are {', '.join(marks[kind])}")
        words, to = marks[kind][name]
        link = f"[{words}]({relpath(to, place(path).parent)})"
        return f"!{link}" if kind == "figure" else f"{link}{{ .md-button }}"

    return MARK.sub(filled, text)


def led_along(text: str, path: PurePosixPath) -> tuple[str, list[PurePosixPath]]:
    """Return a page with its links as the site needs them, and the files of the repository that they lead to."""
    found: list[PurePosixPath] = []

    def led(link: re.Match[str]) -> str:
        to = PurePosixPath(normpath(path.parent / link[2]))
        if (ROOT / to).is_dir():
            to /= next(
                (name for name in ("README.md", "index.md") if (ROOT / to / name).exists()), "index.md"
            )
        elif not (ROOT / to).exists():
            return link[0]  # made for the site; the strict build finds what is not
        found.append(to)
        return f"{link[1]}{relpath(place(to), place(path).parent)}{link[3]}"

    parts, end = [], 0
    for fence in FENCE.finditer(text):
        parts += [LINK.sub(led, text[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, LINK.sub(led, text[end:])]), found
