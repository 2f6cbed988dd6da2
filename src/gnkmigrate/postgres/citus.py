"""Citus, which spreads tables over several servers: whether it is there, and over what.

What is asked is documented: the extension's name, the catalog pg_dist_partition, the function
column_to_column_name. https://docs.citusdata.com/en/stable/develop/api_metadata.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from psycopg import sql

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query

Kind = Literal["distributed", "reference", "one shard", "local"]

_CATALOG = "SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL"
_VERSION = "SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'citus'"


@dataclass(frozen=True)
class CitusTable:
    """A table that Citus knows.

    Attributes:
        schema: where it is.
        name: its own.
        kind: "distributed" by a column; "reference", whole on every node; "one shard", whole on
            some node; "local", which is an ordinary table but for foreign keys.
        column: by which it is distributed; "" where it is not.
    """

    schema: str
    name: str
    kind: Kind
    column: str

    @property
    def quoted(self) -> str:
        return sql.Identifier(self.schema, self.name).as_string()

    @property
    def elsewhere(self) -> bool:
        """Whether its rows are in shards, and triggers on it are refused."""
        return self.kind != "local"

    @property
    def words(self) -> str:
        """What it is, such as "distributed by account_id"."""
        return {
            "distributed": f"distributed by {self.column}",
            "reference": "a reference table",
            "one shard": "distributed as one shard",
            "local": "local, and known to Citus",
        }[self.kind]


def version(connection: Connection) -> str:
    """Citus' version in this database; "" where it is not."""
    row = connection.execute(_VERSION).fetchone()
    return str(row[0]) if row else ""


def tables(connection: Connection) -> Sequence[CitusTable]:
    """All tables that Citus knows, in order of their names; none where there is no Citus."""
    (there,) = connection.execute(_CATALOG).fetchone() or (False,)
    if not there:
        return ()
    return [CitusTable(*row) for row in connection.execute(query("postgres", "citus"))]
