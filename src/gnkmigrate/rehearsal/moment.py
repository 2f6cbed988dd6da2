"""All of a database that can be compared, at one moment: every row, and the schema."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gnkmigrate.connection import Connection, DatabaseUrl
from gnkmigrate.phases.compare import Divergence, Fingerprint, divergences, fingerprint
from gnkmigrate.programs import dump_schema
from gnkmigrate.settings import Settings

# pg_dump marks each dump with a random word, so that it cannot be forged.
_MARKS = ("\\restrict", "\\unrestrict")

# pg_dump's statements, each as its first line and all its lines in alphabetical order, so that
# the order of the columns of a table makes no difference.
Schema: TypeAlias = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Moment:
    """What a database was.

    Attributes:
        rows: a fingerprint of each table and sequence, by relation.
        schema: what it is made of.
    """

    rows: Mapping[str, Fingerprint]
    schema: Schema


def moment(session: Connection, url: DatabaseUrl, major: int, settings: Settings) -> Moment:
    """What the database is now.

    Args:
        session: with pinned settings, outside of a transaction.
        url: the same database.
        major: its server's major version.
        settings: which schemas are the project's.
    """
    rows = fingerprint(session, settings.schemas)
    return Moment(rows, schema(url, major, settings))


def schema(url: DatabaseUrl, major: int, settings: Settings) -> Schema:
    """What the database is made of; the arguments are those of `moment`."""
    return Counter(_statements(dump_schema(url, major, ignore=settings.ignore)))


def _statements(dump: str) -> Iterator[tuple[str, ...]]:
    for block in dump.split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith(("--", *_MARKS))]
        if any(lines):
            yield (lines[0], *sorted(line.removesuffix(",") for line in lines[1:]))


def differences(before: Moment, now: Moment) -> Sequence[str]:
    """What is not as it was, a line each; nothing when all is."""
    return (
        *row_differences(before.rows, now.rows),
        *schema_differences(before.schema, now.schema),
    )


def row_differences(
    before: Mapping[str, Fingerprint], now: Mapping[str, Fingerprint]
) -> Sequence[str]:
    """The same of the rows alone."""
    return tuple(_words(each) for each in divergences(before, now))


def schema_differences(before: Schema, now: Schema) -> Sequence[str]:
    """The same of the schema alone."""
    return (
        *(f"the schema lacks: {statement[0]}" for statement in before - now),
        *(f"the schema has, and had not: {statement[0]}" for statement in now - before),
    )


def _words(found: Divergence) -> str:
    def rows(side: Fingerprint | None) -> str:
        return "not there" if side is None else f"{side.rows:,} rows"

    if found.before and found.after and found.before.rows == found.after.rows:
        return f"{found.relation}: {rows(found.before)}, but not the same"
    return f"{found.relation}: {rows(found.before)} before, {rows(found.after)} after"
