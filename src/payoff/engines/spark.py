"""Apache Spark, classic or by Spark Connect: aggregates are made where the rows are, only tables come back.

Rules of SQL that a session may have changed are set for the length of each query and put back after it.
"""

import re
import uuid
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from payoff.engines.addresses import Address
from payoff.engines.arrays import column
from payoff.engines.dialects import translate, with_definitions
from payoff.engines.dialects.spark import SPARK
from payoff.engines.engine import Columns, Kind
from payoff.engines.relations import is_query, query_text, table_parts
from payoff.engines.spark_errors import of_connecting, of_query
from payoff.errors.engine import UnreadableData

RULES = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.caseSensitive": "true",
}
INTEGERS = {"tinyint", "smallint", "int", "bigint"}
FLOATS = {"float", "double"}
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys((*INTEGERS, *FLOATS, "decimal"), "number"),
    "boolean": "boolean",
    **dict.fromkeys(("string", "varchar", "char"), "text"),
    "date": "date",
    "timestamp": "timestamptz",  # an instant; what has no zone is timestamp_ntz
    "timestamp_ntz": "timestamp",
}
ARRIVES = {
    **dict.fromkeys(INTEGERS, "whole"),
    **dict.fromkeys((*FLOATS, "decimal"), "number"),
    "boolean": "boolean",
}
DTYPES = {"whole": np.int64, "number": np.float64, "boolean": np.bool_}


class SparkEngine:
    """Rows in a table, a query or a frame of one Spark session."""

    keeps_order = False
    shares_scans = False

    def __init__(
        self, session: Any, relation: str, *, place: str = "spark", address: Address | None = None
    ) -> None:
        self._session, self._place, self._address = session, place, address
        self._tag = f"payoff-{uuid.uuid4().hex}"
        self._view: str | None = None
        self._owned = address is not None
        self._definitions: dict[str, str] = {}
        self._relation = relation
        try:
            with self._rules():
                self.name = f"spark {session.version}"
                self._describe()
        except BaseException:
            self.close()
            raise

    @classmethod
    def over_table(cls, session: Any, relation: str) -> Self:
        """Return an engine over a table or a query of ``session``."""
        return cls(session, _read(relation))

    @classmethod
    def over_frame(cls, frame: Any) -> Self:
        """Return an engine over a Spark frame; its session gets one view, dropped at ``close``."""
        name = f"payoff_{uuid.uuid4().hex}"
        session = frame.sparkSession
        frame.createOrReplaceTempView(name)
        try:
            engine = cls(session, f"select * from {name}", place="data")
        except BaseException:
            session.catalog.dropTempView(name)
            raise
        engine._view = name
        return engine

    @classmethod
    def over_address(cls, address: Address) -> Self:
        """Return an engine over a table or query behind Spark Connect, in a session of its own."""
        listed = "".join(f";{key}={value}" for key, value in address.options.items())
        relation = _read(address.relation)
        try:
            session = _sessions().builder.remote(f"sc://{address.hosts}/{listed}").create()
            return cls(session, relation, place=address.place, address=address)
        except Exception as problem:  # noqa: BLE001 - what clients raise has no common class
            raise of_connecting(problem, address) from None

    def columns(self, query: str) -> Columns:
        """Run one query; see ``Engine.columns``."""
        named = [(f"`{name}` as", translate(text, SPARK)) for name, text in self._definitions.items()]
        text = with_definitions(translate(query, SPARK), [("`source` as", self._relation), *named])
        with self._rules():
            frame = self._session.sql(text)
            kinds = [ARRIVES.get(_plain(kind), "text") for _, kind in frame.dtypes]
            return _collected(frame, kinds)

    def define(self, name: str, query: str, *, kept: bool = False) -> None:  # noqa: ARG002
        """Keep the text of ``query``: it stands before each query from now on; see ``Engine.define``."""
        translate(query, SPARK)
        self._definitions[name] = query

    def close(self) -> None:
        """Drop the view, and leave the session unless it is payoff's own."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                if self._view is not None:
                    self._session.catalog.dropTempView(self._view)
                if self._owned:
                    self._session.stop()
            except Exception:  # noqa: BLE001, S110 - a session that has gone holds nothing any more
                pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _describe(self) -> None:
        frame = self._session.sql(f"select * from ({self._relation}) limit 0")
        types = {str(name): str(kind) for name, kind in frame.dtypes}
        if len(types) < len(frame.dtypes) or not types:
            raise UnreadableData(
                where=self._place,
                found="two columns of one name" if types else "no column",
                expected="a name of its own for every column",
                fix="name the columns in the query.",
            )
        self.types: Mapping[str, str] = types
        self.schema: Mapping[str, Kind] = {
            name: KINDS.get(_plain(kind), "other") for name, kind in types.items()
        }
        self.integers = frozenset(name for name, kind in types.items() if kind in INTEGERS)
        self.floats = frozenset(name for name, kind in types.items() if kind in FLOATS)

    @contextmanager
    def _rules(self) -> Iterator[None]:
        """Hold the session to the rules that queries rely on, and put its own back."""
        before: dict[str, str] = {}
        try:
            self._session.addTag(self._tag)
            for name, value in RULES.items():
                found = self._setting(name)
                if found is not None and found.lower() != value.lower():
                    before[name] = found
                    self._session.conf.set(name, value)
            yield
        except KeyboardInterrupt:
            self._session.interruptTag(self._tag)
            raise
        except Exception as problem:  # noqa: BLE001 - what clients raise has no common class
            raise of_query(problem, self._place, self._address) from None
        finally:
            self._put_back(before)

    def _setting(self, name: str) -> str | None:
        try:
            return str(self._session.conf.get(name))
        except Exception as problem:
            if re.search(
                "SQL_CONF_NOT_FOUND|not found|no value|unknown|r. prefix", str(problem), re.IGNORECASE
            ):
                return None  # a server that does not know the rule cannot have changed it
            raise

    def _put_back(self, before: Mapping[str, str]) -> None:
        try:
            for name, value in before.items():
                self._session.conf.set(name, value)
            self._session.removeTag(self._tag)
        except Exception:  # noqa: BLE001, S110 - the session has gone; what went wrong is being told already
            pass


def is_spark(data: Any) -> bool:
    """Return whether ``data`` is a Spark frame, without importing Spark."""
    return type(data).__module__.startswith("pyspark.sql.") and type(data).__name__ == "DataFrame"


def _sessions() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # pyspark remarks on the version of pandas
        return import_module("pyspark.sql.connect.session").SparkSession


def _read(relation: str) -> str:
    if is_query(relation):
        return f"select * from (\n{query_text(relation)}\n)"
    return "select * from " + ".".join("`" + part.replace("`", "``") + "`" for part in table_parts(relation))


def _plain(kind: str) -> str:
    return kind.partition("(")[0]


def _collected(frame: Any, kinds: list[str]) -> Columns:
    if find_spec("pyarrow") is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            table = frame.toArrow()
        arrays = [_of_arrow(one, kind) for one, kind in zip(table.columns, kinds, strict=True)]
    else:
        listed = list(zip(*frame.collect(), strict=True)) or [()] * len(kinds)
        arrays = [column(values, kind) for values, kind in zip(listed, kinds, strict=True)]
    return dict(zip(frame.columns, arrays, strict=True))


def _of_arrow(values: Any, kind: str) -> NDArray[np.generic]:
    plain = str(values.type) in ("int64", "double")
    if plain and values.null_count == 0:
        return np.asarray(values.to_numpy()).astype(DTYPES[kind], copy=False)
    return column(values.to_pylist(), kind)
