"""Code of others that a query would run with the session's rights, though it only reads.

A query runs, or is planned with, what hangs on the tables and views that it names: the expressions
of indexes and statistics, a view's functions; and what it calls, the casts and the checks of
domains to which it brings values. By its text alone all of that is found before it is planned.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.foreign_code import (
    all_tables,
    looked_up,
    relations_of_others,
    role_of,
)
from gnkmigrate.run.names_in_sql import attributes, called, mentioned

# What a query names, and what the views among it read.
_READ = """
WITH RECURSIVE read (oid) AS (
    SELECT pg_class.oid
    FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relname = ANY (%(names)s) AND (nspname = ANY (%(path)s) OR nspname = ANY (%(names)s))
    UNION
    SELECT refobjid
    FROM read
    JOIN pg_catalog.pg_rewrite ON ev_class = read.oid AND ev_type = '1'
    JOIN pg_catalog.pg_depend ON objid = pg_rewrite.oid
        AND classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
        AND refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
)
SELECT pg_catalog.quote_ident(nspname) || '.' || pg_catalog.quote_ident(relname)
FROM read JOIN pg_catalog.pg_class USING (oid)
JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'f', 'v', 'm') AND nspname !~ '^(pg_|information_schema$)'
"""
_SIGNS = frozenset("+-*/<>=~!@#%^&|`?")


@dataclass(frozen=True)
class OthersCode:
    """What a database has of it, each by its name, with the line that is shown.

    Attributes:
        path: the schemas in which the queries find names.
        mistaken: what there may be taken for another's, by whatever query; lines alone.
        relations: names of relations and types, whatever schema they are in.
        calls: functions and operators, as "schema.name".
        attributes: functions of a row, which may be written as its column.
    """

    path: tuple[str, ...]
    mistaken: tuple[str, ...]
    relations: Mapping[str, str]
    calls: Mapping[str, str]
    attributes: Mapping[str, str]

    @classmethod
    def of(cls, connection: Connection, path: Sequence[str]) -> Self:
        """What there is in the database of a session, whose search_path is that of our own SQL."""
        relations = relations_of_others(connection, all_tables(connection), comparing=True)
        rows = looked_up(connection, (), path)
        mistaken = tuple(line for line, _, occasion in rows if occasion == "mistaking")
        calls, columns = (
            {name: line for line, name, occasion in rows if occasion == wanted}
            for wanted in ("calling", "attribute")
        )
        return cls(tuple(path), mistaken, relations, calls, columns)

    def run_by(self, text: str) -> Iterator[str]:
        """A line for each that a query would run by what it names."""
        for name in self.relations.keys() & mentioned(text):
            yield self.relations[name]
        for name in self.calls.keys() & {*called(text, self.path), *self._signs_in(text)}:
            yield self.calls[name]
        for name in self.attributes.keys() & {*attributes(text, self.path)}:
            yield self.attributes[name]

    def _signs_in(self, text: str) -> Iterator[str]:
        for name in self.calls:
            schema, _, sign = name.rpartition(".")
            if schema in self.path and _SIGNS.issuperset(sign) and sign in text:
                yield name


def require_trust_to_ask(
    connection: Connection, texts: Sequence[str], path: Sequence[str], *, trusted: bool
) -> None:
    """Refuses queries that would run code of others which the user has not seen and allowed.

    Args:
        connection: the session, with the search_path of our own SQL.
        texts: the queries.
        path: the schemas in which they find names.
        trusted: whether the user allows all of it.

    Raises:
        PhaseRefused: there is some, or a name in them may be taken for another's.
    """
    if trusted:
        return
    others = OthersCode.of(connection, path)
    lines = {*others.mistaken, *(line for text in texts for line in others.run_by(text))}
    if lines:
        raise PhaseRefused(
            "A query may run code of roles with fewer rights with those of role "
            f"{role_of(connection)}; nothing was read.",
            details=sorted(lines),
            hint="Connect as the owner of what it reads, if that is no superuser. Or read these "
            "functions, then set trust_triggers = true (or add --trust-triggers).",
        )


def written_by_others(connection: Connection, text: str, path: Sequence[str]) -> Sequence[str]:
    """A line for each table and function whose rows a query gives and others decide on.

    Args:
        connection: the session, with the search_path of our own SQL.
        text: the query.
        path: the schemas in which it finds names.

    Returns:
        Those that roles may write whose rights the session has not, or has and others besides.
    """
    given = {"names": [*mentioned(text)], "path": [*path]}
    read = [str(name) for (name,) in connection.execute(_READ, given).fetchall()]
    rows, calls = looked_up(connection, read, writers=True), {*called(text, path)}
    lines = {
        line
        for line, name, occasion in rows
        if occasion == "writing" or (occasion == "giving" and name in calls)
    }
    return sorted(lines)
