"""From what a user names to an engine over the rows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from payoff.engines import is_address, open_engine, refuse_written_password
from payoff.errors.data import DataAndSpecSwapped
from payoff.errors.usage import NoData
from payoff.spec import Spec, load_spec

Source = Spec | str | Path | Mapping[str, Any]


# Files that hold a spec and no rows; JSON may be either.
SPECS = (".yaml", ".yml", ".toml")


def asked_for(spec: Source, data: Any = None) -> Spec:
    """Return the spec that a call asks for.

    Raises
    ------
    DataAndSpecSwapped
        When the rows stand in its place, and it in theirs.
    SpecError
        With every problem found, by code and place.
    """
    refuse_swapped(spec, data)
    return spec if isinstance(spec, Spec) else load_spec(spec)


def refuse_swapped(spec: Any, data: Any) -> None:
    """Raise where a spec was passed as the data and something else as the spec."""
    if _is_spec(data) and not _is_spec(spec):
        raise DataAndSpecSwapped(
            where="data",
            found=f"a spec as data, and {type(spec).__name__} as spec",
            expected="rows as data, and a spec as spec",
            fix="swap them, or write data=..., spec=... by name.",
        )


def _is_spec(given: Any) -> bool:
    if isinstance(given, (str, Path)):
        return Path(given).suffix.lower() in SPECS
    return isinstance(given, Spec) or (isinstance(given, Mapping) and "decision" in given)


def opened(data: Any, source: Source, spec: Spec) -> Any:
    """Return an engine over ``data``, or over what the spec names.

    Raises
    ------
    NoData
        When neither names any.
    """
    if spec.data.path is not None and is_address(spec.data.path):
        refuse_written_password(spec.data.path)
    if data is None and spec.data.path is None:
        raise NoData(
            where="data",
            found="no data",
            expected="a path or a frame",
            fix="pass data, or set data.path in the spec.",
        )
    if data is None:
        data = _named_in(spec, source)
    as_text = [name for name in (spec.data.id, spec.data.cluster) if name is not None]
    return open_engine(data, as_text=as_text)


def _named_in(spec: Spec, source: Source) -> str | Path:
    """Return where the spec says the rows are: an address as it stands, a path beside the spec."""
    named = str(spec.data.path)
    return (
        named
        if is_address(named)
        else (Path(source).parent if isinstance(source, (str, Path)) else Path()) / named
    )
