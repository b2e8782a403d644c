"""Saved tables: counted once, added as often as rows come, judged without reading them again."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from payoff import __version__
from payoff.api.opening import Source, asked_for, opened
from payoff.errors.data import UnusableRows
from payoff.errors.store import TablesLack
from payoff.running import Reused, reused
from payoff.running import tabulate as count
from payoff.running.progress import following
from payoff.spec import Spec
from payoff.storage import read_tables, write_tables
from payoff.tabulation import Finding, added, at_declared_shares


def tabulate(
    data: Any,
    spec: Source,
    out: str | Path,
    *,
    choices: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Finding, ...]:
    """Count everything that a spec asks of the rows and save the tables, without judging them.

    Parameters
    ----------
    data : as for ``evaluate``.
    out : the file to write.
    choices : tables whose choices (thresholds, cuts, grids, the day of knowledge) stand here too, so that both add.

    Returns the findings about the rows; none of them is an error.

    Raises
    ------
    UnusableRows
        When a check finds an error: nothing is written then.
    """
    asked = asked_for(spec, data)
    fixed = None if choices is None else read_tables(Path(choices)).fixed
    with opened(data, spec, asked) as engine:
        told = following(progress or (lambda _: None), engine, asked)
        tables = count(asked, engine, told, fixed).tables
    errors = [one for one in tables.findings if one.severity == "error"]
    if errors:
        first = errors[0]
        raise UnusableRows(
            where=first.where,
            found=f"{first.found} ({first.code})",
            expected="rows that can be counted",
            fix=first.fix,
        )
    write_tables(Path(out), tables, asked.hash, __version__)
    return tables.findings


def from_tables(spec: Spec, paths: Sequence[str | Path], *, rows_at_hand: bool) -> Reused | str:
    """Return what a spec finds in saved tables; why rows must be read, where they must and are at hand.

    Raises
    ------
    UnreadableTables, TablesDiffer
        When a file is none, or two do not add.
    TablesLack
        When the tables cannot tell what the spec asks, and no rows were named.
    """
    whole = at_declared_shares(added([(Path(path).name, read_tables(Path(path))) for path in paths]))
    try:
        return reused(spec, whole)
    except TablesLack as lack:
        if rows_at_hand:
            return f"Nothing was read from the saved tables: {lack.found}. All rows were counted again."
        raise
