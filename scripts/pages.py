"""A page that a script writes from the project itself: written anew, or checked to be current."""

import sys
from pathlib import Path


def write_or_check(page: Path, text: str, arguments: list[str], command: str) -> int:
    """Write a page, or with ``--check`` say whether it is what would be written; return the exit code.

    Parameters
    ----------
    command : what writes it, to be told where it is stale.
    """
    if "--check" not in arguments:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
        return 0
    if page.exists() and page.read_text(encoding="utf-8") == text:
        return 0
    print(f"{page.name} is stale: run {command}", file=sys.stderr)
    return 1
