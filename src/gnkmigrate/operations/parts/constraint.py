"""What the steps about one constraint of a table share.

A constraint is found by what it constrains, never by a guessed name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.kinds import locks
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run import lock_announcement, relation
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.step_names import OfATable
from gnkmigrate.run.work import Work

# As revisions write a foreign key: with the schema of the table that it refers to. Other names are
# passed over, since they may hold the word.
_QUOTED = r'"(?:[^"]|"")+"'
NAME = rf"(?:{_QUOTED}|[^\W\d][\w$]*)"
_REFERENCES = re.compile(rf"\bREFERENCES\s+({NAME})\s*\.\s*({NAME})|{_QUOTED}", re.IGNORECASE)


def referenced(definition: str) -> str:
    """The table, "schema.table", that a foreign key refers to; "" for another constraint."""
    for found in _REFERENCES.finditer(definition):
        if found[1]:
            return ".".join(map(_plain, found.groups()))
    return ""


def identifiers(names: str) -> list[str]:
    """The columns of a list such as `a, "B"`, as the catalog has them."""
    return [_plain(name) for name in re.findall(NAME, names)]


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


@dataclass(frozen=True)
class ConstraintStep(OfATable):
    """A step that brings about, or takes back, one constraint of one table.

    Attributes:
        table: "schema.table".
        constraint: its declared name.
    """

    # Whether a foreign key goes, which takes a stronger lock on the table that it refers to.
    drops: ClassVar[bool] = False
    keeps_rows: ClassVar[bool] = True

    table: str
    constraint: str

    @property
    def what(self) -> str:
        return f"constraint {self.constraint}"

    @property
    def of(self) -> str:
        return self.table

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def locks(self) -> Sequence[TableLock]:
        other = referenced(self.declared)
        mode = locks.ACCESS_EXCLUSIVE if self.drops else locks.ADD_FOREIGN_KEY
        beside = lock_announcement.on((other,), mode, Span.MOMENT) if other else ()
        return (*super().locks, *beside)

    @property
    def dropped_key(self) -> tuple[str, str] | None:
        return (self.table, self.constraint) if self.drops else None

    @property
    def described(self) -> str:
        """As pg_describe_object says it."""
        return f"constraint {self.constraint} on table {qualified(*split(self.table))}"

    @property
    def declared(self) -> str:
        """Its definition, where the revision says it."""
        return ""

    def drop(self, name: str) -> str:
        return f"{self._alter} DROP CONSTRAINT IF EXISTS {column(name)}"

    def add(self, name: str, definition: str) -> str:
        """Without reading the table: new rows are checked at once, the old ones on VALIDATE."""
        not_valid = "" if definition.endswith("NOT VALID") else " NOT VALID"
        return f"{self._alter} ADD CONSTRAINT {column(name)} {definition}{not_valid}"

    def validate(self, name: str) -> str:
        """Reads the table while writers go on (PostgreSQL manual, ALTER TABLE, Notes)."""
        return f"{self._alter} VALIDATE CONSTRAINT {column(name)}"

    def rename(self, old: str, new: str) -> str:
        return f"{self._alter} RENAME CONSTRAINT {column(old)} TO {column(new)}"

    def comment(self, work: Work, name: str, text: str | None) -> None:
        if text is not None:
            on = f"CONSTRAINT {column(name)} ON {quoted(self.table)}"
            work.connection.execute(f"COMMENT ON {on} IS {literal(text)}".encode())

    @property
    def _alter(self) -> str:
        return f"ALTER TABLE {quoted(self.table)}"

    def require_one(self, work: Work, definition: str) -> Sequence[Refusal]:
        """Refuses unless exactly one constraint of the table begins with this definition."""
        names = [name for name, _ in relation.constraints(work, self.table, definition)]
        if len(names) == 1:
            return ()
        return (
            Refusal(
                f"{self.table} has {len(names)} constraints {definition}, and one is expected.",
                names,
                len(names),
                "gnkmigrate audit shows its constraints; correct them by hand first.",
            ),
        )

    def require_free(self, work: Work, *, found: str = "", is_index: bool = False) -> list[Refusal]:
        """Refuses where the declared name is something else's.

        Args:
            work: the session.
            found: the constraint that will be called so; it may be called so already.
            is_index: whether its index will be called so, too.
        """
        if self.constraint == found:
            return []
        query = (
            "SELECT pg_describe_object('pg_constraint'::regclass, oid, 0) FROM pg_constraint"
            " WHERE conrelid = %(table)s::regclass AND conname = %(name)s"
            " UNION SELECT pg_describe_object('pg_class'::regclass, oid, 0) FROM pg_class"
            " WHERE %(is_index)s AND relname = %(name)s AND relnamespace ="
            " (SELECT relnamespace FROM pg_class WHERE oid = %(table)s::regclass)"
        )
        values = {"table": quoted(self.table), "name": self.constraint, "is_index": is_index}
        rows = work.connection.execute(query, values).fetchall()
        others = [row[0] for row in rows if row[0] not in work.dropped]
        if not others:
            return []
        message = f"The name {self.constraint} is taken."
        return [Refusal(message, others, len(others), "Rename or drop what has it.")]


_REFERRING = """
SELECT pg_describe_object('pg_constraint'::regclass, referring.oid, 0)
FROM pg_constraint AS own
JOIN pg_constraint AS referring
  ON referring.contype = 'f' AND referring.confrelid = own.conrelid
  AND referring.conindid = own.conindid
WHERE own.contype = 'u' AND own.conrelid = %s::regclass AND own.conname = %s
ORDER BY 1
"""


def refuse_referred(work: Work, table: str, constraint: str) -> Sequence[Refusal]:
    """Refuses to drop a UNIQUE constraint on which foreign keys hang.

    Args:
        work: the session.
        table: "schema.table".
        constraint: its name; one of another sort is never in the way.
    """
    found = work.connection.execute(_REFERRING, (quoted(table), constraint)).fetchall()
    keys = [row[0] for row in found if row[0] not in work.dropped]
    if not keys:
        return ()
    message = f"Foreign keys hang on the constraint {constraint} of {table}."
    return (Refusal(message, keys, len(keys), "Drop them first."),)
