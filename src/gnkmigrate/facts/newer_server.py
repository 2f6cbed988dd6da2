"""What a server that is newer than all that we know has in its catalogs, and no kind reads.

known_columns.txt has the columns of the catalogs that kinds read, from servers of every version
that we know. A new one may say something that makes two things differ, so that silence would be a
claim.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.servers import versions

_FILE = "known_columns.txt"
_COLUMNS = """
SELECT class.relname::text, attribute.attname::text
FROM pg_attribute AS attribute
JOIN pg_class AS class ON class.oid = attribute.attrelid
WHERE
    class.relnamespace = 'pg_catalog'::regnamespace
    AND class.relname = ANY (%s)
    AND attribute.attnum > 0
    AND NOT attribute.attisdropped
ORDER BY class.relname, attribute.attnum
"""
_NAMED = 5


@cache
def known_columns() -> Mapping[str, frozenset[str]]:
    """The columns of each catalog, in any version that we know."""
    text = (resources.files("gnkmigrate.facts") / _FILE).read_text("utf-8")
    pairs = (line.partition(": ") for line in text.splitlines())
    return {catalog: frozenset(columns.split()) for catalog, _, columns in pairs}


def unknown_columns(connection: Connection) -> tuple[str, ...]:
    """The columns, as "pg_class.relkind", that the server has and no version that we know."""
    known = known_columns()
    found = connection.execute(_COLUMNS, [[*known]], prepare=False)
    return tuple(f"{catalog}.{name}" for catalog, name in found if name not in known[catalog])


def of_newer_server(connection: Connection) -> Iterator[Unread]:
    """What a newer server says in columns that nobody reads; nothing on the others."""
    version = connection.info.server_version
    if not versions.is_newer(version):
        return
    if columns := unknown_columns(connection):
        reason = f"they are new in PostgreSQL {version // 10000}"
        yield Unread("catalog column", columns[:_NAMED], len(columns), reason)
