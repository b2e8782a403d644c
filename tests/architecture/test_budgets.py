"""Files, functions and signatures stay small enough to be read at one sitting (CONTRIBUTING, budgets)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "payoff"
FILES = sorted(SOURCE.rglob("*.py"))

# Soft limits (400 and 30) are for the writer's judgement; these fail.
FILE_LINES = 450
BODY_LINES = 60
PARAMETERS = 8

# Drawers where anything fits, so nothing is found.
DRAWERS = {"base", "common", "core", "helper", "helpers", "manager", "misc", "util", "utils"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def named(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: Function) -> int:
    """Lines from the first statement after the docstring to the last."""
    has_docstring = ast.get_docstring(function, clean=False) is not None
    statements = function.body[1:] if has_docstring else function.body
    if not statements:
        return 0
    return (statements[-1].end_lineno or 0) - statements[0].lineno + 1


def parameters(function: Function) -> int:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return len([argument for argument in every if argument.arg not in {"self", "cls"}])


def is_command(function: Function) -> bool:
    """A command's parameters are options of the command line."""
    return any("command" in ast.unparse(decorator) for decorator in function.decorator_list)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_is_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= FILE_LINES, f"{lines} lines: split it by what its parts are about"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_the_body_of_a_function_is_short(path: Path) -> None:
    long = {f.name: body_lines(f) for f in functions(path) if body_lines(f) > BODY_LINES}
    assert not long


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_public_function_takes_few_parameters(path: Path) -> None:
    public = [f for f in functions(path) if not f.name.startswith("_") and not is_command(f)]
    many = {f.name: parameters(f) for f in public if parameters(f) > PARAMETERS}
    assert not many, "it wants a record"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_function_imports_payoff(path: Path) -> None:
    """Cycles are designed away, not hidden."""
    hidden = [
        ast.unparse(node)
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and "payoff" in ast.unparse(node)
    ]
    assert not hidden


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_module_is_a_drawer(path: Path) -> None:
    assert path.stem.strip("_") not in DRAWERS


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)
