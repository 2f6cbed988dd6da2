"""How far each sequence is: read once, and kept in reports, which tell later audits the rate."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from gnkmigrate.audit.row_query import Bounds, bounded
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection

# By (schema, name): the last number that each sequence has given.
Numbers: TypeAlias = Mapping[tuple[str, str], int]

# PostgreSQL keeps a lock on each that was asked, until the end of the transaction.
_AT_ONCE = 1000

_SEQUENCES = """
SELECT sequence.seqrelid::bigint
FROM pg_sequence AS sequence
JOIN pg_class AS class ON class.oid = sequence.seqrelid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE
    namespace.nspname = ANY (%(schemas)s)
    AND has_sequence_privilege(sequence.seqrelid, 'USAGE, SELECT')
ORDER BY sequence.seqrelid
"""

_NUMBERS = """
SELECT namespace.nspname, class.relname, number
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
CROSS JOIN LATERAL pg_sequence_last_value(class.oid) AS number
WHERE class.oid = ANY (%(oids)s::bigint[]::oid[]) AND number IS NOT NULL
"""


def read_numbers(connection: Connection, live: Snapshot, bounds: Bounds) -> Numbers:
    """Of every sequence that was ever used and that the role may read.

    Raises:
        psycopg.Error: they could not be read in time.
    """
    schemas = sorted({fact.identity.path[0] for fact in live.of_kind("schema")})
    with bounded(connection, bounds):
        found = connection.execute(_SEQUENCES, {"schemas": schemas}).fetchall()
    oids = [row[0] for row in found]
    numbers: dict[tuple[str, str], int] = {}
    for start in range(0, len(oids), _AT_ONCE):
        numbers |= _read(connection, oids[start : start + _AT_ONCE], bounds)
    return numbers


def _read(connection: Connection, oids: Sequence[int], bounds: Bounds) -> Numbers:
    with bounded(connection, bounds):
        rows = connection.execute(_NUMBERS, {"oids": oids}).fetchall()
    return {(schema, name): int(number) for schema, name, number in rows}
