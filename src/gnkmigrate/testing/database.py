"""A database as a test gets it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gnkmigrate.postgres.connection import Connection


@dataclass(frozen=True)
class PhaseDatabase:
    """A throwaway database with the project's schema and rows.

    Attributes:
        phase: the last phase that was run; "" for the baseline.
        conninfo: libpq's keyword=value form, with the password.
        schemas: the project's, for unqualified names.
    """

    phase: str
    conninfo: str
    schemas: tuple[str, ...]

    @property
    def uri(self) -> str:
        """The address as a libpq URI, which SQLAlchemy takes with postgresql+psycopg as well."""
        from urllib.parse import quote, urlencode

        from psycopg import conninfo

        given = {
            name: str(value) for name, value in conninfo.conninfo_to_dict(self.conninfo).items()
        }
        database = quote(given.pop("dbname"), safe="")
        return f"postgresql:///{database}?{urlencode(given, quote_via=quote)}"

    def connect(self) -> "Connection":
        """A session in autocommit with pinned settings, whose search_path is the project's.

        Raises:
            ConnectionFailed: the server has gone.
        """
        from gnkmigrate.postgres.connection import DatabaseUrl, connect

        return connect(DatabaseUrl(self.conninfo), search_path=self.schemas)
