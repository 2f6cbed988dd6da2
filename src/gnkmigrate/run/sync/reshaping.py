"""What the steps that change, or take back, the columns of one table have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate import own_objects
from gnkmigrate.run import relation
from gnkmigrate.run.batches.row_key import Columns, key_of
from gnkmigrate.run.names import column, quoted, split
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.sync import column_pair
from gnkmigrate.run.sync.carried_keys import ForeignKey
from gnkmigrate.run.sync.column_pair import ColumnPair
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class Reshaping:
    """What the steps of one table have in common.

    Attributes:
        table: "schema.table".
        key: the columns that tell rows apart, by their names before the phase; none: the table's
            key.
        conversions: the columns' changes.
        tied: "schema.table" of the tables whose foreign keys to these columns, or from them, are
            carried over with the primary key, since integers become wider; None where keys stay.
    """

    table: str
    key: Columns
    conversions: tuple[Conversion, ...]
    tied: tuple[str, ...] | None = None

    @property
    def others(self) -> tuple[str, ...]:
        """Those of the tied tables that are others than this one."""
        return tuple(table for table in self.tied or () if table != self.table)

    @property
    def name(self) -> str:
        """The step of the exchange, in both directions."""
        return f"columns of {self.table}"

    @property
    def building(self) -> str:
        """The function of the trigger that keeps new columns in step until the exchange."""
        return f"{own_objects.JOURNAL}.{column(own_name('up_', *split(self.table)))}"

    def pairs(self, work: Work) -> tuple[ColumnPair, ...]:
        return column_pair.pairs_of(work, self.table, self.conversions)

    def old_key(self, work: Work) -> Columns:
        """The columns of the key by their names before the phase."""
        return self.key or tuple(work.recall(self._key_memory) or key_of(work, self.table, ()))

    def new_key(self, work: Work) -> Columns:
        """The same by their names after it, or what a later phase calls the table's key."""
        names = tuple(self.renames.get(name, name) for name in self.old_key(work))
        there = relation.columns(work, self.table, names)
        return names if there.keys() == {*names} else key_of(work, self.table, ())

    def remember(self, work: Work) -> None:
        """Keeps, before anything changes, how the columns were declared, and which are the key."""
        column_pair.remember(work, self.table, self.conversions)
        work.remember(self._key_memory, list(self.old_key(work)))

    def is_remembered(self, work: Work) -> bool:
        """Whether that is known, as from the first step up to the last one down."""
        return work.recall(self._key_memory) is not None

    def forget(self, work: Work) -> None:
        """Forgets it once the columns are back."""
        column_pair.forget(work, self.table, self.conversions)
        work.forget(self._key_memory)
        work.forget(self._index_memory)
        work.forget(self._primary_memory)

    def remember_primary(self, work: Work, name: str) -> None:
        """Keeps what the primary key is called whose column changes."""
        work.remember(self._primary_memory, name)

    def remembered_primary(self, work: Work) -> str | None:
        """What `remember_primary` kept."""
        name: str | None = work.recall(self._primary_memory)
        return name

    @property
    def _primary_memory(self) -> str:
        return f"primary key of {self.table}"

    def remember_foreign_keys(self, work: Work, keys: Sequence[ForeignKey]) -> None:
        """Keeps which of them are to be validated once they are there again."""
        valid = [[key.tables[0], key.name] for key in keys if key.valid]
        work.forget(self._foreign_key_memory)
        work.remember(self._foreign_key_memory, valid)

    def foreign_keys_to_validate(self, work: Work) -> list[tuple[str, str]]:
        """Of each "schema.table" of the table that has it, and its name."""
        return [(table, name) for table, name in work.recall(self._foreign_key_memory) or ()]

    @property
    def _foreign_key_memory(self) -> str:
        return f"foreign keys {quoted(self.table)}"

    def remember_indexes(self, work: Work, names: Mapping[str, str]) -> None:
        """Keeps what the indexes of the old columns were called, by their names from now on."""
        work.remember(self._index_memory, dict(names))

    def remembered_indexes(self, work: Work) -> Mapping[str, str]:
        """What `remember_indexes` kept."""
        names: Mapping[str, str] = work.recall(self._index_memory) or {}
        return names

    @property
    def _index_memory(self) -> str:
        return f"indexes of {self.table}"

    @property
    def _key_memory(self) -> str:
        return f"key of {self.table}"

    @property
    def renames(self) -> Mapping[str, str]:
        """What the columns are called before the phase, and after it."""
        return {change.column: change.new_name for change in self.conversions}

    def redeclared(self, work: Work) -> Sequence[tuple[Conversion, Mapping[str, object]]]:
        """The columns whose values stay, with how they were declared."""
        found = column_pair.remembered(work, self.table, self.conversions)
        return [
            (change, found[change.column])
            for change in self.conversions
            if not column_pair.replaces(change, found[change.column])
        ]

    def newly_required(self, work: Work) -> Sequence[tuple[str, str]]:
        """The columns that the exchange makes NOT NULL, by their names before and after it."""
        built = [
            (pair.built, pair.change.new_name) for pair in self.pairs(work) if pair.change.not_null
        ]
        return built + [
            (change.column, change.new_name)
            for change, before in self.redeclared(work)
            if change.not_null and not before["not_null"]
        ]

    def required_again(self, work: Work) -> Sequence[tuple[str, str]]:
        """Those that the way back makes NOT NULL again, likewise."""
        kept = [
            (pair.kept, pair.change.column) for pair in self.pairs(work) if pair.before["not_null"]
        ]
        return kept + [
            (change.new_name, change.column)
            for change, before in self.redeclared(work)
            if change.redeclares and before["not_null"] and not change.not_null
        ]

    def redeclare(self, work: Work) -> Sequence[str]:
        """Statements for the columns whose values stay: default, nullability, name."""
        statements: list[str] = []
        for change, before in self.redeclared(work):
            names = (change.column, change.new_name)
            optional = not change.not_null and bool(before["not_null"])
            default = change.default and render(change.default, work.parameters)
            statements += _declare(self.table, names, change, default, optional=optional)
        return statements

    def redeclare_back(self, work: Work) -> Sequence[str]:
        """Statements that take `redeclare` back."""
        statements: list[str] = []
        for change, before in self.redeclared(work):
            names = (change.new_name, change.column)
            default = None if before["default"] is None else str(before["default"])
            optional = change.not_null and not before["not_null"]
            statements += _declare(self.table, names, change, default, optional=optional)
        return statements


def _declare(
    table: str, names: tuple[str, str], change: Conversion, default: str | None, *, optional: bool
) -> Sequence[str]:
    before, after = names
    alter = f"ALTER TABLE {quoted(table)}"
    statements = []
    if change.redeclares:
        statements.append(f"{alter} ALTER COLUMN {column(before)} {set_default(default)}")
    if change.redeclares and optional:
        statements.append(f"{alter} ALTER COLUMN {column(before)} DROP NOT NULL")
    if before != after:
        statements.append(f"{alter} RENAME COLUMN {column(before)} TO {column(after)}")
    return statements


def set_default(default: str | None) -> str:
    """The action of ALTER COLUMN for a default, as SQL; None for none."""
    return "DROP DEFAULT" if default is None else f"SET DEFAULT {default}"
