"""One database or schema of a fleet, and how a worker finds it without being told a secret."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from psycopg import conninfo

from gnkmigrate.errors import SettingsError
from gnkmigrate.postgres.connection import DatabaseUrl

_SECRETS = ("password", "sslpassword")


@dataclass(frozen=True)
class Address:
    """How to find a database; it never holds a password.

    Attributes:
        conninfo: libpq's keyword=value form, for one that needs no secret or has it elsewhere.
        variable: the environment variable that holds the URL, where there is one.
        secret: the environment variable that holds, in the same form, what `conninfo` leaves out.
    """

    conninfo: str = ""
    variable: str = ""
    secret: str = ""

    def resolved(self) -> DatabaseUrl:
        """The address with what this process's environment says.

        Raises:
            SettingsError: the variable is not set here, or what it holds cannot be read.
        """
        if self.variable:
            return DatabaseUrl.parse(_held(self.variable))
        secret = conninfo.conninfo_to_dict(_held(self.secret)) if self.secret else {}
        return DatabaseUrl(conninfo.make_conninfo(self.conninfo, **secret))


def _held(variable: str) -> str:
    if variable not in os.environ:
        raise SettingsError(
            f"The environment variable {variable} is not set.",
            hint="Set it where the work is done: on this machine, or on that of the workers.",
        )
    return os.environ[variable]


@dataclass(frozen=True)
class Target:
    """One database, or one schema of it, that an order is carried out for.

    Attributes:
        name: what people call it; no two of a fleet share one.
        address: where it is.
        labels: what else its list says of it, such as a region.
        schema: the tenant's schema that stands for the project's; "" for a database of its own.
    """

    name: str
    address: Address
    labels: Mapping[str, str] = field(default_factory=dict)
    schema: str = ""


def parted(url: DatabaseUrl) -> tuple[str, str]:
    """An address without its secrets, and these alone; "" where it has none."""
    given = conninfo.conninfo_to_dict(url.conninfo)
    secrets = {name: given.pop(name) for name in _SECRETS if given.get(name)}
    return conninfo.make_conninfo("", **given), conninfo.make_conninfo("", **secrets)


def server_of(url: DatabaseUrl) -> str:
    """The server as "host:port", by which work is bounded; never a secret."""
    given = conninfo.conninfo_to_dict(url.conninfo)
    if given.get("service"):
        return f"service={given['service']}"
    host = given.get("host") or given.get("hostaddr") or os.environ.get("PGHOST") or "local socket"
    return f"{host}:{given.get('port') or os.environ.get('PGPORT') or 5432}"


def same_database(url: DatabaseUrl) -> tuple[str, str]:
    """What two addresses of one database have in common, whichever role they are for."""
    given = conninfo.conninfo_to_dict(url.conninfo)
    user = given.get("user") or os.environ.get("PGUSER") or ""
    return server_of(url), str(given.get("dbname") or os.environ.get("PGDATABASE") or user)
