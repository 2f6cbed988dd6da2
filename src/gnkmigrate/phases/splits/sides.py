"""Both tables of a split as they are: types, keys, and the SQL for one side's value of the other's.

Until the cutover the table has its columns and the link is called something of ours; from then on
the columns are kept under names of ours, and the link has its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from gnkmigrate import own
from gnkmigrate.errors import PhaseFailed
from gnkmigrate.phases import relation
from gnkmigrate.phases.alike import alike
from gnkmigrate.phases.column_pair import ALWAYS, kept_name
from gnkmigrate.phases.conversion import COLUMN, Conversion
from gnkmigrate.phases.names import column, literal, quoted, split
from gnkmigrate.phases.own_names import own_name
from gnkmigrate.phases.splits.spec import Split
from gnkmigrate.phases.work import Work

# What an index can hold of a row's identity (manual, 11.2: a third of a page), with some to spare.
_LONGEST_IDENTITY = 2500


@dataclass(frozen=True)
class Sides:
    """A split, and the tables that it is about.

    Attributes:
        split: what the revision says.
        before: how the columns that leave were declared, as relation.columns says it.
        phase: whose split it is.
        is_cut_over: whether the new shape has taken the old one's place.
    """

    split: Split
    before: relation.Columns
    phase: str
    is_cut_over: bool = False

    @classmethod
    def found(cls, work: Work, spec: Split) -> Self:
        """As the columns are before the phase."""
        names = [change.column for change in spec.columns]
        return cls(spec, relation.columns(work, spec.table, names), work.phase)

    @classmethod
    def remembered(cls, work: Work, spec: Split) -> Self:
        """As the columns were before the phase.

        Raises:
            PhaseFailed: the journal does not say.
        """
        before = work.recall(spec.memory)
        if before is None:
            raise PhaseFailed(
                f"How the columns of {spec.table} were declared is not in the journal.",
                hint="Restore the rows of gnkmigrate.memory from a backup.",
            )
        return cls(spec, before, work.phase)

    def cut_over(self) -> Self:
        """The same from the cutover on."""
        return replace(self, is_cut_over=True)

    @property
    def table(self) -> str:
        return quoted(self.split.table)

    @property
    def entity(self) -> str:
        return quoted(self.split.entity)

    @property
    def key(self) -> str:
        return column(self.split.key)

    @property
    def link(self) -> str:
        """The link's name now."""
        return column(self.split.link if self.is_cut_over else self.split.built_link)

    def type_of(self, change: Conversion) -> str:
        """The type of the entity's column, as SQL."""
        return change.type or str(self.before[change.column]["type"])

    def old(self, change: Conversion) -> str:
        """The name now of the column that leaves."""
        return column(kept_name(change.column) if self.is_cut_over else change.column)

    def old_values(self, row: str, changes: Sequence[Conversion]) -> str:
        """The values of these columns, as a list."""
        return ", ".join(f"{row}.{self.old(change)}" for change in changes)

    def new_value(self, row: str, change: Conversion) -> str:
        """The entity's value for a row of the table."""
        return change.converted(f"{row}.{self.old(change)}")

    def new_values(self, row: str, changes: Sequence[Conversion]) -> str:
        """The entity's values of these columns, as a list."""
        return ", ".join(self.new_value(row, change) for change in changes)

    def entity_values(self, row: str, changes: Sequence[Conversion]) -> str:
        """What a row of the entity has in these columns, as a list."""
        return ", ".join(f"{row}.{column(change.new_name)}" for change in changes)

    def is_present(self, row: str) -> str:
        """The condition that a row of the table says anything about an entity."""
        said = (f"{row}.{self.old(change)} IS NOT NULL" for change in self.split.columns)
        return f"({' OR '.join(said)})"

    def is_identified(self, row: str) -> str:
        """The condition that a row of the table says about which entity."""
        values = [self.new_value(row, change) for change in self.split.identifying]
        said = [f"({value}) IS NOT NULL" for value in values]
        short = f"octet_length(ROW({', '.join(values)})::text) <= {_LONGEST_IDENTITY}"
        return f"({' AND '.join((*said, short))})"

    def is_entity_of(self, row: str, entity: str = "entity") -> str:
        """The condition that a row of the entity is the one that a row of the table is about."""
        return " AND ".join(
            f"{entity}.{column(change.new_name)} = {self.new_value(row, change)}"
            for change in self.split.identifying
        )

    def says(self, row: str, change: Conversion, entity: str = "entity") -> str:
        """The condition that a row of the table says of a value what the entity does."""
        there, old = f"{entity}.{column(change.new_name)}", f"{row}.{self.old(change)}"
        forward = alike(self.new_value(row, change), there)
        return f"({forward} OR {alike(f'{self.way_back(change)}({there})', old)})"

    def way_back(self, change: Conversion) -> str:
        """The function that gives the old column's value for the entity's, qualified and quoted."""
        name = own_name("back_", *split(self.split.table), change.column, self.phase)
        return f"{own.JOURNAL}.{column(name)}"

    def make_ways_back(self) -> str:
        """Statements that make these functions, before the cutover.

        PostgreSQL reads their bodies now, so that they go on when what they name gets another name
        (manual, CREATE FUNCTION, sql_body).
        """
        return ";\n".join(
            f"CREATE OR REPLACE FUNCTION {self.way_back(change)}"
            f"({self.entity}.{column(change.new_name)}%TYPE)"
            f" RETURNS {self.table}.{column(change.column)}%TYPE"
            f" LANGUAGE sql RETURN {self._old_value(change, '$1')}"
            for change in self.split.columns
        )

    def _old_value(self, change: Conversion, new: str) -> str:
        value = change.reverted(new, str(self.before[change.column]["type"]))
        if change.holds == ALWAYS:
            return value
        return f"CASE WHEN {change.holds.replace(COLUMN, new)} THEN {value} END"

    def next_key(self, work: Work) -> str:
        """SQL that gives a new row of the entity its key."""
        with work.settings(search_path="pg_catalog, pg_temp"):
            found = work.value(f"""
                SELECT coalesce(pg_get_expr(adbin, adrelid), format('nextval(%L::regclass)',
                                pg_get_serial_sequence({literal(self.entity)}, attname)))
                FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                WHERE attrelid = {literal(self.entity)}::regclass
                  AND attname = {literal(self.split.key)}
            """)
        return str(found)
