"""Whether the rows of two moments, or of two databases, are the same: every row of every table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from psycopg.types.json import Jsonb

from gnkmigrate import own_objects
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query

# So many tables are asked in one statement; each of them costs a lock until it is through.
_AT_ONCE = 100


@dataclass(frozen=True)
class Fingerprint:
    """What a table or sequence holds.

    Attributes:
        relation: "schema.name", quoted where SQL needs it.
        rows: how many.
        hash: SHA-256, in hexadecimal, over the names of the columns and all rows; the order of
            either makes no difference.
    """

    relation: str
    rows: int
    hash: str


@dataclass(frozen=True)
class Divergence:
    """A table or sequence that does not hold the same on both sides; None where it is not there."""

    relation: str
    before: Fingerprint | None
    after: Fingerprint | None


def fingerprint(
    connection: Connection,
    schemas: Sequence[str] | None,
    left_out: Iterable[tuple[str, ...]] = (),
) -> Mapping[str, Fingerprint]:
    """What every table and sequence of the schemas holds, at one moment.

    Args:
        connection: a session in autocommit, whose pinned settings make values print alike.
        schemas: the schemas' names; None for all that are not PostgreSQL's or gnkmigrate's.
        left_out: columns that do not count, (schema, table, column); nor do those that inherit.

    Returns:
        The fingerprints by relation, in the order of their names.
    """
    found: dict[str, Fingerprint] = {}
    asked_for = {
        "schemas": None if schemas is None else list(schemas),
        "own": own_objects.schemas(connection),
        "left_out": Jsonb([list(path) for path in left_out]),
    }
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        selects = [
            str(row[1]).encode()
            for row in connection.execute(query("run.sql", "fingerprint"), asked_for).fetchall()
        ]
        for start in range(0, len(selects), _AT_ONCE):
            asked = b" UNION ALL ".join(selects[start : start + _AT_ONCE])
            for relation, rows, digest in connection.execute(asked).fetchall():
                found[relation] = Fingerprint(relation, rows, digest)
    return dict(sorted(found.items()))  # the branches of a UNION ALL come in any order


def divergences(
    before: Mapping[str, Fingerprint], after: Mapping[str, Fingerprint]
) -> tuple[Divergence, ...]:
    """What differs between two fingerprints, in the order of the names; nothing when all agree."""
    return tuple(
        Divergence(relation, before.get(relation), after.get(relation))
        for relation in sorted(before.keys() | after.keys())
        if before.get(relation) != after.get(relation)
    )
