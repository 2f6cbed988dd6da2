"""What functions of ours set for as long as they run, whatever the client's session has set.

A value that becomes text, or is read from it, comes out for every client as it does for the
backfill, whose session has the same settings (`connection.pin`).
"""

from gnkmigrate.postgres.connection import SPELLING
from gnkmigrate.run.names import literal

SEARCHING = "SET search_path = pg_catalog, pg_temp"
PINNED = " ".join((SEARCHING, *(f"SET {name} = {literal(value)}" for name, value in SPELLING)))

# Types whose values are written, and read, in one way whatever the session has set.
SPELLED_ALIKE = frozenset(
    {
        *("smallint", "int", "integer", "bigint", "numeric", "decimal", "boolean", "uuid"),
        *("name", "text", "varchar", "character varying", "char", "character"),
    }
)

# How their bodies begin: what could be either is a column, as one may be called like a variable of
# every trigger, such as OLD or FOUND. So variables in a query are qualified, or have names that no
# column has, and tables in one have an alias.
COLUMNS_FIRST = "#variable_conflict use_column"
