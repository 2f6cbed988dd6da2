"""The labels of enum types, which may get other names; the values that have them stay."""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from psycopg import sql

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.proof.plan_claims import Said


class Label(NamedTuple):
    """A label of an enum type."""

    schema: str
    type: str
    text: str


Labels: TypeAlias = frozenset[Label]

_RENAME = sql.SQL("ALTER TYPE {} RENAME VALUE {} TO {}")


def read_labels(session: Connection) -> Labels:
    return frozenset(Label(*row) for row in session.execute(query("proof.sql", "labels")))


def as_before(session: Connection, before: Labels, said: Said) -> None:
    """Gives every label the name that it had, inside a transaction that is rolled back.

    The renames that were given say which one it was, not its place: where values have
    another label than that, they are not the same any more.
    """
    steps = sorted(_steps(before, read_labels(session), said))
    # A name that is needed may be that of another label.
    for number, (label, _) in enumerate(steps):
        _rename(session, label, label.text, _meanwhile(number))
    for number, (label, text) in enumerate(steps):
        if text:
            _rename(session, label, _meanwhile(number), text)


def _steps(before: Labels, now: Labels, said: Said) -> Iterator[tuple[Label, str]]:
    """What has another name now, and which; what merely has one that is needed has none then."""
    was = {}
    # Where two come to the same name, the one whose name it was is gone.
    for label in sorted(before, key=lambda each: tuple(each) in said.renamed):
        was[Label(*said.now(*label))] = label.text
    wanted = {Label(new.schema, new.type, text) for new, text in was.items()}
    for label in now:
        if was.get(label, label.text) != label.text:
            yield label, was[label]
        elif label in wanted and label not in was:
            yield label, ""


def _rename(session: Connection, label: Label, old: str, new: str) -> None:
    name = sql.Identifier(label.schema, label.type)
    session.execute(_RENAME.format(name, sql.Literal(old), sql.Literal(new)))


def _meanwhile(number: int) -> str:
    return f"gnkmigrate {number}"
