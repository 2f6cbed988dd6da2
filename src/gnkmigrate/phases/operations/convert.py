"""op.convert_columns: other types, names and defaults, and what the way back will need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from gnkmigrate.facts.fact import Identity
from gnkmigrate.phases import legacy, policies, preflight, relation, shadow
from gnkmigrate.phases.conversion import Conversion, alter_to_new
from gnkmigrate.phases.convertible import misplaced_columns, unfit_policies, unfit_rows
from gnkmigrate.phases.exchange import locked
from gnkmigrate.phases.index_copy import unsupported
from gnkmigrate.phases.mentions import unchecked_functions
from gnkmigrate.phases.names import column, quoted, split
from gnkmigrate.phases.operations.convert_online import (
    building,
)
from gnkmigrate.phases.operations.extension import CreateExtension
from gnkmigrate.phases.operations.sql_step import SqlStep
from gnkmigrate.phases.operations.take_misfits_back import TakeMisfitsBack
from gnkmigrate.phases.ordinary import Ordinary
from gnkmigrate.phases.preflight.asked import Asked
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.reshaping import Reshaping
from gnkmigrate.phases.residue import ROW
from gnkmigrate.phases.row_key import Named
from gnkmigrate.phases.step import Refusal, Step
from gnkmigrate.phases.template import render
from gnkmigrate.phases.work import Work

# What a revision makes with them nobody knows before they run.
_OWN_SQL = (SqlStep, Ordinary, CreateExtension)


@operation("convert_columns")
def convert_columns(
    table: str, key: Named = (), conversions: tuple[Conversion, ...] = ()
) -> tuple[Step, ...]:
    """Changes columns of one table, and keeps what the way back would lose.

    A value that `back` does not turn into exactly what it was is residue: original and converted
    text are kept by row. Types, defaults and nullability are remembered as they were found. A
    table of more than `limits.rewrite_rows` rows is not rewritten: its new columns are built
    beside the old ones while the application writes.

    Args:
        table: "schema.table".
        key: the column, or columns, that tell rows apart; the table's key where nothing is said.
        conversions: the columns' changes.
    """
    spec, before = building(table, key, conversions, "up")
    return (*before, ConvertColumns(spec), TakeMisfitsBack(spec))


@dataclass(frozen=True)
class ConvertColumns(Step):
    """The new columns take the place of the old ones; a small table is rewritten here."""

    reshaping: Reshaping

    @property
    def name(self) -> str:
        return self.reshaping.name

    @property
    def tables(self) -> Sequence[str]:
        return (self.reshaping.table,)

    def check(self, work: Work) -> Sequence[Refusal]:
        spec = self.reshaping
        names = [change.column for change in spec.conversions]
        refusals = []
        hanging = relation.dependents(work, spec.table, names, policies_carried=True)
        if hanging:
            refusals.append(
                Refusal(
                    f"Other objects use columns of {spec.table} whose type changes.",
                    hanging,
                    len(hanging),
                    "Drop them before and create them again after the phase.",
                )
            )
        refusals += unchecked_functions(
            work,
            f"Functions may use columns of {spec.table} that change: their bodies have the names.",
            spec.table,
            names,
        )
        if Identity("table", split(spec.table)) not in work.facts:
            return [Refusal(f"{spec.table} is not a table.", hint="Look at the revision.")]
        found = relation.columns(work, spec.table, names)
        misplaced = misplaced_columns(work, spec.table, spec.conversions)
        if misplaced:
            return [*refusals, misplaced]
        asked = preflight.refusals(self._asked(work, found))
        if asked:
            return [*refusals, *asked]
        unfit = unfit_policies(work, spec.table, spec.conversions)
        refusals += [unfit] if unfit else []
        refusals += unfit_rows(work, spec.table, spec.old_key(work), spec.conversions)
        replaced = [
            change.column
            for change in spec.conversions
            if shadow.rewrites(change, found[change.column])
        ]
        fixed = unsupported(work, spec.table, replaced) if replaced else []
        if fixed:
            refusals.append(
                Refusal(
                    f"What hangs on columns of {spec.table} cannot be carried over to new ones.",
                    fixed,
                    len(fixed),
                    "Drop it before the phase and create it again after it.",
                )
            )
        return refusals

    def _asked(self, work: Work, found: relation.Columns) -> Asked:
        spec = self.reshaping
        rewritten = (
            change.column
            for change in spec.conversions
            if shadow.rewrites(change, found[change.column])
        )
        before = takewhile(lambda step: step.name != self.name, work.beside)
        return Asked(
            work=work,
            facts=work.facts,
            table=spec.table,
            key=spec.key,
            conversions=spec.conversions,
            types={name: str(declared["type"]) for name, declared in found.items()},
            rewritten=frozenset(rewritten),
            is_prepared=any(isinstance(step, _OWN_SQL) for step in before),
        )

    def run(self, work: Work) -> int:
        spec = self.reshaping
        exchanging = locked(spec, work)
        lifted = policies.lift(work, spec.table, spec.renames)
        rows = 0
        if exchanging:
            work.connection.execute(exchanging.encode())
            spec.forget_choice(work)
        else:
            rows = self._rewrite(work)
        policies.restore(work, lifted)
        if not exchanging or spec.new_key(work) != spec.old_key(work):
            spec.follow_originals(work, spec.new_key(work))
        legacy.show_converted(work, spec.table, spec.conversions)
        return rows

    def _rewrite(self, work: Work) -> int:
        spec = self.reshaping
        for built in spec.shadows(work):
            if built.residue is not None:
                kept = built.residue
                source = f"FROM {quoted(spec.table)} AS old WHERE {kept.needed}"
                work.execute(kept.insert(source).replace(ROW, "old"))
        for statement in self.script(work.parameters):
            work.execute(statement)
        return int(work.value(f"SELECT count(*) FROM {quoted(spec.table)}"))

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        spec = self.reshaping
        actions = [action for change in spec.conversions for action in alter_to_new(change)]
        table = quoted(spec.table)
        renames = [
            f"ALTER TABLE {table} RENAME COLUMN {column(change.column)} TO {column(change.rename)}"
            for change in spec.conversions
            if change.rename
        ]
        alter = f"ALTER TABLE {table}\n  " + ",\n  ".join(actions)
        return (render(alter, parameters), *renames)
