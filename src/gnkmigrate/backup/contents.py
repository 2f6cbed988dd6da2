"""What is in a database, counted: rows, and where asked a hash of them; where sequences stand.

Two databases with equal contents hold the same rows. All tables are asked in one statement.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from gnkmigrate.backup.failure import BackupFailed
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.run.foreign_code import require_trust_to_read

_LISTED = 20


class Name(NamedTuple):
    """A relation's name."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class TableContent:
    """What a table holds.

    Attributes:
        schema: its schema.
        name: its name.
        rows: how many rows it has; those of its partitions and heirs are their own.
        hash: SHA-256, in hexadecimal, of all rows in any order; None where it was not asked for.
    """

    schema: str
    name: str
    rows: int
    hash: str | None = None


@dataclass(frozen=True)
class SequenceContent:
    """Where a sequence stands.

    Sequences go on while a dump is made, whatever snapshot it is of (manual, 9.17), so what the
    dump has is known to lie between two values, which are equal when nobody was drawing.

    Attributes:
        schema: its schema.
        name: its name.
        lowest: the least value that it may give next.
        highest: the greatest.
    """

    schema: str
    name: str
    lowest: int
    highest: int


@dataclass(frozen=True)
class Contents:
    """All that a dump saves of a database's data.

    Attributes:
        tables: ordinary tables and partitions, by name.
        sequences: by name.
        large_objects: how many there are; their bytes are not looked at.
    """

    tables: tuple[TableContent, ...]
    sequences: tuple[SequenceContent, ...]
    large_objects: int = 0

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def hashed(self) -> bool:
        """Whether the rows are known by their values, too."""
        return all(table.hash is not None for table in self.tables)


class _Relation(NamedTuple):
    oid: int
    kind: str
    schema: str
    name: str
    may_enter: bool
    may_read: bool
    row_security: bool


def read_contents(connection: Connection, *, hashed: bool, trusted: bool = True) -> Contents:
    """The contents of a database, as the session's transaction sees them.

    Args:
        connection: a session with pinned settings; inside a transaction it holds a lock on each
            table from now on, so that none is truncated or rewritten before it is dumped.
        hashed: also hash the rows, which takes several times as long.
        trusted: whether code of roles with fewer rights may run, as on a copy.

    Raises:
        BackupFailed: the role may not read all tables and sequences.
        PhaseRefused: reading them would run such code.
    """
    relations = [_Relation(*row) for row in connection.execute(query("backup.sql", "relations"))]
    _refuse_unreadable(connection, relations)
    tables = [relation.oid for relation in relations if relation.kind == "table"]
    names = [qualified(each.schema, each.name) for each in relations if each.kind == "table"]
    require_trust_to_read(connection, names, trusted=trusted)
    with connection.transaction():
        connection.execute("SET LOCAL lc_monetary = 'C'")  # money prints by it
        question = query("backup.sql", "rows_and_hash" if hashed else "rows")
        answers = _ask_each(connection, question, tables)
        counted = tuple(_table(name, answer) for name, answer in answers.items())
        sequences = _sequences(connection, relations)
        (found,) = connection.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchall()
    return Contents(counted, sequences, int(found[0]))


def widened(contents: Contents, connection: Connection) -> Contents:
    """`contents`, with the values that its sequences have reached since."""
    relations = [_Relation(*row) for row in connection.execute(query("backup.sql", "relations"))]
    now = {Name(found.schema, found.name): found for found in _sequences(connection, relations)}
    return replace(
        contents,
        sequences=tuple(
            replace(
                before,
                lowest=min(before.lowest, after.lowest),
                highest=max(before.highest, after.highest),
            )
            for before in contents.sequences
            for after in [now.get(Name(before.schema, before.name), before)]
        ),
    )


def differences(saved: Contents, restored: Contents) -> tuple[str, ...]:
    """What is not as it was saved, a line each; none when every row is.

    Values are compared where both sides have their hashes.
    """
    return (*_differing_tables(saved, restored), *_differing_others(saved, restored))


def _differing_tables(saved: Contents, restored: Contents) -> Iterator[str]:
    before = {Name(table.schema, table.name): table for table in saved.tables}
    after = {Name(table.schema, table.name): table for table in restored.tables}
    for name in sorted(before.keys() | after.keys()):
        was, became = before.get(name), after.get(name)
        if became is None:
            yield f"table {name} was not restored"
        elif was is None:
            yield f"table {name} is not in the backup"
        elif was.rows != became.rows:
            yield f"table {name}: {was.rows:,} rows saved, {became.rows:,} restored"
        elif was.hash and became.hash and was.hash != became.hash:
            yield f"table {name}: as many rows, but not the same values"


def _differing_others(saved: Contents, restored: Contents) -> Iterator[str]:
    after = {Name(found.schema, found.name): found for found in restored.sequences}
    for was in saved.sequences:
        name = Name(was.schema, was.name)
        became = after.get(name)
        if became is None:
            yield f"sequence {name} was not restored"
        elif not was.lowest <= became.lowest <= was.highest:
            yield f"sequence {name}: next value {was.lowest} saved, {became.lowest} restored"
    if saved.large_objects != restored.large_objects:
        yield f"large objects: {saved.large_objects:,} saved, {restored.large_objects:,} restored"


def _refuse_unreadable(connection: Connection, relations: Sequence[_Relation]) -> None:
    """Says all at once what pg_dump would refuse one by one."""
    user = connection.info.user
    denied = [found for found in relations if not (found.may_enter and found.may_read)]
    hidden = [found for found in relations if found.row_security and found not in denied]
    if denied:
        raise BackupFailed(
            f"Role {user} may not read all tables and sequences of {connection.info.dbname}.",
            details=_listed(denied),
            hint=f'As a superuser: GRANT pg_read_all_data TO "{user}"; or take the backup as the '
            "owner.",
        )
    if hidden:
        raise BackupFailed(
            f"Row security hides rows of {connection.info.dbname} from role {user}.",
            details=_listed(hidden),
            hint="Take the backup as the tables' owner, as a superuser, or as a role with "
            "BYPASSRLS.",
        )


def _listed(relations: Sequence[_Relation]) -> list[str]:
    lines = [f"{found.kind} {Name(found.schema, found.name)}" for found in relations[:_LISTED]]
    if len(relations) > _LISTED:
        lines.append(f"and {len(relations) - _LISTED:,} more")
    return lines


def _table(name: Name, answer: str) -> TableContent:
    rows, _, hash_ = answer.partition(" ")
    return TableContent(name.schema, name.name, int(rows), hash_ or None)


def _sequences(
    connection: Connection, relations: Sequence[_Relation]
) -> tuple[SequenceContent, ...]:
    oids = [found.oid for found in relations if found.kind == "sequence"]
    return tuple(
        SequenceContent(name.schema, name.name, int(answer), int(answer))
        for name, answer in _ask_each(connection, query("backup.sql", "next_value"), oids).items()
    )


def _ask_each(
    connection: Connection, question: str, relations: Sequence[int]
) -> Mapping[Name, str]:
    parameters = {"question": question, "relations": list(relations)}
    rows = connection.execute(query("backup.sql", "ask_each"), parameters)
    return {Name(schema, name): answer for schema, name, answer in rows}
