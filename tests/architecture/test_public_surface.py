"""What ``import payoff`` and ``payoff --help`` cost, and which names the package offers."""

import ast
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import payoff
from payoff.errors import codes

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"

HEAVY = {
    "duckdb", "jinja2", "numpy", "pandas", "polars", "pyarrow", "pydantic", "rich", "scipy", "sklearn",
    "sqlglot", "typer", "yaml",
}  # fmt: skip
# The command line itself is written with these two.
SPEAKING = {"rich", "typer"}

MOST_NAMES = 26


def loaded_by(code: str) -> set[str]:
    """Top-level packages in memory after ``code`` ran in a fresh interpreter."""
    report = (
        "import atexit, json, sys; atexit.register(lambda: print('\\n' + json.dumps(sorted(sys.modules))))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", report + code],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return {name.split(".")[0] for name in json.loads(run.stdout.splitlines()[-1])}


def test_importing_payoff_loads_nothing_heavy() -> None:
    assert not loaded_by("import payoff") & HEAVY


def test_help_loads_nothing_but_what_speaks() -> None:
    loaded = loaded_by("import sys; sys.argv = ['payoff', '--help']; from payoff.cli import main; main()")
    assert not loaded & (HEAVY - SPEAKING)


def test_the_public_names_are_sorted_few_and_there() -> None:
    assert payoff.__all__ == sorted(payoff.__all__)
    assert len(payoff.__all__) <= MOST_NAMES
    assert all(getattr(payoff, name) is not None for name in payoff.__all__)


def test_type_checkers_see_the_same_names_as_python() -> None:
    tree = ast.parse((SOURCE / "payoff" / "__init__.py").read_text(encoding="utf-8"))
    branch = next(
        node for node in tree.body if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node)
    )
    declared = {
        (alias.name, node.module)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert declared == set(payoff._ROOMS.items())
    assert {name for name, _ in declared} == set(payoff.__all__) - {"__version__"}


def test_an_unknown_name_is_refused_as_by_any_module() -> None:
    with pytest.raises(AttributeError, match="no attribute 'evaluat'"):
        payoff.evaluat  # noqa: B018  (the access is the test)


def test_no_room_has_the_name_of_a_public_function() -> None:
    """``payoff.gate`` must not turn into a module as soon as somebody imports it."""
    rooms = {path.stem for path in (SOURCE / "payoff").iterdir()}
    assert not rooms & set(payoff.__all__)


def test_every_list_of_public_names_is_sorted() -> None:
    unsorted = []
    for path in sorted((SOURCE / "payoff").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                names = ast.literal_eval(node.value)
                if list(names) != sorted(names):
                    unsorted.append(str(path.relative_to(ROOT)))
    assert not unsorted


def test_every_error_code_has_its_anchor_and_says_what_it_means() -> None:
    for path in sorted((SOURCE / "payoff" / "errors").glob("[a-z]*.py")):
        importlib.import_module(f"payoff.errors.{path.stem}")
    page = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    anchors = {line.removeprefix("### ") for line in page.splitlines() if line.startswith("### PAY")}
    assert anchors == set(codes()) - {"PAY000"}, "run: PYTHONPATH=src python scripts/errors_page.py"
    assert all(error.__doc__ for error in codes().values())


@pytest.mark.parametrize("script", ["errors_page.py", "support_page.py"])
def test_a_page_is_what_its_script_writes(script: str) -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / script), "--check"],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
