"""The labels of enum types, which may get other names; the values that have them stay."""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from psycopg import sql

from gnkmigrate.connection import Connection
from gnkmigrate.facts.query import query


class Label(NamedTuple):
    """A label of an enum type."""

    schema: str
    type: str
    text: str


Labels: TypeAlias = Mapping[int, Label]

_RENAME = sql.SQL("ALTER TYPE {} RENAME VALUE {} TO {}")


def read_labels(session: Connection) -> Labels:
    """The labels by their oids, which stay when a label gets another name."""
    return {oid: Label(*rest) for oid, *rest in session.execute(query("proof.sql", "labels"))}


def as_before(session: Connection, before: Labels) -> None:
    """Gives every label the name that it had, inside a transaction that is rolled back."""
    now = read_labels(session)
    renamed = {
        oid: before[oid].text
        for oid, label in now.items()
        if oid in before and before[oid].text != label.text
    }
    wanted = {(now[oid].schema, now[oid].type, text) for oid, text in renamed.items()}
    # A name that is needed may have been given to another label.
    aside = [oid for oid, label in now.items() if oid in renamed or tuple(label) in wanted]
    for oid in aside:
        _rename(session, now[oid], now[oid].text, _meanwhile(oid))
    for oid, text in renamed.items():
        _rename(session, now[oid], _meanwhile(oid), text)


def _rename(session: Connection, label: Label, old: str, new: str) -> None:
    name = sql.Identifier(label.schema, label.type)
    session.execute(_RENAME.format(name, sql.Literal(old), sql.Literal(new)))


def _meanwhile(oid: int) -> str:
    return f"gnkmigrate {oid}"
