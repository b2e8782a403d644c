"""Addresses of databases: ``postgresql://user@host/db#table`` and ``sc://host:port#query``, secrets kept apart."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from payoff.errors.engine import UnclearAddress

SCHEMES = {"postgresql": "postgresql", "postgres": "postgresql", "sc": "sc"}
EXAMPLES = {
    "postgresql": "postgresql://analyst@db.example/shop#sales.calls",
    "sc": "sc://spark.example:15002#sales.calls",
}
_START = re.compile(r"\s*(?:(?:postgres|postgresql|sc)://|\$\{\w+\}.*#)", re.IGNORECASE | re.DOTALL)
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SECRET_KEYS = ("password", "sslpassword", "token", "passfile")
HIDDEN = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the rows are.

    Attributes
    ----------
    scheme : ``postgresql`` or ``sc``.
    hosts : host and port, or several divided by commas, as written.
    database : what follows the first slash.
    user, password : empty where the address does not name them.
    options : what follows ``?`` (or ``/;`` for Spark Connect).
    relation : what follows ``#``: a table, or a query.
    """

    scheme: str
    hosts: str
    database: str
    user: str
    password: str = field(repr=False)
    options: Mapping[str, str] = field(repr=False)
    relation: str

    @property
    def place(self) -> str:
        """Return where this is, to be said in messages: no user, no secret."""
        relation = self.relation if len(self.relation) <= 60 else f"{self.relation[:57]}..."
        return f"{self.scheme}://{self.hosts}/{self.database}#{relation}".replace("/#", "#")

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must never be printed, in every form it may take."""
        raw = [self.password, *(self.options.get(key, "") for key in _SECRET_KEYS)]
        forms = {form for one in raw if one for form in (one, quote(one, safe=""), quote(one))}
        return tuple(sorted(forms, key=len, reverse=True))


def is_address(data: str) -> bool:
    """Return whether a text is the address of a database rather than a path.

    >>> is_address("postgresql://h/db#t"), is_address("${SHOP}#t"), is_address("rows#1.csv")
    (True, True, False)
    """
    return _START.match(data) is not None


def read_address(text: str, environment: Mapping[str, str] | None = None) -> Address:
    """Read an address; ``${NAME}`` is taken from the environment.

    Raises
    ------
    UnclearAddress
        When it cannot be followed. The message holds no part that could be secret.

    >>> read_address("postgresql://ann@db.example/shop#sales.calls").place
    'postgresql://db.example/shop#sales.calls'
    """
    known = os.environ if environment is None else environment
    text = text.strip()
    if text.startswith("${"):
        end = text.index("}") + 1
        text = _filled(text[:end], known) + text[end:]
    scheme, _, rest = text.partition("://")
    kind = SCHEMES.get(scheme.lower())
    if kind is None:
        raise _unclear("postgresql", f"an address that begins with none of {', '.join(SCHEMES)}")
    location, mark, relation = rest.partition("#")
    if not mark or not relation.strip():
        raise _unclear(kind, "an address without a table or query after #")
    return _parsed(kind, location, relation.strip(), known)


def refuse_written_password(text: str) -> None:
    """Refuse an address that spells a password out: a spec is kept in every result.

    Raises
    ------
    UnclearAddress
        When it does.
    """
    location = text.partition("#")[0]
    user = location.partition("://")[2].rpartition("@")[0]
    written = _VARIABLE.sub("", user.partition(":")[2])
    options = re.split(r"[?&;/]", _VARIABLE.sub("", location))
    if written or any(
        one.partition("=")[0].lower() in _SECRET_KEYS and one.partition("=")[2] for one in options
    ):
        raise UnclearAddress(
            where="data.path",
            found="a password written out",
            expected="none in a spec: its text is kept in every result",
            fix="name a variable of the environment in its place, such as ${PGPASSWORD}, or leave it out.",
        )


def hidden(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` without the secrets."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def shown(text: str) -> str:
    """Return an address as it may be written into a spec: without a password."""
    location, mark, relation = text.partition("#")
    scheme, _, rest = location.partition("://")
    user, at, place = rest.rpartition("@")
    named, colon, _ = user.partition(":")
    secret = ":${PGPASSWORD}" if colon else ""
    place = re.sub(rf"(?i)\b({'|'.join(_SECRET_KEYS)})=[^&;]*", r"\1=${SECRET}", place)
    return f"{scheme}://{named}{secret}{at}{place}{mark}{relation}"


def _parsed(kind: str, location: str, relation: str, known: Mapping[str, str]) -> Address:
    main, _, listed = location.partition("?") if kind == "postgresql" else location.partition("/;")
    authority, _, database = main.partition("/")
    user, _, hosts = authority.rpartition("@")
    name, _, password = user.partition(":")
    _check_hosts(kind, hosts)
    pairs = [pair.partition("=") for pair in re.split("[&;]", listed) if pair]
    return Address(
        scheme=kind,
        hosts=_filled(hosts, known),
        database=_plain(database.strip("/"), known),
        user=_plain(name, known),
        password=_plain(password, known),
        options={_plain(key, known): _plain(value, known) for key, _, value in pairs},
        relation=relation,
    )


def _check_hosts(kind: str, hosts: str) -> None:
    # A sign of a password gone astray is never echoed.
    if not re.fullmatch(
        r"(?:(?:[\w.\-]|\$\{\w+\})*|\[[0-9A-Fa-f:.]+\])(?::\d+)?(?:,[\w.\-]*(?::\d+)?)*", hosts
    ):
        raise _unclear(kind, "an address whose host cannot be told from the rest")


def _plain(part: str, known: Mapping[str, str]) -> str:
    return _filled(unquote(part), known)


def _filled(part: str, known: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in known:
            raise UnclearAddress(
                where="data",
                found=f"no variable {name} in the environment",
                expected=f"its value, for the address that names ${{{name}}}",
                fix=f"export {name}=... before payoff runs.",
            )
        return known[name]

    return _VARIABLE.sub(value, part)


def _unclear(kind: str, found: str) -> UnclearAddress:
    return UnclearAddress(
        where="data",
        found=found,
        expected=f"one such as {EXAMPLES[kind]}",
        fix="write the table or a select after #; signs such as @ : / # in a password as %40 %3A %2F %23.",
    )
