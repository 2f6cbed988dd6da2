"""op.convert_columns: other types, names and defaults, and what the way back will need."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from gnkmigrate.errors import RevisionError
from gnkmigrate.facts.fact import Identity
from gnkmigrate.operations import preflight
from gnkmigrate.operations.convert_online import building_steps, require_copies
from gnkmigrate.operations.parts.folding import folding
from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.operations.revert import reverting_steps
from gnkmigrate.operations.splits.spec import twice
from gnkmigrate.operations.take_misfits_back import TakeMisfitsBack
from gnkmigrate.operations.validate_keys import ValidateKeys
from gnkmigrate.operations.verify_columns import VerifyColumns
from gnkmigrate.operations.verify_references import VerifyReferences
from gnkmigrate.run import dependents, relation
from gnkmigrate.run.batches.row_key import Named, named
from gnkmigrate.run.kept.old_value import OldValue
from gnkmigrate.run.names import misnamed, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import column_pair, cutover_comparisons, legacy, policies, shadow_columns
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.convertible import (
    contradicting_rows,
    misplaced_columns,
    stranded_rows,
    unfit_policies,
    unfit_rows,
)
from gnkmigrate.run.sync.exchange import exchange, lock
from gnkmigrate.run.sync.function_mentions import unchecked_functions
from gnkmigrate.run.sync.index_copy import unsupported
from gnkmigrate.run.sync.reshaping import Reshaping
from gnkmigrate.run.sync.row_checksum import Comparison
from gnkmigrate.run.work import Work

# Every table has them, and none of its own of these names (manual, 5.5. System Columns).
SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})


@operation("convert_columns")
def convert_columns(
    table: str, key: Named = (), conversions: tuple[Conversion, ...] = ()
) -> tuple[Step, ...]:
    """Changes columns of one table, and keeps the old ones until contract.

    New columns are built beside the old ones while the application writes, and take their names in
    one short transaction. The old ones stay in the table, under names of ours, and in step with
    the new ones: the old application reads and writes them through its view, and a downgrade gives
    them their names back. A column whose values stay changes its name, default and nullability in
    place.

    Args:
        table: "schema.table".
        key: the column, or columns, that tell rows apart; the table's key where nothing is said.
        conversions: the columns' changes.

    Raises:
        RevisionError: they contradict each other, or there is none.
    """
    wrong = list(_contradictions(conversions))
    if wrong:
        raise RevisionError(
            f"The changes of columns of {table} contradict each other.",
            details=wrong,
            hint="Say each column once, and give it a name that no other has. To exchange two names"
            " takes two revisions, the second after gnkmigrate contract: one gives a column a third"
            " name first.",
        )
    return converting_steps(Reshaping(table, named(key), conversions))


def _contradictions(conversions: Sequence[Conversion]) -> Iterator[str]:
    if not conversions:
        yield "no column changes"
    before = [change.column for change in conversions]
    yield from twice("changes twice", before)
    yield from twice("is the new name of two columns", [each.new_name for each in conversions])
    yield from misnamed(each.new_name for each in conversions)
    for change in conversions:
        if change.rename in SYSTEM_COLUMNS:
            yield f"{change.rename} is a name that PostgreSQL keeps for itself"
        elif change.new_name != change.column and change.new_name in before:
            yield f"{change.column} gets the name {change.new_name}, which another column has still"


def converting_steps(spec: Reshaping) -> tuple[Step, ...]:
    """The steps of the way there."""
    looked_up = all(change.keep for change in spec.conversions)
    return (
        *folding(spec.table, spec.conversions),
        *building_steps(spec),
        ConvertColumns(spec),
        *(() if spec.tied is None else (ValidateKeys(spec),)),
        TakeMisfitsBack(spec),
        VerifyReferences(spec) if looked_up else VerifyColumns(spec),
    )


@dataclass(frozen=True)
class ConvertColumns(Step):
    """The new columns take the names of the old ones, which are kept under others."""

    reshaping: Reshaping

    @property
    def reverse(self) -> Sequence[Step]:
        """With it all the steps before it are taken back."""
        return reverting_steps(self.reshaping)

    @property
    def name(self) -> str:
        return self.reshaping.name

    @property
    def tables(self) -> Sequence[str]:
        return (self.reshaping.table, *(self.reshaping.others))

    @property
    def cuts_over(self) -> bool:
        return True

    def comparisons(self, work: Work) -> Sequence[Comparison]:
        return cutover_comparisons.of_columns(work, self.reshaping)

    def old_values(self, work: Work, table: str) -> Sequence[OldValue]:
        spec = self.reshaping
        if table != spec.table or not spec.is_remembered(work):
            return ()
        return [shadow_columns.old_value(spec.table, work.phase, pair) for pair in spec.pairs(work)]

    def stranded(self, work: Work) -> Sequence[Refusal]:
        spec = self.reshaping
        if not spec.is_remembered(work):
            return ()  # since contract
        return stranded_rows(work, spec.table, spec.new_key(work), spec.pairs(work))

    def check(self, work: Work) -> Sequence[Refusal]:
        spec = self.reshaping
        if Identity("table", split(spec.table)) not in work.facts:
            return [Refusal(f"There is no table {spec.table}.", hint="Look at the revision.")]
        names = [change.column for change in spec.conversions]
        refusals = []
        hanging = self._hanging(work)
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
        found = relation.columns(work, spec.table, names)
        misplaced = misplaced_columns(work, spec.table, spec.conversions)
        if misplaced:
            return [*refusals, misplaced]
        asked = preflight.refusals(self._asked(work, found))
        if asked:
            return [*refusals, *asked]
        unfit = unfit_policies(work, spec.table, spec.conversions)
        refusals += [unfit] if unfit else []
        key = spec.old_key(work)
        unfit_values = unfit_rows(work, spec.table, key, spec.conversions)
        refusals += unfit_values
        changed = [
            change
            for change in spec.conversions
            if column_pair.replaces(change, found[change.column])
        ]
        # What reads other tables is asked again for each value.
        own = [change for change in changed if not change.keep]
        refusals += [] if unfit_values else contradicting_rows(work, spec.table, key, own)
        replaced = [change.column for change in changed]
        carried = spec.tied is not None
        fixed = unsupported(work, spec.table, replaced, keys_carried=carried) if replaced else []
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

    def _hanging(self, work: Work) -> Sequence[str]:
        """What hangs on the columns and is not carried over."""
        table, changes = self.reshaping.table, self.reshaping.conversions
        renamed = [change.column for change in changes if change.new_name != change.column]
        others = [change.column for change in changes if change.new_name == change.column]
        found: list[str] = []
        for names, lookups_go_on in ((renamed, False), (others, True)):
            if names:
                found += dependents.dependents(
                    work, table, names, policies_carried=True, lookups_go_on=lookups_go_on
                )
        return sorted({*found})

    def _asked(self, work: Work, found: relation.Columns) -> Asked:
        spec = self.reshaping
        rewritten = (
            change.column
            for change in spec.conversions
            if column_pair.replaces(change, found[change.column])
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
            tied=spec.tied,
            is_prepared=any(step.prepares for step in before),
        )

    def run(self, work: Work) -> int:
        spec = self.reshaping
        statements = exchange(spec, work)
        require_copies(spec, work)
        lock(spec, work)
        lifted = policies.lift(work, spec.table, spec.renames)
        if statements:
            work.connection.execute(statements.encode())
        policies.restore(work, lifted)
        legacy.show_converted(work, spec.table, spec.conversions)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        changed = ", ".join(change.column for change in self.reshaping.conversions)
        return (f"-- gives the new columns their names, and keeps the old ones of {changed}",)
