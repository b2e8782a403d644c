"""How wide text may be on a terminal."""

import shutil

NARROWEST, WIDEST = 60, 120


def columns() -> int:
    """Return the terminal's columns, between those that tables need and those that an eye follows; 80 without one."""
    return max(NARROWEST, min(shutil.get_terminal_size((80, 24)).columns, WIDEST))
