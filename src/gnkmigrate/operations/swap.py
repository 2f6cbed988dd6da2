"""op.swap_table: the new shape takes the old one's place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import dedent

from gnkmigrate import own_objects
from gnkmigrate.run import dependents, own_names, relation
from gnkmigrate.run.batches.row_key import Named, named
from gnkmigrate.run.kept import archive
from gnkmigrate.run.names import column, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import (
    by_hand,
    cutover_comparisons,
    foreign_keys,
    key_sequences,
    row_security,
    view_place,
)
from gnkmigrate.run.sync.followed import require_followers
from gnkmigrate.run.sync.function_mentions import unchecked_functions
from gnkmigrate.run.sync.privileges import (
    carry_comments,
    carry_grants,
    carry_privileges,
    carry_to_view,
)
from gnkmigrate.run.sync.row_checksum import Comparison
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work


def moved(table: str, schema: str, to: str) -> str:
    """The statement that moves the table of this name from one schema to another."""
    name = split(table)[1]
    return f"ALTER TABLE {quoted(f'{schema}.{name}')} SET SCHEMA {column(to)}"


def swapped_columns(title: str) -> str:
    """Under which the journal keeps the columns that the new table had when it came."""
    return f"{title}, columns"


@operation("swap_table")
@dataclass(frozen=True)
class SwapTable(Step):
    """Puts the table of the same name in schema gnkmigrate_staging in the live one's place.

    One short transaction. The live table goes to schema gnkmigrate_archive with all its rows. Its
    foreign keys are asked at the end of a transaction from now on, when the triggers between old
    and new have done their part; one that acts by itself (ON DELETE CASCADE and the like) is
    dropped and remembered. Owner, grants and comments are carried over, and the sequences of the
    new table's columns go on after what those of the old one have given out. Triggers of ours have
    to keep the staged table in step with the live one before, and the archived one afterwards:
    else what is written after the swap would be lost with it.

    Attributes:
        title: the step's name.
        table: "schema.table" of the live table.
        last: SQL that runs in the same transaction after the swap, under its lock.
        view: SQL that makes the view of the old shape, for the old application, under the table's
            name in the schema :"legacy_schema"; not run with the policy legacy = none. Where a
            sequence gives the keys, the view's column takes that of the new table for its default:
            both applications draw from one.
        compare: a SELECT of what the rows of the new table have to be when the swap begins, by the
            names of its columns. Without it columns that old and new table both have are to hold
            the same.
        along: the columns along whose values they are compared, one range after another; the new
            table's key unless they are named. Each side needs an index that begins like them.
    """

    title: str
    table: str
    last: str = ""
    view: str = ""
    # How it is proven is nothing that it is made of, and may be corrected when it stopped there.
    compare: str = field(default="", repr=False)
    along: Named = field(default=(), repr=False)

    @property
    def name(self) -> str:
        return self.title

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def shown(self) -> str:
        return self.table if self.view else ""

    @property
    def cuts_over(self) -> bool:
        return True

    @property
    def archived(self) -> str:
        return self.table

    @property
    def _functions(self) -> Sequence[str]:
        """The functions that the operation makes, "schema.name"."""
        return ()

    @property
    def _staged(self) -> str:
        return own_names.staged(self.table)

    @property
    def _archived(self) -> str:
        return own_names.archived(self.table)

    def comparisons(self, work: Work) -> Sequence[Comparison]:
        self._require_followers(work)
        return (
            cutover_comparisons.of_swap(
                work, self.table, self._staged, self.compare, named(self.along)
            ),
        )

    def check(self, work: Work) -> Sequence[Refusal]:
        hanging = dependents.dependents(work, self.table)
        refusals = [
            *unchecked_functions(
                work,
                f"Functions may use {self.table}, whose shape changes: their bodies have its name.",
                self.table,
                made=self._functions,
            ),
            *archive.refusals(work, self.table),
            *row_security.refusals(work, self.table),
            *(view_place.refusals(work, self.table, swapped=True) if self.view else ()),
        ]
        if not hanging:
            return refusals
        return (
            Refusal(
                f"Other objects hang on {self.table} and would go to the archive with it.",
                hanging,
                len(hanging),
                "Drop them before and create them again on the new shape after the phase.",
            ),
            *refusals,
        )

    def run(self, work: Work) -> int:
        live, staged = quoted(self.table), quoted(self._staged)
        self._require_followers(work)
        relation.keep_maintenance_out(work, live, staged)
        work.execute(f"LOCK TABLE {live}, {staged} IN ACCESS EXCLUSIVE MODE")
        work.remember(self.name, foreign_keys.loosen(work, self.table))
        schema = split(self.table)[0]
        work.execute(moved(self.table, schema, own_objects.ARCHIVE))
        work.execute(moved(self.table, own_objects.STAGING, schema))
        archived = quoted(self._archived)
        carry_privileges(work, archived, quoted(self.table))
        carry_comments(work, archived, quoted(self.table))
        self._carry_row_security(work, archived)
        key_sequences.go_on_after(work, live, archived)
        for sequence, before in key_sequences.pairs(work, live, archived):
            carry_grants(work, before.name, sequence.name)
        if self.last:
            work.execute(self.last)
        # They may have come with the staged table.
        require_followers(work, self.table, self._archived, "before the swap, or with its `last`")
        if self.view and view_place.is_wanted(work.parameters):
            view_place.create_schema(work)
            work.execute(self.view)
            # The old table still has its grants, those on columns that the new one lacks as well.
            carry_to_view(work, archived, view_place.view_of(work.parameters, self.table))
        names = relation.column_names(work, self.table)
        work.remember(swapped_columns(self.name), names)
        by_hand.remember(work, self.name, self._faces(work, names))
        return 0

    def _faces(self, work: Work, names: Sequence[str]) -> Sequence[by_hand.Face]:
        """Where the old table's columns are from now on: under their names."""
        old = [(name, name) for name in relation.column_names(work, self._archived)]
        shared = [pair for pair in old if pair[1] in names]
        whole = "all" if shared == old else "rows"
        live = by_hand.Face(quoted(self.table), shared, whole)
        return (live, *by_hand.view(work, self.table, old))

    def _require_followers(self, work: Work) -> None:
        """No check() sees the triggers that an earlier step of the phase makes."""
        require_followers(work, self.table, self._staged, "in a step before the swap")

    def _carry_row_security(self, work: Work, archived: str) -> None:
        """Policies are refused; without any, row level security lets the owner in alone."""
        on, forced = work.connection.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
            (archived,),
        ).fetchone() or (False, False)
        if on:
            work.execute(f"ALTER TABLE {quoted(self.table)} ENABLE ROW LEVEL SECURITY")
        if forced:
            work.execute(f"ALTER TABLE {quoted(self.table)} FORCE ROW LEVEL SECURITY")

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        schema = split(self.table)[0]
        more = [dedent(render(sql, parameters)).strip() for sql in (self.last, self.view) if sql]
        note = "-- owner and grants are carried over, foreign keys deferred"
        return (
            f"LOCK TABLE {quoted(self.table)}, {quoted(self._staged)} IN ACCESS EXCLUSIVE MODE",
            f"{note}\n{moved(self.table, schema, own_objects.ARCHIVE)}",
            moved(self.table, own_objects.STAGING, schema),
            *more,
        )
