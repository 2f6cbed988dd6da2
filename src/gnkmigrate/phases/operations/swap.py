"""op.swap_table, op.unswap_table: the new shape takes the old one's place, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent

from gnkmigrate import own
from gnkmigrate.phases import archive, foreign_keys, key_sequences, legacy, relation, view_place
from gnkmigrate.phases.followed import require_followers
from gnkmigrate.phases.mentions import unchecked_functions
from gnkmigrate.phases.names import column, quoted, split
from gnkmigrate.phases.privileges import (
    carry_comments,
    carry_grants,
    carry_privileges,
    carry_to_view,
)
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.step import Refusal, Step
from gnkmigrate.phases.template import render
from gnkmigrate.phases.work import Work


def _move(table: str, schema: str, to: str) -> str:
    name = split(table)[1]
    return f"ALTER TABLE {quoted(f'{schema}.{name}')} SET SCHEMA {column(to)}"


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
    """

    title: str
    table: str
    last: str = ""
    view: str = ""

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
    def _staged(self) -> str:
        return f"{own.STAGING}.{split(self.table)[1]}"

    @property
    def _archived(self) -> str:
        return f"{own.ARCHIVE}.{split(self.table)[1]}"

    def check(self, work: Work) -> Sequence[Refusal]:
        hanging = relation.dependents(work, self.table)
        refusals = [
            *unchecked_functions(
                work,
                f"Functions may use {self.table}, whose shape changes: their bodies have its name.",
                self.table,
            ),
            *archive.refusals(work, self.table),
            *(view_place.refusals(work, self.table) if self.view else ()),
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
        # No check() sees the triggers that an earlier step of the phase makes.
        require_followers(work, self.table, self._staged, "in a step before the swap")
        relation.keep_maintenance_out(work, live, staged)
        work.execute(f"LOCK TABLE {live}, {staged} IN ACCESS EXCLUSIVE MODE")
        work.remember(self.name, foreign_keys.loosen(work, self.table))
        schema = split(self.table)[0]
        work.execute(_move(self.table, schema, own.ARCHIVE))
        work.execute(_move(self.table, own.STAGING, schema))
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
            carry_to_view(work, quoted(self.table), view_place.view_of(work.parameters, self.table))
        return 0

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
            f"{note}\n{_move(self.table, schema, own.ARCHIVE)}",
            _move(self.table, own.STAGING, schema),
            *more,
        )


@operation("unswap_table")
@dataclass(frozen=True)
class UnswapTable(Step):
    """Takes swap_table back: the archived table, which was kept in step, is the live one again.

    Attributes:
        title: the name of the swap.
        table: "schema.table".
        also: further tables that lead the archived one and may not be written meanwhile.
        after: SQL that runs once the old table is back in its place.
    """

    title: str
    table: str
    also: tuple[str, ...] = ()
    after: str = ""

    @property
    def name(self) -> str:
        return self.title

    @property
    def tables(self) -> Sequence[str]:
        return (self.table, *self.also)

    @property
    def _archived(self) -> str:
        return f"{own.ARCHIVE}.{split(self.table)[1]}"

    def run(self, work: Work) -> int:
        listed = (quoted(table) for table in (self._archived, self.table, *self.also))
        relation.keep_maintenance_out(work, *listed)
        legacy.hide(work, self.table)
        for table in (self._archived, self.table):
            work.execute(f"LOCK TABLE {quoted(table)} IN ACCESS EXCLUSIVE MODE")
        for table in self.also:
            work.execute(f"LOCK TABLE {quoted(table)} IN SHARE ROW EXCLUSIVE MODE")
        schema = split(self.table)[0]
        work.execute(_move(self.table, schema, own.STAGING))
        work.execute(_move(self.table, own.ARCHIVE, schema))
        staged = f"{own.STAGING}.{split(self.table)[1]}"
        key_sequences.go_on_after(work, quoted(self.table), quoted(staged))
        foreign_keys.tighten(work, self.table, work.recall(self.name) or ())
        work.forget(self.name)
        if self.after:
            work.execute(self.after)
        own.drop_empty_legacy(work.connection)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        schema = split(self.table)[0]
        after = [dedent(render(self.after, parameters)).strip().rstrip(";")] if self.after else []
        return (
            f"LOCK TABLE {quoted(self._archived)}, {quoted(self.table)} IN ACCESS EXCLUSIVE MODE",
            _move(self.table, schema, own.STAGING),
            f"{_move(self.table, own.ARCHIVE, schema)};\n-- and its foreign keys as they were",
            *after,
        )


@operation("validate_foreign_keys")
@dataclass(frozen=True)
class ValidateForeignKeys(Step):
    """Validates the foreign keys that unswap_table has put back, while the application works.

    Attributes:
        table: "schema.table".
    """

    table: str

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return f"foreign keys of {self.table} hold"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def run(self, work: Work) -> int:
        for name in foreign_keys.not_valid(work, self.table):
            work.execute(f"ALTER TABLE {quoted(self.table)} VALIDATE CONSTRAINT {column(name)}")
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- validates the foreign keys of {self.table} that are not valid",)
