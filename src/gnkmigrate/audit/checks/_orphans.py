"""Rows of today that refer to nothing: how to list them, and what may be done about them."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial

from gnkmigrate.audit.checks._access import key_columns
from gnkmigrate.audit.checks._nulls import filled
from gnkmigrate.audit.checks._rows import beside, column_of, only, row_key
from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.obstacle import Doubt, Obstacle
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier, qualified
from gnkmigrate.text.secret import looks_secret


@dataclass(frozen=True)
class Reference:
    """Live columns that refer, or shall refer, to others.

    Attributes:
        relation: the referring table, in SQL.
        columns: its columns.
        referenced: the table that they refer to, in SQL.
        others: the names of the columns there, in the same order.
        full: they are NULL together or not at all (MATCH FULL).
        shared: columns that other keys of the table are of as well.
        filled: columns of the table that refuse NULL.
    """

    relation: str
    columns: Sequence[Fact]
    referenced: str
    others: Sequence[str]
    full: bool = False
    shared: AbstractSet[str] = frozenset()
    filled: AbstractSet[str] = frozenset()

    def listing(self, key: str, part: str, exists: str = "NOT EXISTS") -> str:
        """A SELECT of the rows that refer to nothing, by `key`, of a part of the table.

        With `exists` as EXISTS, of those that refer to a row.
        """
        return beside("orphan").format(
            key=key,
            rows=f"{self.relation} AS live{part}",
            given=self._given,
            exists=exists,
            referenced=self.referenced,
            match=self._match,
        )

    @property
    def repair(self) -> str:
        """Forgets what the rows refer to, where NULL is allowed; else removes them.

        One NULL is enough for a key that is not full, so that what others need stays.
        """
        lost = (
            f"WHERE {self._given}\n"
            f"AND NOT EXISTS (SELECT FROM {self.referenced} AS referenced WHERE {self._match})"
        )
        optional = [each for each in self.columns if each.identity.name not in self.filled]
        if self.full:
            optional = optional if len(optional) == len(self.columns) else []
        else:
            own = [each for each in optional if each.identity.name not in self.shared]
            optional = own or optional
        if not optional:
            hint = "-- Removes the rows; keep them elsewhere first."
            return f"{hint}\nDELETE FROM {self.relation} AS live\n{lost}"
        forgotten = ", ".join(f"{identifier(column.identity.name)} = NULL" for column in optional)
        hint = "-- Forgets what they referred to."
        return f"{hint}\nUPDATE {self.relation} AS live SET {forgotten}\n{lost}"

    @property
    def _given(self) -> str:
        names = (identifier(column.identity.name) for column in self.columns)
        given = [f"live.{name} IS NOT NULL" for name in names]
        return f"({' OR '.join(given)})" if self.full else " AND ".join(given)

    @property
    def _match(self) -> str:
        return " AND ".join(
            f"referenced.{identifier(other)} = live.{identifier(column.identity.name)}"
            for column, other in zip(self.columns, self.others, strict=True)
        )


def shared(snapshot: Snapshot, table: Identity, columns: Sequence[str]) -> AbstractSet[str]:
    """The columns that keys of a table are of, other than those of just these columns."""
    keys = (
        each.value("columns")
        for each in snapshot.children(table, "constraint")
        if each.value("type") != "check"
    )
    return {name for key in keys if {*key} != {*columns} for name in key}


def orphans(
    snapshot: Snapshot,
    table: Identity,
    columns: Sequence[str],
    referenced: Sequence[str],
    others: Sequence[str],
    fix: tuple[str, ...] = (),
    *,
    full: bool = False,
    guessed: str = "",
) -> Obstacle:
    """The rows at which the validation of a foreign key would stop.

    Args:
        snapshot: the database.
        table: the referring table.
        columns: its columns.
        referenced: the table that they refer to, schema and name.
        others: the columns there, in the same order.
        fix: what can be run in spite of such rows.
        full: whether the key is MATCH FULL.
        guessed: where nobody has said that they refer to it: what is said if nearly none does.
    """
    key = key_columns(snapshot, table) or ()
    reference = _live_reference(snapshot, table, columns, referenced, others, full=full)
    agreeing = partial(reference.listing, row_key(key), exists="EXISTS")
    name = referenced[1]
    return Obstacle(
        table,
        partial(reference.listing, row_key(key)),
        one=f"One row refers to no row of {name}.",
        many=f"COUNT rows refer to no row of {name}.",
        repair=reference.repair,
        fix=fix,
        severity=Severity.MEDIUM,
        hidden=any(map(looks_secret, key)),
        doubt=Doubt(agreeing, guessed, f"rows that refer to a row of {name}") if guessed else None,
    )


def _live_reference(
    snapshot: Snapshot,
    table: Identity,
    columns: Sequence[str],
    referenced: Sequence[str],
    others: Sequence[str],
    *,
    full: bool,
) -> Reference:
    return Reference(
        only(snapshot, table) + qualified(*table.path),
        [column_of(snapshot, table, name) for name in columns],
        only(snapshot, Identity("table", tuple(referenced))) + qualified(*referenced),
        others,
        full,
        shared(snapshot, table, columns),
        filled(snapshot, table),
    )
