"""What speaks against a join, asked before anything has changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from gnkmigrate.operations.joins import rights
from gnkmigrate.operations.joins.sides import Shared
from gnkmigrate.operations.joins.spec import Join
from gnkmigrate.operations.merges import preflight as merging
from gnkmigrate.operations.splits import preflight as leaving
from gnkmigrate.run import relation
from gnkmigrate.run.batches import row_key
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.rows import listed as listed_rows
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync.column_pair import kept_name
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.work import Work

# What a deleted row leaves behind would be the default of a column that is kept.
_SET_DEFAULT = """
SELECT EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid = {table}::regclass
    AND confrelid = {side}::regclass AND 'd' IN (confdeltype, confupdtype))
"""
_SECURED = """
SELECT relname::text FROM pg_class
WHERE oid IN ({table}::regclass, {side}::regclass) AND relrowsecurity ORDER BY 1
"""


@dataclass(frozen=True)
class Reference:
    """The column that leaves, as what leaves a table (splits/leaving.py)."""

    said: Join

    @property
    def table(self) -> str:
        return self.said.table

    @property
    def entity(self) -> str:
        return self.said.side

    @property
    def columns(self) -> tuple[Conversion, ...]:
        return (Conversion(self.said.link),)

    @property
    def memory(self) -> str:
        return self.said.link_memory


def refusals(work: Work, said: Join) -> list[Refusal]:
    """All that speaks against it; rows are looked at when the tables are what they should be."""
    found = merging.of_tables(work, said)
    if found:
        return found
    found = [
        *_identified(work, said),
        *_keyed(work, said),
        *_by_default(work, said),
        *lasting(work, said),
        *merging.together(work, said),
    ]
    return found or list(unused(work, said, said.side, said.key[0][1]))


def lasting(work: Work, said: Join) -> list[Refusal]:
    """What may have come to speak against it by the time of its cutover."""
    ((key, link),) = said.key
    carried = merging.references(work, said.table, said.side, ((link, key),))
    return [
        *(() if carried else _referring(said)),
        *leaving.of_columns(work, Reference(said), carried),
        *merging.hanging(work, said, carried),
        *_secured(work, said),
        *rights.refusals(work, said),
        *merging.hidden(work, said),
    ]


def _referring(said: Join) -> Iterator[Refusal]:
    ((key, link),) = said.key
    yield Refusal(
        f"No foreign key says that each {link} of {said.table} is a {key} of {said.side}, from the"
        " moment at which it is written.",
        hint="Add it, valid and not deferrable: op.add_constraint, in an earlier revision.",
    )


def _identified(work: Work, said: Join) -> Iterator[Refusal]:
    if not any({*said.identity} == {*key} for key in row_key.keys_of(work.facts, said.side)):
        yield Refusal(
            f"({', '.join(said.identity)}) does not tell rows of {said.side} apart: what the new"
            " application writes could be of several, or of none.",
            hint="Name as identity= columns that are NOT NULL, and UNIQUE at every moment.",
        )


def _keyed(work: Work, said: Join) -> Iterator[Refusal]:
    name = said.key[0][0]
    found = relation.columns(work, said.side, [name])[name]
    if not found["identity"] and found["default"] is None:
        yield Refusal(
            f"{said.side}.{name} has no default: gnkmigrate could not make the row of the old shape"
            " for what the new application writes.",
            hint=f"Give it one in an earlier revision, such as that of a sequence, or keep {name}.",
        )


def _by_default(work: Work, said: Join) -> Iterator[Refusal]:
    if work.value(_SET_DEFAULT.format(**_tables(said))):
        yield Refusal(
            f"The foreign key of {said.table}.{said.link} says SET DEFAULT: there is none while the"
            " column is kept.",
            hint="Give it another action: op.replace_foreign_key, in an earlier revision.",
        )


def _secured(work: Work, said: Join) -> Iterator[Refusal]:
    found = [str(row[0]) for row in work.execute(_SECURED.format(**_tables(said))).fetchall()]
    if found:
        yield Refusal(
            f"Row security is on for {' and '.join(found)}: what somebody writes to a row counts"
            f" for all that refer to the same row of {said.side}, and so for hidden ones.",
            hint="Merge without policies, or leave the table where it is.",
        )


def unused(work: Work, said: Join, side: str, link: str) -> Iterator[Refusal]:
    """Rows of the side table of which the new shape has nothing.

    Args:
        work: the session.
        said: the join.
        side: "schema.table" where the side table is now.
        link: what the column that refers to it is called now.
    """
    if said.unused == "archive":
        return
    key = said.key[0][0]
    names = ", ".join(f"side.{column(name)}" for name in dict.fromkeys((key, *said.identity)))
    query = (
        f"SELECT {names} FROM {quoted(side)} AS side WHERE NOT EXISTS (SELECT FROM"
        f" {quoted(said.table)} AS merged WHERE merged.{column(link)} = side.{column(key)})"
    )
    total, rows = listed_rows(work, query)
    if total:
        yield Refusal(
            f"No row of {said.table} refers to rows of {said.side}: the new shape has no place for"
            " them.",
            rows,
            total,
            'Delete them, or say unused="archive": they are kept until contract.',
            query,
        )


def stranded(work: Work, said: Join) -> list[Refusal]:
    """The same at contract."""
    return list(unused(work, said, said.archived, kept_name(said.link)))


def required(sides: Shared) -> list[str]:
    """Those of the new columns that have a value in every row, by their names afterwards."""
    if not sides.required:
        return []
    return [name for name, declared in sides.split.before.items() if declared["not_null"]]


def _tables(said: Join) -> dict[str, str]:
    return {"table": literal(quoted(said.table)), "side": literal(quoted(said.side))}
