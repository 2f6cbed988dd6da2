"""Both tables of a split as they are: the key, the link, and which rows belong together.

Until the cutover the link is called something of ours; from then on it has its own name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

from gnkmigrate.operations.splits.leaving import Departure, Leaving
from gnkmigrate.operations.splits.spec import Split
from gnkmigrate.run.names import column, literal
from gnkmigrate.run.session import OURS
from gnkmigrate.run.sync import type_operators
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.work import Work

# What an index can hold of a row's identity (manual, 11.2: a third of a page), with some to spare.
_LONGEST_IDENTITY = 2500


@dataclass(frozen=True)
class Sides(Leaving):
    """A split, and the tables that it is about.

    Attributes:
        identities: the operators by which values of the entity's identity are equal.
    """

    said: Split
    identities: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def found(cls, work: Work, said: Departure) -> Self:
        return _compared(work, super().found(work, said))

    @classmethod
    def remembered(cls, work: Work, said: Departure) -> Self:
        return _compared(work, super().remembered(work, said))

    @property
    def key(self) -> str:
        return column(self.said.key)

    @property
    def link(self) -> str:
        """The link's name now."""
        return column(self.said.link if self.is_cut_over else self.said.built_link)

    def is_identified(self, row: str) -> str:
        """The condition that a row of the table says about which entity."""
        values = [self.new_value(row, change) for change in self.said.identifying]
        said = [f"({value}) IS NOT NULL" for value in values]
        short = f"octet_length(ROW({', '.join(values)})::text) <= {_LONGEST_IDENTITY}"
        return f"({' AND '.join((*said, short))})"

    def is_entity_of(self, row: str, entity: str = "entity") -> str:
        """The condition that a row of the entity is the one that a row of the table is about."""
        return " AND ".join(self.is_equal(row, change, entity) for change in self.said.identifying)

    def is_equal(self, row: str, change: Conversion, entity: str = "entity") -> str:
        """The condition that a value of its identity is what a row of the table says."""
        return type_operators.equal(
            f"{entity}.{column(change.new_name)}",
            self.new_value(row, change),
            self.identities[change.new_name],
            self.type_of(change),
        )

    def next_key(self, work: Work) -> str:
        """SQL that gives a new row of the entity its key."""
        with work.settings(search_path=OURS):
            found = work.value(f"""
                SELECT coalesce(pg_get_expr(adbin, adrelid), format('nextval(%L::regclass)',
                                pg_get_serial_sequence({literal(self.entity)}, attname)))
                FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                WHERE attrelid = {literal(self.entity)}::regclass
                  AND attname = {literal(self.said.key)}
            """)
        return str(found)


_SidesT = TypeVar("_SidesT", bound=Sides)


def _compared(work: Work, sides: _SidesT) -> _SidesT:
    types = {change.new_name: sides.type_of(change) for change in sides.said.identifying}
    found = {name: type_operators.of_type(work, type_) for name, type_ in types.items()}
    return replace(sides, identities=found)
