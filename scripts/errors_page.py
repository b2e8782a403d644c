"""Write docs/reference/errors.md from the error classes; ``--check`` fails when the page is stale."""

import inspect
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import payoff.errors
from pages import write_or_check
from payoff.errors import PayoffError, codes

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "errors.md"

HEADER = """# Errors and their codes

Everything payoff refuses has a code, a place, what was found, what was expected and what to do:

```text
PAY201 at hurdles[0].gain: found ..., expected .... Fix: ...
```

Each code is one class of `payoff.errors`. Catch `PayoffError` for all, or a family.
This page is written by `scripts/errors_page.py` from the classes.
"""


def main(arguments: list[str]) -> int:
    """Write or check the page; return the exit code."""
    return write_or_check(PAGE, page(), arguments, "PYTHONPATH=src python scripts/errors_page.py")


def page() -> str:
    """Return the page: a section per family, an anchor per code."""
    for module in iter_modules(payoff.errors.__path__, "payoff.errors."):
        import_module(module.name)
    parts = [HEADER]
    for code, error in codes().items():
        family = error.__bases__[0] is PayoffError
        # The root itself is what its families share; nobody meets its code.
        if error is PayoffError:
            continue
        heading = f"## {error.__name__}: PAY{code[3]}xx" if family else ""
        anchor = f"### {code}"
        body = inspect.cleandoc(error.__doc__ or "")
        parts += [part for part in (heading, anchor, f"`{error.__name__}`. {body}") if part]
    return "\n\n".join(part.strip() for part in parts) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
