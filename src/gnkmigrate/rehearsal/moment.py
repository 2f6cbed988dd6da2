"""All of a database that can be compared, at one moment: every row, and the schema."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.connection import Connection, DatabaseUrl
from gnkmigrate.phases.compare import Divergence, Fingerprint, divergences, fingerprint
from gnkmigrate.programs import dump_schema
from gnkmigrate.settings import Settings

# pg_dump marks each dump with a random word, so that it cannot be forged.
_MARKS = ("\\restrict", "\\unrestrict")


@dataclass(frozen=True)
class Moment:
    """What a database was.

    Attributes:
        rows: a fingerprint of each table and sequence, by relation.
        schema: pg_dump's statements, each as its first line and all its lines in alphabetical
            order, so that the order of the columns of a table makes no difference.
    """

    rows: Mapping[str, Fingerprint]
    schema: Counter[tuple[str, ...]]


def moment(session: Connection, url: DatabaseUrl, major: int, settings: Settings) -> Moment:
    """What the database is now.

    Args:
        session: with pinned settings, outside of a transaction.
        url: the same database.
        major: its server's major version.
        settings: which schemas are the project's.
    """
    dump = dump_schema(url, major, ignore=settings.ignore)
    return Moment(fingerprint(session, settings.schemas), Counter(_statements(dump)))


def _statements(dump: str) -> Iterator[tuple[str, ...]]:
    for block in dump.split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith(("--", *_MARKS))]
        if any(lines):
            yield (lines[0], *sorted(line.removesuffix(",") for line in lines[1:]))


def differences(before: Moment, now: Moment, *, rows: bool = True) -> Sequence[str]:
    """What is not as it was, a line each; nothing when all is.

    Args:
        before: what it was.
        now: what it is.
        rows: whether rows count, or the schema alone.
    """
    found = divergences(before.rows, now.rows) if rows else ()
    gone, new = before.schema - now.schema, now.schema - before.schema
    return (
        *(_words(each) for each in found),
        *(f"the schema lacks: {statement[0]}" for statement in gone),
        *(f"the schema has, and had not: {statement[0]}" for statement in new),
    )


def _words(found: Divergence) -> str:
    def rows(side: Fingerprint | None) -> str:
        return "not there" if side is None else f"{side.rows:,} rows"

    if found.before and found.after and found.before.rows == found.after.rows:
        return f"{found.relation}: {rows(found.before)}, but not the same"
    return f"{found.relation}: {rows(found.before)} before, {rows(found.after)} after"
