"""Columns that stay and change, and whether op.convert_columns is for them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.diff.renames import renamed_by
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change

_COLUMN, _DEFAULT = "column", "default"

# What op.convert_columns changes; where a value is stored follows its type.
_CONVERTED = frozenset({"type", "not_null", "usual_storage"})


@dataclass(frozen=True)
class ColumnChange:
    """One column, before and after.

    Attributes:
        before: the column as it is.
        after: as it shall be.
        old_default: its default as it is; None for none.
        new_default: as it shall be.
    """

    before: Fact
    after: Fact
    old_default: str | None
    new_default: str | None

    @property
    def table(self) -> Identity:
        return Identity("table", self.after.identity.path[:-1])

    @property
    def is_retyped(self) -> bool:
        return bool(self.before.payload["type"] != self.after.payload["type"])

    @property
    def is_declared_anew(self) -> bool:
        """Whether more than its name differs."""
        same = (self.old_default, self.before.payload["not_null"]) == (
            self.new_default,
            self.after.payload["not_null"],
        )
        return self.is_retyped or not same

    @property
    def differing(self) -> frozenset[str]:
        before, after = self.before.payload, self.after.payload
        return frozenset(key for key in before if before[key] != after.get(key))


def column_changes(
    changes: Sequence[Change], source: Snapshot, target: Snapshot
) -> Iterator[ColumnChange]:
    """The columns of tables that are there before and after, and that changes are about."""
    renamed = renamed_by(changes)
    back = {new: old for old, new in renamed.items()}
    for before in sorted({*_touched(changes, back)}):
        after = renamed.get(before, before)
        table = Identity("table", before.path[:-1])
        if table in source and table in target and before in source and after in target:
            yield ColumnChange(
                source.facts[before],
                target.facts[after],
                default_of(before, source),
                default_of(after, target),
            )


def _touched(changes: Sequence[Change], back: Mapping[Identity, Identity]) -> Iterator[Identity]:
    for change in changes:
        if change.kind == _COLUMN and change.before is not None and change.after is not None:
            yield back.get(change.identity, change.identity)
        elif change.kind == _DEFAULT:
            column = Identity(_COLUMN, change.identity.path)
            yield back.get(column, column)


def default_of(column: Identity, snapshot: Snapshot) -> str | None:
    """Its default as SQL; None for none."""
    found = snapshot.get(_DEFAULT, *column.path)
    return None if found is None else str(found.payload["expression"])


def is_convertible(column: ColumnChange, source: Snapshot) -> bool:
    """Whether op.convert_columns makes this change.

    It does for an ordinary table with a key, for no part of a primary key, and for nothing that is
    computed or numbers itself.
    """
    if not is_ordinary(column.table, source) or column.differing - _CONVERTED:
        return False
    if column.is_declared_anew and any(
        each.payload["identity"] or each.payload["generated"]
        for each in (column.before, column.after)
    ):
        return False
    return not column.is_retyped or not _is_fixed(column.before.identity, source)


def is_droppable(column: Fact, source: Snapshot, target: Snapshot) -> bool:
    """Whether op.drop_columns takes this column away; its table is one of the same sort."""
    table = Identity("table", column.identity.path[:-1])
    if table not in source or table not in target or not is_ordinary(table, source):
        return False
    computed = column.payload["identity"] or column.payload["generated"]
    return not computed and not _is_fixed(column.identity, source)


def is_addable(column: Fact, source: Snapshot) -> bool:
    """Whether op.add_columns adds this column: plain, and to a table of the same sort."""
    table = Identity("table", column.identity.path[:-1])
    if table not in source or not is_ordinary(table, source):
        return False
    said = {"type", "not_null", "usual_storage"}
    return not any(value for name, value in column.payload.items() if name not in said)


def is_ordinary(table: Identity, source: Snapshot) -> bool:
    """Whether a table is no part of others, and has a key."""
    payload = source.facts[table].payload
    if payload["partitioned_by"] or payload["inherits"] or payload["is_partition"]:
        return False
    return not _has_heirs(table, source) and key_of(table, source) is not None


def _has_heirs(table: Identity, source: Snapshot) -> bool:
    return any(
        [*table.path] in [[*each] for each in fact.payload["inherits"] or ()]
        for fact in source.of_kind("table")
    )


def _is_fixed(column: Identity, source: Snapshot) -> bool:
    """Whether it is in a primary key, or a generated column or a sequence hangs on it."""
    table = Identity("table", column.path[:-1])
    keys = (each for each in source.children(table, "constraint"))
    if any(
        each.payload["type"] == "primary key" and column.name in each.payload["columns"]
        for each in keys
    ):
        return True
    return any(
        column in fact.depends_on
        for kind in (_COLUMN, "sequence", "statistics")
        for fact in source.of_kind(kind)
    )


def key_of(table: Identity, snapshot: Snapshot) -> tuple[str, ...] | None:
    """The columns by which rows are told apart; None where none do.

    They are the primary key's, or of a unique constraint whose columns are never NULL.
    """
    constraints = snapshot.children(table, "constraint")
    for wanted in ("primary key", "unique"):
        for each in constraints:
            columns = tuple(each.payload["columns"])
            if each.payload["type"] == wanted and all(
                (found := snapshot.get(_COLUMN, *table.path, name)) is not None
                and found.payload["not_null"]
                for name in columns
            ):
                return columns
    return None
