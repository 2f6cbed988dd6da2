"""All of a database that can be compared, at one moment: every row, and the schema."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.postgres.connection import Connection, DatabaseUrl
from gnkmigrate.proof.dump import Piece
from gnkmigrate.proof.schema import Schema
from gnkmigrate.proof.schema import schema as read_schema
from gnkmigrate.proof.scope import Scope
from gnkmigrate.run.fingerprint import Divergence, Fingerprint, divergences, fingerprint
from gnkmigrate.settings import Settings


@dataclass(frozen=True)
class State:
    """What a database was.

    Attributes:
        rows: a fingerprint of each table and sequence, by relation.
        schema: what it is made of.
    """

    rows: Mapping[str, Fingerprint]
    schema: Schema


def read_state(session: Connection, url: DatabaseUrl, major: int, settings: Settings) -> State:
    """What the database is now.

    Args:
        session: with pinned settings, outside of a transaction.
        url: the same database.
        major: its server's major version.
        settings: which schemas are the project's.
    """
    rows = fingerprint(session, settings.read_schemas)
    return State(rows, schema(url, major, settings))


def schema(url: DatabaseUrl, major: int, settings: Settings) -> Schema:
    """What the database is made of; the arguments are those of `read_state`."""
    return read_schema(url, major, Scope(ignore=settings.ignore))


def differences(before: State, now: State) -> Sequence[str]:
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
        *(f"the schema lacks: {_first_line(piece)}" for piece in sorted(before - now)),
        *(f"the schema has, and had not: {_first_line(piece)}" for piece in sorted(now - before)),
    )


def _first_line(piece: Piece) -> str:
    """The beginning of a statement, with the name of what it is about where it does not say it."""
    line = piece.text.partition("\n")[0]
    return line if piece.name in line else f"{line} ({piece})"


def _words(found: Divergence) -> str:
    def rows(side: Fingerprint | None) -> str:
        return "not there" if side is None else f"{side.rows:,} rows"

    if found.before and found.after and found.before.rows == found.after.rows:
        return f"{found.relation}: {rows(found.before)}, but not the same"
    return f"{found.relation}: {rows(found.before)} before, {rows(found.after)} after"
