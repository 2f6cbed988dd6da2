"""An old column and the new one that takes its place: one mapping, in both directions.

Both are there at once: the new one beside the old one while it is built, the old one beside the new
one, under a name of ours, from the exchange until contract.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.run import relation
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.sync.conversion import ALWAYS, COLUMN, Conversion
from gnkmigrate.run.sync.function_settings import SPELLED_ALIKE
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class ColumnPair:
    """A column whose values change, and the one that has the new ones.

    Attributes:
        change: what happens to it.
        before: how it was declared, as relation.columns says it.
    """

    change: Conversion
    before: Mapping[str, Any]

    @property
    def old_type(self) -> str:
        """The old column's type, as SQL."""
        return str(self.before["type"])

    @property
    def types(self) -> tuple[str, str]:
        """The old column's type and the new one's, as SQL."""
        return self.old_type, self.change.type or self.old_type

    @property
    def built(self) -> str:
        """What the new column is called until the exchange."""
        return built_name(self.change.new_name)

    @property
    def kept(self) -> str:
        """What the old one is called from then on."""
        return kept_name(self.change.column)

    def new_value(self, row: str, name: str) -> str:
        """SQL for the new column's value.

        Args:
            row: the row's alias.
            name: what the old column is called now.
        """
        return self.change.converted(f"{row}.{column(name)}")

    @property
    def reads_settings(self) -> bool:
        """Whether the session's settings may say what the values are, such as its DateStyle."""
        change = self.change
        is_cast = change.using == change.back == COLUMN and change.holds == ALWAYS
        types = {str(self.before["base_type"]), change.type.partition("(")[0].strip()}
        return change.reads_settings and not (is_cast and types <= SPELLED_ALIKE)

    @property
    def is_given_out(self) -> bool:
        """Whether a sequence goes on giving it its values: of a serial or an identity column."""
        given_out = self.before["identity"] or str(self.before["default"]).startswith("nextval(")
        return bool(given_out) and not self.change.redeclares

    @property
    def null(self) -> str:
        """SQL for the old column's NULL."""
        return f"NULL::{self.old_type}"


def built_name(name: str) -> str:
    """What a new column is called until it has its name."""
    return own_name("gnkmigrate_", name)


def kept_name(name: str) -> str:
    """What an old column is called once another has its name."""
    return own_name("gnkmigrate_kept_", name)


def pairs_of(work: Work, table: str, conversions: Sequence[Conversion]) -> tuple[ColumnPair, ...]:
    """The columns whose values change; those that only change in name, say, need no other."""
    found = remembered(work, table, conversions)
    return tuple(
        ColumnPair(_declared(change, found[change.column]), found[change.column])
        for change in conversions
        if replaces(change, found[change.column])
    )


def _declared(change: Conversion, before: Mapping[str, Any]) -> Conversion:
    """With the default and the nullability that the new column is to have."""
    if change.redeclares:
        return change
    return replace(change, default=before["default"], not_null=bool(before["not_null"]))


def replaces(change: Conversion, before: Mapping[str, Any]) -> bool:
    """Whether the values themselves change, and not just name, default or nullability."""
    return change.using != COLUMN or change.type not in {"", before["type"]}


def remember(work: Work, table: str, conversions: Sequence[Conversion]) -> None:
    """Keeps how the columns were declared before the phase."""
    found = relation.columns(work, table, [change.column for change in conversions])
    for change in conversions:
        if change.column in found:
            work.remember(_memory_key(table, change), found[change.column])


def remembered(
    work: Work, table: str, conversions: Sequence[Conversion]
) -> Mapping[str, Mapping[str, Any]]:
    """How the columns were declared before the phase, by their names then.

    Raises:
        PhaseFailed: the journal does not say.
    """
    keys = {change.column: _memory_key(table, change) for change in conversions}
    found = work.recall_all(tuple(keys.values()))
    for name, key in keys.items():
        if key not in found:
            raise PhaseFailed(
                f"How {table}.{name} was declared is not in the journal.",
                hint="Restore the rows of gnkmigrate.memory from a backup.",
            )
    return {name: found[key] for name, key in keys.items()}


def remember_kept(work: Work, table: str, pairs: Sequence[ColumnPair]) -> None:
    """Notes which columns have old ones beside them from now on."""
    work.remember(_kept_key(table), [pair.change.new_name for pair in pairs])


def keep_as_they_are(work: Work, table: str, why: str, names: Iterable[str]) -> None:
    """Notes columns that triggers of ours name: no later phase may change them until contract."""
    work.remember(_why_key(table, why), list(names))


def release(work: Work, table: str, why: str) -> None:
    """Takes `keep_as_they_are` back."""
    work.forget(_why_key(table, why))


def converted_before(work: Work, table: str, names: Iterable[str]) -> dict[str, str]:
    """Those of these columns on which triggers of another phase rely, with the phase."""
    asked = frozenset(names)
    return {
        name: phase
        for phase, _, kept in _noted(work, table)
        if phase != work.phase
        for name in kept
        if name in asked
    }


def relied_on(work: Work, table: str, names: Iterable[str]) -> dict[str, str]:
    """Those of these columns that triggers of another phase name, with the phase."""
    asked = frozenset(names)
    return {
        name: phase
        for phase, key, kept in _noted(work, table)
        if phase != work.phase and key != _kept_key(table)
        for name in kept
        if name in asked
    }


def _noted(work: Work, table: str) -> list[tuple[str, str, list[str]]]:
    """The phase, the key and the columns of each note."""
    query = "SELECT phase, key, value FROM gnkmigrate.memory WHERE key = %s OR starts_with(key, %s)"
    return work.connection.execute(query, (_kept_key(table), _why_key(table, ""))).fetchall()


_REFERRING = """
SELECT attname::text FROM pg_catalog.pg_constraint
JOIN pg_catalog.pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
WHERE contype = 'f' AND conrelid = %s::regclass
"""


def unsettled(work: Work, table: str) -> frozenset[str]:
    """Columns that may have other values after a rollback and another upgrade of the same rows.

    Those that were converted, whose old ones are kept beside them, and those that refer to rows
    which a phase has made.
    """
    referring = {row[0] for row in work.connection.execute(_REFERRING, (quoted(table),)).fetchall()}
    return frozenset(
        name
        for _, key, kept in _noted(work, table)
        for name in kept
        if key == _kept_key(table) or name in referring
    )


def _kept_key(table: str) -> str:
    return f"kept of {table}"


def _why_key(table: str, why: str) -> str:
    return f"{_kept_key(table)}: {why}"


def forget(work: Work, table: str, conversions: Sequence[Conversion]) -> None:
    """Forgets it once the columns are back."""
    work.forget(_kept_key(table))
    for change in conversions:
        work.forget(_memory_key(table, change))


def _memory_key(table: str, change: Conversion) -> str:
    return f"column {quoted(table)}.{column(change.column)}"
