"""Which columns change, and by which operation."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Self

from gnkmigrate.authoring.columns import (
    ColumnChange,
    column_changes,
    is_addable,
    is_convertible,
    is_droppable,
)
from gnkmigrate.authoring.leaving import making_way
from gnkmigrate.authoring.widening import Widening, widenings
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change


@dataclass(frozen=True)
class ColumnOperations:
    """What operations do with columns.

    Attributes:
        converted: the columns that op.convert_columns changes.
        widened: the keys that op.widen_key changes, with what refers to them.
        dropped: those that op.drop_columns takes away.
        added: those that op.add_columns adds.
        held: columns of the source that operations of another sort keep until contract.
    """

    converted: tuple[ColumnChange, ...]
    widened: tuple[Widening, ...]
    dropped: tuple[Fact, ...]
    added: tuple[Fact, ...]
    held: tuple[Fact, ...]

    @classmethod
    def of(
        cls,
        changes: Sequence[Change],
        source: Snapshot,
        target: Snapshot,
        held: Sequence[Fact],
    ) -> Self:
        """Which operation does what of these changes.

        Args:
            changes: between the two.
            source: the database as it is.
            target: as it shall be, with what it leaves open as it is.
            held: columns of the source that other operations keep until contract.
        """
        columns = tuple(column_changes(changes, source, target))
        widened = tuple(widenings(columns, source, target))
        of_keys = [column for each in widened for column in each.columns]
        going = (each.fact for each in changes if (each.kind, each.verb) == ("column", "remove"))
        coming = (each.fact for each in changes if (each.kind, each.verb) == ("column", "add"))
        return cls(
            tuple(each for each in columns if each not in of_keys and is_convertible(each, source)),
            widened,
            tuple(fact for fact in going if is_droppable(fact, source, target)),
            tuple(fact for fact in coming if is_addable(fact, source)),
            tuple(held),
        )

    @property
    def changing(self) -> tuple[ColumnChange, ...]:
        """Those that are converted, and those of keys that are widened."""
        return (*self.converted, *(column for each in self.widened for column in each.columns))

    @property
    def new(self) -> tuple[Fact, ...]:
        """What comes in the place of converted ones, or is added."""
        return (*(each.after for each in self.converted), *self.added)

    @property
    def tables(self) -> frozenset[Identity]:
        """The tables that get a view for the old application."""
        old = (fact.parent for fact in (*self.dropped, *self.held))
        return frozenset(each.table for each in self.changing) | {each for each in old if each}

    def leave(self, changes: Sequence[Change]) -> list[Change]:
        """The changes that these operations do not bring about."""
        going = {fact.identity for fact in self.dropped}
        paths = {fact.identity.path for fact in self.added}
        return [
            change
            for change in changes
            if not _is_of_columns(change, self.converted)
            and not any(each.brings_about(change) for each in self.widened)
            and not _is_of_dropped(change, going)
            and not (change.kind in {"column", "default"} and change.identity.path in paths)
        ]

    def making_way(self, source: Snapshot) -> Mapping[Identity, Fact]:
        """What has to make way for them."""
        going = {fact.identity for fact in self.dropped}
        carried = frozenset[Identity]().union(*(each.carried for each in self.widened))
        return making_way(self.changing, going, carried, source)

    def types(self, source: Snapshot) -> frozenset[Identity]:
        """The types of which old columns are that stay until contract."""
        retyped = (each.before for each in self.converted if each.is_retyped)
        return _types_of((*retyped, *self.dropped, *self.held), source)


def _is_of_columns(change: Change, converted: Sequence[ColumnChange]) -> bool:
    """Whether a conversion brings the change about."""
    olds = {each.before.identity.path for each in converted}
    news = {each.after.identity.path for each in converted}
    if change.kind not in {"column", "default"}:
        return False
    paths = [(change.before, olds), (change.after, news)]
    return any(fact is not None and fact.identity.path in known for fact, known in paths)


def _is_of_dropped(change: Change, dropped: AbstractSet[Identity]) -> bool:
    """Whether it is one of these columns that goes, or goes with one."""
    return change.verb == "remove" and not dropped.isdisjoint({change.identity, change.fact.parent})


def _types_of(columns: Sequence[Fact], source: Snapshot) -> frozenset[Identity]:
    """The types of which columns were that have another one now, or are no more."""
    return frozenset(
        identity
        for column in columns
        for identity in column.depends_on
        if identity.kind != "collation" and identity in source
    )
