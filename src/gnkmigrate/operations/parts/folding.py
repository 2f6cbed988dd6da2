"""The index by which texts are looked up whatever their case, for as long as that is done.

It calls a function of ours, by which it is known as none of the user's. PostgreSQL puts the body
of the function in its place (inlining), so that the index serves lower() itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate import own_objects
from gnkmigrate.operations.index import BuildIndex, DropBuiltIndex
from gnkmigrate.run import unfinished_index
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.work import Work

FOLDED = f"{own_objects.JOURNAL}.folded"

_MAKE = f"""
CREATE OR REPLACE FUNCTION {FOLDED}(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.lower($1);
GRANT EXECUTE ON FUNCTION {FOLDED}(text) TO PUBLIC
"""
_DROP = f"DROP FUNCTION IF EXISTS {FOLDED}(text)"
_CALLS = f"""
SELECT FROM pg_depend AS call
WHERE call.refclassid = 'pg_proc'::regclass AND call.refobjid = to_regprocedure('{FOLDED}(text)')
"""
_MAY_BE_INDEXED = """
SELECT relkind = 'r' AND pg_has_role(relowner, 'USAGE')
       AND has_schema_privilege(relnamespace, 'CREATE')
FROM pg_class WHERE oid = to_regclass({table})
"""
_IS_USED = f"SELECT EXISTS ({_CALLS})"
_INDEXES = f"""
SELECT relname::text, attname::text
FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
JOIN pg_depend AS part ON part.classid = 'pg_class'::regclass AND part.objid = indexrelid
JOIN pg_attribute ON attrelid = part.refobjid AND attnum = part.refobjsubid
WHERE indrelid = {{table}}::regclass AND part.refclassid = 'pg_class'::regclass
  AND attname IN ({{columns}})
  AND EXISTS ({_CALLS} AND call.classid = 'pg_class'::regclass AND call.objid = indexrelid)
ORDER BY relname
"""


def folding_steps(table: str, referring: str, to: str, by: str) -> tuple[Step, ...]:
    """The steps that make the index for one column.

    Args:
        table: "schema.table" of the column whose texts are looked up.
        referring: the column.
        to: "schema.table" in which they are looked up.
        by: the column there.
    """
    name = own_name("gnkmigrate_folded_", *split(table), referring)
    return (
        FoldTexts(table, referring),
        FoldedIndex(name, to, _definition(by)),
    )


def folding(table: str, conversions: Sequence[Conversion]) -> tuple[Step, ...]:
    """The same for each of these columns whose texts are looked up whatever their case."""
    return tuple(
        step
        for change in conversions
        if change.lookup is not None and change.tells is not None
        for step in folding_steps(table, change.column, change.tells[0], change.tells[1][1])
    )


def unfolding(table: str, conversions: Sequence[Conversion]) -> tuple[Step, ...]:
    """The steps that take them back."""
    made = reversed(folding(table, conversions))
    return tuple(step for each in made for step in each.reverse or ())


def copy_indexes(work: Work, table: str, names: Mapping[str, str]) -> None:
    """Builds such indexes of columns that are being replaced on the columns that replace them.

    The originals stay with the old columns; the copies go with the new ones.

    Args:
        work: the session, in no transaction.
        table: "schema.table".
        names: the replacing column of each column that is replaced.
    """
    listed = ", ".join(map(literal, names)) or "NULL"
    query = _INDEXES.format(table=literal(quoted(table)), columns=listed)
    concurrently = "" if work.atomic else "CONCURRENTLY "
    for original, indexed in work.execute(query).fetchall():
        name = own_name("gnkmigrate_", original)
        built = quoted(f"{split(table)[0]}.{name}")
        if not unfinished_index.is_built(work, built):
            on = f"{column(name)} ON {quoted(table)} {_definition(names[indexed])}"
            unfinished_index.build(work, built, f"CREATE INDEX {concurrently}{on}")


def _definition(of: str) -> str:
    return f"({FOLDED}({column(of)}::text))"


@dataclass(frozen=True)
class FoldTexts(Step):
    """Makes the function that the index calls.

    Attributes:
        table: "schema.table" of the column whose texts are looked up.
        referring: the column.
    """

    table: str
    referring: str

    @property
    def name(self) -> str:
        return f"case of texts of {self.table}.{self.referring}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (LeaveTexts(self.table, self.referring),)

    def run(self, work: Work) -> int:
        work.execute(_MAKE)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (_MAKE.strip(),)


@dataclass(frozen=True)
class FoldedIndex(BuildIndex):
    """Builds the index where this role may; without it a look-up reads the table.

    A partitioned table is none of which an index is built while the application writes.
    """

    @property
    def altered(self) -> Sequence[str]:
        return ()

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropFoldedIndex(self.index, self.table),)

    def check(self, work: Work) -> Sequence[Refusal]:
        return super().check(work) if self._may_be(work) else ()

    def undefined(self, work: Work) -> Sequence[Refusal]:
        """Nothing: FoldTexts makes what it calls."""
        del work
        return ()

    def run(self, work: Work) -> int:
        return super().run(work) if self._may_be(work) else 0

    def _may_be(self, work: Work) -> bool:
        return bool(work.value(_MAY_BE_INDEXED.format(table=literal(quoted(self.table)))))


@dataclass(frozen=True)
class DropFoldedIndex(DropBuiltIndex):
    """Drops it, where it is there."""

    @property
    def altered(self) -> Sequence[str]:
        return ()

    def run(self, work: Work) -> int:
        there = work.value(f"SELECT to_regclass({literal(self._qualified)}) IS NOT NULL")
        return super().run(work) if there else 0


@dataclass(frozen=True)
class LeaveTexts(FoldTexts):
    """Drops the function, unless an index of another column calls it."""

    def run(self, work: Work) -> int:
        if not work.value(_IS_USED):
            work.execute(_DROP)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (_DROP,)
