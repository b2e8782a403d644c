"""Start, errors and exits: no traceback reaches a user, and what goes wrong is never 0."""

import errno
import os
import sys

import typer

from payoff.cli.commands import app
from payoff.cli.stopping import CANNOT_JUDGE, Stopping, leave
from payoff.cli.telling import erase, say
from payoff.errors import PayoffError
from payoff.errors.engine import OutOfMemory
from payoff.rendering.literal import one_line

# What the command line's own library makes of Ctrl-C.
INTERRUPTED = 130


def main() -> None:
    """Run one command and leave with its exit code."""
    # Matrices are small here: the threads of BLAS would mostly wait for each other. It reads this when it loads.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    debug = "--debug" in sys.argv
    arguments = [word for word in sys.argv[1:] if word != "--debug"]
    Stopping().listen()
    try:
        code = app(args=arguments, standalone_mode=False)
    except PayoffError as problem:
        _fail(problem, debug)
    except typer.Exit as leaving:
        raise SystemExit(leaving.exit_code) from None
    except (KeyboardInterrupt, typer.Abort):
        leave()
    except BrokenPipeError:
        # The reader of the pipe has gone; Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(CANNOT_JUDGE) from None
    except MemoryError:
        _fail(_no_memory(), debug)
    except Exception as problem:  # noqa: BLE001 - the last seam: whatever it was, it is not 0
        _crash(problem, debug)
    else:
        if code == INTERRUPTED:
            leave()
        raise SystemExit(code or 0)


def _fail(problem: PayoffError, debug: bool) -> None:
    if debug:
        raise problem
    for one in getattr(problem, "problems", ()) or (problem,):
        where, found, expected, fix = map(one_line, (one.where, one.found, one.expected, one.fix))
        _say(f"{one.code} at {where}: found {found}, expected {expected}.\n  Fix: {fix}")
    raise SystemExit(CANNOT_JUDGE)


def _crash(problem: Exception, debug: bool) -> None:
    # Click's own usage errors carry how they want to be shown and an exit code of 2.
    show = getattr(problem, "show", None)
    if show is not None:
        show()
        raise SystemExit(CANNOT_JUDGE)
    if _is_no_memory(problem):
        _fail(_no_memory(), debug)
    if debug:
        raise problem
    _say(
        f"payoff failed: {type(problem).__name__}: {problem}\n  Fix: run again with --debug and report what it prints."
    )
    raise SystemExit(CANNOT_JUDGE)


def _is_no_memory(problem: Exception) -> bool:
    """Say whether a library could not be loaded for want of memory: its pages, or the list of its folder."""
    if isinstance(problem, OSError):
        return problem.errno == errno.ENOMEM
    return isinstance(problem, ImportError) and "map segment" in str(problem)


def _no_memory() -> OutOfMemory:
    return OutOfMemory(
        where="memory",
        found="none left",
        expected="room for the numbers",
        fix="raise the limit of memory (ulimit -v, the container's), or use a machine with more.",
    )


def _say(text: str) -> None:
    erase()
    say(text, file=sys.stderr)
