"""A list of targets made fit for work: each database once, and every secret behind a name."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.fleet.rows import Row
from gnkmigrate.fleet.target import Address, Target, parted, same_database, server_of
from gnkmigrate.postgres.connection import DatabaseUrl

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))\Z")
# Workers of this machine are told secrets in variables of this name and a number.
_LENT = "_GNKMIGRATE_FLEET_"
# Of a variable that only the workers know there is no saying where it leads.
ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Placed:
    """A target whose server is known.

    Attributes:
        target: the target.
        server: as "host:port".
    """

    target: Target
    server: str


@dataclass(frozen=True)
class Unusable:
    """A line that names no database to work on.

    Attributes:
        name: the target's name, or the place of a line without one.
        message: what is wrong.
        hint: what to do.
        labels: as of a target.
    """

    name: str
    message: str
    hint: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """All of a list.

    Attributes:
        placed: what there is to work on, in the list's order.
        unusable: what is told of and left alone.
        secrets: passwords by the variable through which workers of this machine get them; never
            shown.
    """

    placed: tuple[Placed, ...]
    unusable: tuple[Unusable, ...]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """The secrets in this process's environment, which the processes that it starts inherit."""
        os.environ.update(self.secrets)
        try:
            yield
        finally:
            for name in self.secrets:
                os.environ.pop(name, None)


def listed(rows: Sequence[Row], *, elsewhere: bool) -> Listing:
    """The targets of a list.

    Args:
        rows: the list.
        elsewhere: whether workers of other machines do the work. They get no password by value,
            and may know variables that are not set here.
    """
    placed: list[Placed] = []
    unusable: list[Unusable] = []
    secrets: dict[str, str] = {}  # the variable of each
    names: dict[str, str] = {}
    databases: dict[tuple[str, ...], str] = {}
    for row in rows:
        try:
            if row.problem:
                raise _Refused(f"{row.place} {row.problem}", "Correct the list.")
            address, url = _address(row.url, secrets, elsewhere=elsewhere)
            _require_new(row, url, names, databases)
        except GnkMigrateError as error:
            unusable.append(Unusable(row.name, error.message, error.hint, row.labels))
            continue
        target = Target(row.name, address, row.labels, row.schema)
        placed.append(Placed(target, server_of(url) if url else ELSEWHERE))
    by_variable = {variable: secret for secret, variable in secrets.items()}
    return Listing(tuple(placed), tuple(unusable), by_variable)


class _Refused(GnkMigrateError):
    """A line of the list is left out."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint=hint)


def _address(
    text: str, secrets: dict[str, str], *, elsewhere: bool
) -> tuple[Address, DatabaseUrl | None]:
    """How workers find it, and where it is, as far as this process knows."""
    named = _VARIABLE.match(text)
    if named:
        address = Address(variable=named[1] or named[2])
        known = not elsewhere or address.variable in os.environ
        return address, address.resolved() if known else None
    url = DatabaseUrl.parse(text)
    rest, secret = parted(url)
    if not secret:
        return Address(conninfo=rest), url
    if elsewhere:
        raise _Refused(
            "Its URL holds a password, which is not sent to other machines.",
            "Write $NAME for an environment variable of the workers, or leave the password to "
            "their PGPASSWORD, ~/.pgpass or pg_service.conf.",
        )
    variable = secrets.setdefault(secret, f"{_LENT}{len(secrets)}")
    return Address(conninfo=rest, secret=variable), url


def _require_new(
    row: Row,
    url: DatabaseUrl | None,
    names: dict[str, str],
    databases: dict[tuple[str, ...], str],
) -> None:
    """Refuses what the list has had before.

    Raises:
        GnkMigrateError: it has.
    """
    if row.name in names:
        raise _Refused(
            f"The name is in the list twice: {names[row.name]} and {row.place}.",
            f"Give each its own; of these, {names[row.name]} was taken.",
        )
    names[row.name] = row.place
    if url is None:
        return
    key = (*same_database(url), row.schema)
    if key in databases:
        raise _Refused(
            f"It is the same database as {databases[key]}.", "Leave one of them out of the list."
        )
    databases[key] = row.name
