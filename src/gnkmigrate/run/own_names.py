"""The names of what the phases make for themselves: functions, columns, indexes and checks."""

import hashlib
import re

from gnkmigrate import own_objects
from gnkmigrate.postgres.quoting import MAXIMUM_BYTES
from gnkmigrate.run.names import split

_DIGITS = 10
_BETWEEN = "."
_HASHED = re.compile(rf"~[0-9a-f]{{{_DIGITS}}}\Z")


def staged(table: str) -> str:
    """Where a new table is until it takes the place of "schema.table"."""
    return f"{own_objects.STAGING}.{split(table)[1]}"


def archived(table: str) -> str:
    """Where "schema.table" is once a new one has taken its place."""
    return f"{own_objects.ARCHIVE}.{split(table)[1]}"


def fitting(table: str, column: str, suffix: str) -> str:
    """A name as PostgreSQL would give it to what hangs on a column: table_column_suffix.

    The longer of both parts is cut first where it would be too long (PostgreSQL source,
    commands/indexcmds.c, makeObjectName).
    """
    room = MAXIMUM_BYTES - len(suffix.encode()) - 2
    parts = [table.encode(), column.encode()]
    while sum(map(len, parts)) > room:
        longer = 0 if len(parts[0]) > len(parts[1]) else 1
        parts[longer] = parts[longer].decode(errors="ignore")[:-1].encode()
    return "_".join((*(part.decode() for part in parts), suffix))


def own_name(prefix: str, *parts: str) -> str:
    """A name for what these parts describe: the same for the same, another for others.

    PostgreSQL cuts names after 63 bytes without a word, so that two long ones become one. A name
    that would be cut, or whose parts could be read in two ways, ends with a hash of the parts.

    Args:
        prefix: says what it is and that it is gnkmigrate's.
        parts: whose it is: schema and table for what is there once for a table; one part where
            the thing lives inside of what the others name.
    """
    plain = prefix + _BETWEEN.join(parts)
    if not (
        len(plain.encode()) > MAXIMUM_BYTES
        or any(_BETWEEN in part for part in parts)
        or _HASHED.search(plain)
    ):
        return plain
    # No name has a NUL, so that the hash is of these parts and of no others.
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_DIGITS]
    kept = plain.encode()[: MAXIMUM_BYTES - _DIGITS - 1].decode(errors="ignore")
    return f"{kept}~{digest}"
