"""Both tables of a join, as a merge sees them, and as the split does that it takes back."""

from dataclasses import dataclass, field, replace
from typing import Self

from gnkmigrate.operations.joins.spec import Join
from gnkmigrate.operations.merges.sides import Sides, built_name
from gnkmigrate.operations.splits.sides import Sides as SplitSides
from gnkmigrate.run import relation
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.sync import type_operators
from gnkmigrate.run.sync.column_pair import kept_name
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class Taken(SplitSides):
    """The split: what is called something of ours there, from its cutover on, has its name here."""

    @property
    def link(self) -> str:
        return column(kept_name(self.said.link) if self.is_cut_over else self.said.link)

    def old(self, change: Conversion) -> str:
        return column(change.column if self.is_cut_over else built_name(change.column))

    def way_back(self, change: Conversion) -> str:
        """Nothing, since values are the same in both."""
        del change
        return ""


@dataclass(frozen=True)
class Shared(Sides):
    """A join, and the tables that it is about.

    Attributes:
        equal: the operator by which the reference is equal to the key.
        required: whether every row refers to one.
        split: the split that it takes back, as it is now.
    """

    said: Join
    equal: str = type_operators.EQUAL
    required: bool = False
    split: Taken = field(kw_only=True)

    @classmethod
    def of(cls, work: Work, said: Join, *, is_cut_over: bool) -> Self:
        """As they are before the cutover, or from then on."""
        now = said.archived if is_cut_over else said.side
        ((key, link),) = said.key
        found = relation.columns(work, now, [key, *(old for old, _ in said.columns)])
        split = said.split(now)
        identities = {
            name: type_operators.of_type(work, str(found[name]["type"])) for name in said.identity
        }
        return cls(
            said,
            {},
            is_cut_over,
            equal=type_operators.of_type(work, str(found[key]["type"])),
            split=Taken(
                split,
                {new: found[old] for old, new in said.columns},
                work.phase,
                {},
                is_cut_over,
                identities,
            ),
            required=_required(work, said, kept_name(link) if is_cut_over else link),
        )

    def cut_over(self) -> Self:
        said = self.said.split(self.said.archived)
        split = replace(self.split, said=said, is_cut_over=True)
        return replace(self, is_cut_over=True, split=split)

    def is_of(self, row: str, side: str = "side") -> str:
        key = column(self.said.key[0][0])
        return f"{side}.{key} {self.equal} {row}.{self.split.link}"


def _required(work: Work, said: Join, link: str) -> bool:
    return bool(
        work.value(
            f"SELECT attnotnull FROM pg_attribute WHERE attname = {literal(link)}"
            f" AND attrelid = {literal(quoted(said.table))}::regclass"
        )
    )
