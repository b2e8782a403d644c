"""What README and docs show is run.

The convention, in the order of a page, each page in an empty directory of its own:

- ``<!-- file: spec.yaml -->`` above a block of any language writes the block into that file.
- A ``console`` block runs every line that begins with ``$ payoff``. What follows such a line up to the
  next ``$`` must appear in what the command prints, line by line and in order; a line ``...`` stands for
  any lines.
- ``<!-- exit: 3 -->`` above a console block is the exit code of its last command; the others, and all without
  the comment, exit 0.
- An ``sh`` block holds commands of payoff, which are run as those of a console and must exit 0.
- A ``python`` block runs in the names left by those above it on the page. One with ``>>>`` is a doctest.
- ``<!-- prepare`` ``-->`` around Python makes what a page takes for granted; it is run in its place and not shown.
- A ``yaml`` block is a spec, or keys of one: a whole one is loaded, others are held against the format key by key.
  ``<!-- part of: PATH -->`` above it says of which file of the repository it is a part, word for word.
- An ``sql`` block is parsed. A ``text`` block is a drawing or a message.
- ``<!-- not run: REASON -->`` above a block leaves it out; the reason is there for the reader.

A block of another language, or of none, is an error.
"""

import doctest
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from pydantic import TypeAdapter, ValidationError

import payoff
from payoff.spec.document import SpecDocument
from payoff.spec.reading import read_text

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

FENCE = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```\s*$", re.MULTILINE | re.DOTALL)
REMARK = re.compile(r"<!--\s*(?P<key>file|exit|not run|part of):\s*(?P<value>.*?)\s*-->")
PREPARED = re.compile(r"^<!-- prepare\n(?P<text>.*?)^-->$", re.MULTILINE | re.DOTALL)

# A spec that holds these says everything that must be said.
WHOLE = {"decision", "data", "value", "model"}

# A command of the docs that takes longer than this does not belong into the docs.
SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    language: str
    text: str
    line: int
    remarks: dict[str, str]


def blocks(page: str) -> list[Block]:
    found, end = [], 0
    # What is prepared in a comment stands among the blocks as one more.
    page = PREPARED.sub(r"```python\n\g<text>```", page)
    for match in FENCE.finditer(page):
        # Only remarks that stand directly above the fence are about this block.
        above = page[end : match.start()].rsplit("\n\n", 1)[-1]
        remarks = {remark["key"]: remark["value"] for remark in REMARK.finditer(above)}
        line = page.count("\n", 0, match.start()) + 1
        found.append(Block(language=match["language"], text=match["text"], line=line, remarks=remarks))
        end = match.end()
    return found


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Each command of a console block with the lines that it is said to print."""
    found: list[tuple[str, list[str]]] = []
    lines = text.replace("\\\n", " ").splitlines()
    for line in lines:
        if line.startswith("$ "):
            found.append((line[2:].strip(), []))
        elif found and line.strip():
            found[-1][1].append(line.rstrip())
    return found


def shell(text: str) -> str:
    """The lines of an sh block as a console shows them."""
    lines = [line for line in text.replace("\\\n", " ").splitlines() if shlex.split(line, comments=True)]
    foreign = [line for line in lines if shlex.split(line)[0] != "payoff"]
    assert not foreign, f"not a command of payoff, and nothing says why it is not run: {foreign}"
    return "".join(f"$ {line}\n" for line in lines)


def run_console(block: Block, room: Path) -> None:
    text = shell(block.text) if block.language == "sh" else block.text
    listed = [(command, said) for command, said in commands(text) if shlex.split(command)[0] == "payoff"]
    for number, (command, said) in enumerate(listed):
        expected = int(block.remarks.get("exit", "0")) if number == len(listed) - 1 else 0
        run = subprocess.run(
            [sys.executable, "-m", "payoff", *shlex.split(command, comments=True)[1:]],
            cwd=room,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100", "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        printed = run.stdout + run.stderr
        assert run.returncode == expected, f"line {block.line}: $ {command}\n{printed}"
        assert_printed(said, printed.splitlines(), f"line {block.line}: $ {command}\n{printed}")


def assert_printed(said: list[str], printed: list[str], place: str) -> None:
    position = 0
    for line in said:
        if line.strip() == "...":
            continue
        rest = [shown.strip() for shown in printed[position:]]
        assert line.strip() in rest, f"not printed: {line!r}\n{place}"
        position += rest.index(line.strip()) + 1


def run_python(block: Block, names: dict[str, Any], place: str) -> None:
    if ">>>" not in block.text:
        exec(compile(block.text, place, "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(block.text, names, place, place, block.line)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    runner.run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert runner.failures == 0, "".join(said)


def check_spec(block: Block) -> None:
    given = read_text(block.text, "yaml").tree
    if "part of" in block.remarks:
        whole = read_text((ROOT / block.remarks["part of"]).read_text(encoding="utf-8"), "yaml").tree
        assert is_part(given, whole), f"line {block.line}: not what {block.remarks['part of']} says"
    if given.keys() >= WHOLE:
        payoff.load_spec(given)
        return
    for key, value in given.items():
        field = SpecDocument.model_fields.get(key)
        assert field is not None, f"line {block.line}: a spec has no key {key!r}"
        TypeAdapter(field.annotation).validate_python(value)


def is_part(given: Any, whole: Any) -> bool:
    if isinstance(given, dict) and isinstance(whole, dict):
        return all(key in whole and is_part(value, whole[key]) for key, value in given.items())
    return bool(given == whole)


def follow(page: str, room: Path, place: str) -> None:
    names: dict[str, Any] = {"__name__": "snippet"}
    for block in blocks(page):
        if "not run" in block.remarks:
            assert block.remarks["not run"], f"{place}: line {block.line}: why is it not run?"
            continue
        if "file" in block.remarks:
            target = (room / block.remarks["file"]).resolve()
            assert target.is_relative_to(room.resolve()), (
                f"{place}: line {block.line} writes outside its directory"
            )
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        if block.language in {"console", "sh"}:
            run_console(block, room)
        elif block.language == "yaml":
            check_spec(block)
        elif block.language == "sql":
            sqlglot.parse_one(block.text, dialect="duckdb")
        elif block.language == "python" and "file" not in block.remarks:
            run_python(block, names, f"{place}:{block.line}")
        elif block.language not in {"python", "text"} and "file" not in block.remarks:
            pytest.fail(f"{place}: line {block.line}: nothing says how {block.language!r} is run")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_page_shows_is_true(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    follow(path.read_text(encoding="utf-8"), tmp_path, str(path.relative_to(ROOT)))


def test_every_link_within_the_docs_leads_to_a_file() -> None:
    dead: list[str] = []
    for path in [*PAGES, *(ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"))]:
        targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
        dead += [f"{path.name}: {target}" for target in targets if not (path.parent / target).exists()]
    assert not dead


WRONG = {
    "a command that exits otherwise": "```console\n$ payoff nonsense\n```\n",
    "Python that fails": "```python\nassert 1 == 2\n```\n",
    "a doctest that says something else": "```python\n>>> 1 + 1\n3\n```\n",
    "YAML that is none": "```yaml\na: [1\n```\n",
    "a key that no spec has": "```yaml\nhurdle: [{gain: 5 per decision}]\n```\n",
    "a key that is written otherwise": "```yaml\nhurdles: [{gian: 5 per decision}]\n```\n",
    "a spec that does not load": "```yaml\n{decision: {unit: EUR}, data: {outcome: y}, value: {}, model: {}}\n```\n",
    "a part that its file does not hold": (
        "<!-- part of: examples/credit/credit.yaml -->\n```yaml\nvalue: {decline: 1}\n```\n"
    ),
    "SQL that is none": "```sql\nselect (\n```\n",
    "a command of the shell that is not payoff's": "```sh\nmake demo\n```\n",
    "a command of the shell that fails": "```sh\npayoff nonsense\n```\n",
    "a language that nobody runs": "```perl\nprint 1\n```\n",
    "a block without a language": "```\n$ payoff demo\n```\n",
    "preparations that fail": "<!-- prepare\n1 / 0\n-->\n",
    "a file outside the page's directory": "<!-- file: ../spec.yaml -->\n```yaml\na: 1\n```\n",
    "a block left out without a reason": "<!-- not run: -->\n```python\n1 / 0\n```\n",
}


@pytest.mark.parametrize("what", WRONG)
def test_a_page_is_refused_for(what: str, tmp_path: Path) -> None:
    refused = (AssertionError, payoff.PayoffError, ValidationError, sqlglot.ParseError, ZeroDivisionError)
    with pytest.raises((*refused, pytest.fail.Exception)):
        follow(WRONG[what], tmp_path, "page")


def test_blocks_build_on_those_above_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = (
        "Text.\n\n<!-- file: rows.csv -->\n```csv\ny,score\n1,0.5\n```\n\n"
        "```python\nfrom pathlib import Path\nlines = Path('rows.csv').read_text().splitlines()\n```\n\n"
        "```python\n>>> lines[0]\n'y,score'\n```\n"
    )
    follow(page, tmp_path, "page")


def test_the_repo_map_is_the_tree() -> None:
    map_of = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Repo map")[1].split("\n## ")[0]
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tree = {line.split("/")[0] + "/" for line in listed.splitlines() if "/" in line}
    assert set(re.findall(r"^\| `([^`]+)` \|", map_of, flags=re.MULTILINE)) == tree
