"""Break the statistics and the verdicts on purpose, one small change at a time, and see whether their tests notice.

    python scripts/mutate.py [--minutes 25] [--seed 1] [--out studies/results/mutation-DATE.json]

Mutants are drawn by lot over all modules, so that a part of them speaks for all. Each is tried on the tests that call
the function it sits in, quickest first, and is killed by the first that fails or hangs. What was tried is kept in
``.mutation`` and not tried again, so that a run that was stopped goes on where it was. Survivors keep the judgement
that a person has written beside them.
"""

import argparse
import ast
import datetime as dt
import gc
import json
import os
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NoReturn

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".mutation"
# Whatever quick test calls a function may kill its mutants: of rooms above, of whole evaluations, and in docstrings.
ABOVE = ("tests/choices", "tests/comparison", "tests/doubt", "tests/quantities", "tests/truth")
ROOMS = {
    "stats": ("src/payoff/stats", "tests/stats", "tests/catalogue", *ABOVE),
    "verdicts": (
        "src/payoff/verdicts",
        "tests/verdicts",
        "tests/judging",
        "tests/stats/test_inference.py",
        *ABOVE,
    ),
}
# Seconds of a processor that one test, and all tests of one mutant, may take; those beyond are simulations.
SLOWEST, MOST_SECONDS = 3.0, 12.0
FOLDERS = sorted({one for places in ROOMS.values() for one in places})
FLAGS = ("-q", "--doctest-modules", "-p", "no:cacheprovider", "-m", "not study and not system")
# So many times nothing is changed, and all tests are to pass.
CONTROLS = 2
# As many calls tell what a test is about.
MOST_CALLS = 200_000
# How a process of tests ends: all pass, one fails, or it goes wrong itself.
PASSED, FAILED, BROKEN_OFF = 0, 1, 99
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.MatMult: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
# Keywords that say how, not what: a check more or less, a type, a layout.
NOT_MUTATED = frozenset(
    {"strict", "dtype", "kind", "optimize", "ndmin", "stable", "frozen", "slots", "eq", "kw_only"}
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the ``site``-th of a module, in the function that starts at ``function`` (0 outside of any)."""

    module: str
    site: int
    line: int
    function: int
    kind: str
    before: str
    after: str

    @property
    def key(self) -> str:
        """Return what tells it from all others while the module stays as it is."""
        return f"{self.module}:{self.site}:{self.before} -> {self.after}"


@dataclass(slots=True)
class Sites(ast.NodeTransformer):
    """Walks over every place that can be changed, and changes the one that is wanted, if any."""

    wanted: int = -1
    found: list[tuple[int, int, str, str, str]] = None  # type: ignore[assignment]
    function: int = 0

    def __post_init__(self) -> None:
        self.found = []

    def offer(self, node: ast.AST, kind: str, changed: Callable[[], ast.AST]) -> ast.AST:
        """Note a place; return it changed where it is the one wanted."""
        before, number = ast.unparse(node), len(self.found)
        after = changed()
        self.found.append((node.lineno, self.function, kind, before, ast.unparse(after)))  # type: ignore[attr-defined]
        return ast.copy_location(after, node) if number == self.wanted else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Look at the body: not at defaults, decorators, annotations and the docstring."""
        outer = self.function
        if not outer:
            self.function = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        node.body = [self.visit(one) for one in node.body]
        self.function = outer
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Look at the methods."""
        node.body = [self.visit(one) if isinstance(one, ast.FunctionDef) else one for one in node.body]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Look at the value alone."""
        node.value = node.value and self.visit(node.value)
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """Leave messages as they are."""
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Leave texts as they are."""
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Leave docstrings as they are."""
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        """Leave keywords as they are that say how and not what."""
        return node if node.arg in NOT_MUTATED else self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Move the border, or turn the question round."""
        self.generic_visit(node)
        other = COMPARISONS[type(node.ops[0])]
        return self.offer(
            node, "comparison", lambda: ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)
        )

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Take another operator."""
        self.generic_visit(node)
        other = ARITHMETIC.get(type(node.op))
        if other is None:
            return node
        return self.offer(node, "arithmetic", lambda: ast.BinOp(node.left, other(), node.right))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """Take the other of and, or."""
        self.generic_visit(node)
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        return self.offer(node, "boolean", lambda: ast.BoolOp(other(), node.values))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """Leave the sign, the not or the inversion out."""
        self.generic_visit(node)
        return self.offer(node, "negation", lambda: node.operand)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Add one to a whole number, a tenth and a bit to any other, turn true and false round."""
        if isinstance(node.value, bool):
            return self.offer(node, "constant", lambda: ast.Constant(not node.value))
        if isinstance(node.value, int):
            return self.offer(node, "constant", lambda: ast.Constant(node.value + 1))
        if isinstance(node.value, float):
            return self.offer(
                node, "constant", lambda: ast.Constant(node.value * 1.1 + 0.01 * (not node.value))
            )
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        """Return nothing."""
        self.generic_visit(node)
        if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
            return node
        return self.offer(node, "return", lambda: ast.Return(ast.Constant(None)))


def sources() -> Iterator[Path]:
    """Yield the modules of the rooms."""
    for room in ROOMS:
        yield from sorted((ROOT / "src/payoff" / room).glob("*.py"))


def all_mutants() -> list[Mutant]:
    """Return every mutant of every module."""
    out = []
    for path in sources():
        walk = Sites()
        walk.visit(ast.parse(path.read_text()))
        name = str(path.relative_to(ROOT / "src"))
        for site, (line, function, kind, before, after) in enumerate(walk.found):
            out.append(Mutant(name, site, line, function, kind, before, after))
    return out


class TooSlow(BaseException):
    """A test that is of no use here."""


class Calls:
    """A plug-in of pytest that notes which functions of the rooms every quick test calls, and how long it takes."""

    def __init__(self, known: dict[str, dict[str, Any]]) -> None:
        self.of = known
        self.seen: set[tuple[str, int]] = set()
        self.left = MOST_CALLS

    def _note(self, frame: Any, event: str, _: Any) -> None:
        self.left -= 1
        if event == "call":
            code = frame.f_code
            if "/payoff/stats/" in code.co_filename or "/payoff/verdicts/" in code.co_filename:
                self.seen.add((code.co_filename.rsplit("/src/", 1)[1], code.co_firstlineno))
        if self.left < 0:
            sys.setprofile(None)

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave out what was watched before, and forget what is no more."""
        names = {item.nodeid for item in items}
        self.of = {name: held for name, held in self.of.items() if name in names}
        items[:] = [item for item in items if item.nodeid not in self.of]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: Any) -> Iterator[None]:
        """Watch one test; keep it where it passes in time."""
        self.seen, self.left, started = set(), MOST_CALLS, time.process_time()
        signal.signal(signal.SIGVTALRM, _stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, SLOWEST)
        sys.setprofile(self._note)
        ended = yield
        sys.setprofile(None)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if ended.excinfo is None:
            seconds = round(time.process_time() - started, 3)
            self.of[item.nodeid] = {"seconds": seconds, "calls": sorted(f"{m}:{n}" for m, n in self.seen)}


def _stop(*_: object) -> None:
    raise TooSlow


def functions_of_rooms() -> dict[tuple[str, str, int], list[FunctionType]]:
    """Return the functions of the rooms that are loaded, by module, name and first line."""
    out: dict[tuple[str, str, int], list[FunctionType]] = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and "/src/payoff/" in one.__code__.co_filename:
            code = one.__code__
            out[code.co_filename.rsplit("/src/", 1)[1], code.co_qualname, code.co_firstlineno].append(one)
    return out


def apply(mutant: Mutant, functions: dict[tuple[str, str, int], list[FunctionType]]) -> None:
    """Change the loaded code: of the functions of the module, or of a constant wherever it has been imported."""
    path = ROOT / "src" / mutant.module
    changed = ast.fix_missing_locations(Sites(wanted=mutant.site).visit(ast.parse(path.read_text())))
    if mutant.function:
        for code in _codes(compile(changed, str(path), "exec")):
            for function in functions.get((mutant.module, code.co_qualname, code.co_firstlineno), ()):
                function.__code__ = code
        return
    module = sys.modules[mutant.module.removesuffix(".py").replace("/", ".").removesuffix(".__init__")]
    before = dict(vars(module))
    for statement in changed.body:
        if (
            isinstance(statement, ast.Assign | ast.AnnAssign)
            and statement.lineno <= mutant.line <= statement.end_lineno
        ):
            exec(compile(ast.Module([statement], []), str(path), "exec"), vars(module))  # noqa: S102
    for name, value in list(vars(module).items()):
        if name in before and before[name] is not value:
            for other in [each for key, each in sys.modules.items() if key.startswith("payoff.")]:
                if getattr(other, name, None) is before[name]:
                    setattr(other, name, value)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)


class Trials:
    """A plug-in of pytest that, instead of running the tests once, tries every mutant on its own tests."""

    def __init__(self, given: argparse.Namespace, calls: dict[str, dict[str, Any]]) -> None:
        self.given, self.calls, self.mutants = given, calls, all_mutants()
        self.record = KEPT / f"ended-{given.seed}.json"
        self.ended = json.loads(self.record.read_text()) if self.record.exists() else {}
        # What is tried once more counts as it ended before until it has been; what no test can notice is not.
        unseen = {key for key, judged in judgements(given.out).items() if judged.startswith("equivalent")}
        self.open = {
            key
            for key, how in self.ended.items()
            if given.again and how in ("survived", "untested") and key not in unseen
        }

    def pytest_runtestloop(self, session: Any) -> bool:
        """Try mutants, in an order drawn by lot, until the minutes are over or none is left."""
        end = time.monotonic() + 60 * self.given.minutes
        items = {item.nodeid: item for item in session.items}
        functions = functions_of_rooms()
        order = random.Random(self.given.seed).sample(self.mutants, len(self.mutants))  # noqa: S311
        order.sort(key=lambda mutant: mutant.key not in self.open)
        for mutant in order[:CONTROLS]:
            if self._tried(mutant, items, None) not in ("survived", "untested"):
                raise RuntimeError(f"the tests of {mutant.module} fail without any change")
        for mutant in order:
            if (mutant.key in self.ended and mutant.key not in self.open) or time.monotonic() > end:
                continue
            self.ended[mutant.key] = self._tried(mutant, items, functions)
            self.record.write_text(json.dumps(self.ended))
        return True

    def _tried(self, mutant: Mutant, items: dict[str, Any], functions: Any) -> str:
        tests, seconds = tests_for(mutant, self.calls)
        held = [items[name] for name in tests if name in items]
        if not held:
            return "untested"
        child = os.fork()
        if not child:
            _run(held, (lambda: apply(mutant, functions)) if functions else (lambda: None), 6 + 2 * seconds)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        ends = {PASSED: "survived", FAILED: "killed", -signal.SIGVTALRM: "timeout"}
        if code not in ends:
            raise RuntimeError(f"the tests of {mutant.key} ended with {code}")
        return ends[code]


def _run(items: list[Any], change: Callable[[], None], seconds: float) -> NoReturn:
    """Run tests in this process, and end it with the first that fails."""
    code = BROKEN_OFF
    try:
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        change()
        code = PASSED
        for item, following in zip_longest(items, items[1:]):
            if any(one.failed for one in runtestprotocol(item, log=False, nextitem=following)):
                code = FAILED
                break
    except BaseException:  # noqa: BLE001
        code = BROKEN_OFF
    finally:
        os._exit(code)


def calls_of_tests() -> dict[str, dict[str, Any]]:
    """Return what every quick test calls, measured once."""
    kept = KEPT / "calls.json"
    watching = Calls(json.loads(kept.read_text()) if kept.exists() else {})
    pytest.main([*FLAGS, *FOLDERS], plugins=[watching])
    kept.write_text(json.dumps(watching.of))
    return watching.of


def tests_for(mutant: Mutant, calls: dict[str, dict[str, Any]]) -> tuple[list[str], float]:
    """Return the tests that call the function of a mutant, quickest first, and the seconds that they take."""
    room, place = mutant.module.split("/")[1], f"{mutant.module}:{mutant.function}"
    out, total = [], 0.0
    for name, held in sorted(calls.items(), key=lambda pair: pair[1]["seconds"]):
        if not name.startswith(ROOMS[room]):
            continue
        hit = any(
            one == place or (not mutant.function and one.startswith(mutant.module)) for one in held["calls"]
        )
        if hit and total + held["seconds"] <= MOST_SECONDS:
            out.append(name)
            total += held["seconds"]
    return out, total


def judgements(out: Path) -> dict[str, str]:
    """Return what a person has written beside the survivors of a file; nothing where there is none."""
    if not out.exists():
        return {}
    return {one["key"]: one["judged"] for one in json.loads(out.read_text())["survivors"]}


def written(out: Path, seed: int, mutants: list[Mutant], ended: dict[str, str]) -> None:
    """Write the figures, with the judgements that the file holds already."""
    judged = judgements(out)
    held = [one for one in mutants if one.key in ended]
    left = [one for one in held if ended[one.key] in ("survived", "untested")]
    by_room = {}
    for room in ROOMS:
        there = [ended[one.key] for one in held if one.module.startswith(f"payoff/{room}/")]
        killed = sum(how in ("killed", "timeout") for how in there)
        every = sum(one.module.startswith(f"payoff/{room}/") for one in mutants)
        by_room[room] = {"mutants": every, "tried": len(there), "killed": killed}
    survivors = [
        {**asdict(one), "key": one.key, "ended": ended[one.key], "judged": judged.get(one.key, "")}
        for one in left
    ]
    out.write_text(json.dumps({"seed": seed, "rooms": by_room, "survivors": survivors}, indent=1) + "\n")


def main() -> None:
    """Try mutants until the minutes are over or none is left."""
    today = dt.datetime.now(tz=dt.UTC).date()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--watch", action="store_true", help="see which test calls what, and try nothing")
    parser.add_argument("--again", action="store_true", help="try the survivors once more")
    parser.add_argument("--out", type=Path, default=ROOT / f"studies/results/mutation-{today}.json")
    given = parser.parse_args()
    KEPT.mkdir(exist_ok=True)
    if given.watch:
        calls_of_tests()
        return
    trials = Trials(given, json.loads((KEPT / "calls.json").read_text()))
    pytest.main([*FLAGS, *FOLDERS], plugins=[trials])
    written(given.out, given.seed, trials.mutants, trials.ended)
    print(given.out.read_text().split('"survivors"')[0])


if __name__ == "__main__":
    main()
