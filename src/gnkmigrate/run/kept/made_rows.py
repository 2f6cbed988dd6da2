"""Rows that a phase makes: another upgrade, after a rollback, gives them other keys.

What a rollback keeps of them, or of rows that refer to them, is therefore known again by the
columns that tell them apart in both shapes, their identity. The phase that makes them notes which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.run.batches import row_key
from gnkmigrate.run.batches.row_key import Columns
from gnkmigrate.run.kept import content
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.work import Work

# No column is called so: PostgreSQL has its own for what is ours.
_MARK = "gnkmigrate_refers"
_NOTE = "identity of "
_REFERRED = f"""
SELECT own.attname::text, nspname || '.' || relname, value
FROM pg_catalog.pg_constraint
JOIN pg_catalog.pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = conkey[1]
JOIN pg_catalog.pg_attribute AS other ON other.attrelid = confrelid AND other.attnum = confkey[1]
JOIN pg_catalog.pg_class ON pg_class.oid = confrelid
JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
JOIN gnkmigrate.memory ON key = '{_NOTE}' || nspname || '.' || relname
WHERE contype = 'f' AND conrelid = pg_catalog.to_regclass(%s) AND cardinality(conkey) = 1
  AND other.attname = value ->> 'key'
ORDER BY conname
"""


@dataclass(frozen=True)
class Made:
    """A table whose rows a phase makes.

    Attributes:
        table: "schema.table".
        key: the column whose values the next upgrade gives anew.
        identity: the columns that tell its rows apart whatever their keys are.
    """

    table: str
    key: str
    identity: Columns

    def of(self, row: str) -> str:
        """SQL for what tells a row apart, a jsonb object."""
        return content.of(row, self.identity)


def note(work: Work, made: Made) -> None:
    """Keeps it until the phase's way back has removed the rows, or contract the way back."""
    work.remember(f"{_NOTE}{made.table}", {"key": made.key, "identity": list(made.identity)})


def forget(work: Work, table: str) -> None:
    """Takes `note` back."""
    work.forget(f"{_NOTE}{table}")


def identity_of(work: Work, table: str) -> Columns:
    """The identity of the rows of a table; none where no phase makes them."""
    query = "SELECT value -> 'identity' FROM gnkmigrate.memory WHERE key = %s"
    found = work.connection.execute(query, (f"{_NOTE}{table}",)).fetchone()
    return tuple(found[0]) if found else ()


def known_by(work: Work, table: str, key: Columns = ()) -> Columns:
    """The columns by which a row is found again after a rollback and another upgrade.

    Args:
        work: the session.
        table: "schema.table".
        key: the columns that an operation names; none: the identity, or else the table's key.
    """
    return key or identity_of(work, table) or row_key.key_of(work, table, ())


def referred(work: Work, table: str) -> Mapping[str, Made]:
    """For each column of a table that refers to rows which a phase makes, to which."""
    rows = work.connection.execute(_REFERRED.encode(), (quoted(table),)).fetchall()
    return {name: Made(to, said["key"], tuple(said["identity"])) for name, to, said in rows}


def marked(work: Work, table: str, row: str, names: Sequence[str]) -> str:
    """SQL for what is kept beside the values of these columns, a jsonb object.

    Args:
        work: the session.
        table: "schema.table".
        row: the row's alias.
        names: the columns that are kept.
    """
    found = {name: made for name, made in referred(work, table).items() if name in names}
    if not found:
        return "'{}'::jsonb"
    said = ", ".join(f"{literal(name)}, {_referred(row, name, to)}" for name, to in found.items())
    return f"jsonb_build_object({literal(_MARK)}, jsonb_build_object({said}))"


def is_same(row: str, name: str, made: Made) -> str:
    """The condition that an entry of the overflow and a row refer to the same one."""
    return f"overflow.content #> {_path(name)} = {_referred(row, name, made)}"


def bring_up_to_date(work: Work, table: str, reason: str) -> None:
    """Gives values in the overflow that refer to rows which are made anew the keys of now.

    Args:
        work: the session.
        table: "schema.table" of the rows that refer.
        reason: why they were kept.
    """
    kept = f"(relation, reason) = ({literal(table)}, {literal(reason)})"
    marked_ones = f"FROM gnkmigrate.overflow WHERE {kept} AND content ? {literal(_MARK)}"
    if not work.value(f"SELECT EXISTS (SELECT {marked_ones})"):
        return
    for name, made in referred(work, table).items():
        key = f"format('%s', referred.{column(made.key)})"
        work.execute(f"""
            UPDATE gnkmigrate.overflow AS kept
            SET content = kept.content || jsonb_build_object({literal(name)}, {key})
            FROM {quoted(made.table)} AS referred
            WHERE {kept} AND kept.content #> {_path(name)} = {made.of("referred")}
        """)


def conditions(work: Work, table: str) -> list[str]:
    """Under which `spilled`, made of `kept` of the overflow, refers to what it referred to."""
    return [
        f"(kept.content #>> {_path(name)} IS NULL OR EXISTS"
        f" (SELECT FROM {quoted(made.table)} AS referred"
        f" WHERE referred.{column(made.key)} = spilled.{column(name)}"
        f" AND {made.of('referred')} = kept.content #> {_path(name)}))"
        for name, made in referred(work, table).items()
    ]


def _referred(row: str, name: str, made: Made) -> str:
    return (
        f"(SELECT {made.of('referred')} FROM {quoted(made.table)} AS referred"
        f" WHERE referred.{column(made.key)} = {row}.{column(name)})"
    )


def _path(name: str) -> str:
    return f"ARRAY[{literal(_MARK)}, {literal(name)}]"
