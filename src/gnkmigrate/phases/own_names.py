"""The names of what the phases make for themselves: functions, columns, indexes and checks."""

import hashlib
import re

from gnkmigrate.postgres.quoting import MAXIMUM_BYTES

_DIGITS = 10
_BETWEEN = "."
_HASHED = re.compile(rf"~[0-9a-f]{{{_DIGITS}}}\Z")


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
