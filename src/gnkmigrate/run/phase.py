"""A phase: its steps in both directions, and how one of several is found."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.run.counterparts import require_counterparts
from gnkmigrate.run.recorder import record
from gnkmigrate.run.step import Step


@dataclass(frozen=True)
class Phase:
    """A named, ordered, reversible part of the migration: one Alembic revision.

    Attributes:
        number: its place in the order, from 1.
        name: the revision's `phase`, or its revision id where it has none.
        title: the first line of the revision's docstring.
        revision: Alembic's revision id.
        file: the revision's file.
        checksum: SHA-256 of the file, in hexadecimal.
        search_path: the revision's own `search_path`; "" for the project's. A revision whose SQL
            qualifies every name says "pg_catalog, pg_temp": others may have functions in the
            project's schemas that fit the arguments better than PostgreSQL's own do (manual, 10.3).
        irreversible: the revision's own: why it cannot be taken back; "" where it can.
        target: the target that was kept for it, or for the next of the later revisions that has
            one; None where the project's is still that.
        branch: the Alembic branch label of an optional phase; "" for one of the core.
        needs: the revisions that have to be in force before it: down_revision and depends_on.
        after_contract: the revision's own: whether no old shape may be kept when it runs.
    """

    number: int
    name: str
    title: str
    revision: str
    down_revision: str | None
    file: Path
    checksum: str
    upgrade: Callable[[], None]
    downgrade: Callable[[], None]
    search_path: str = ""
    irreversible: str = ""
    target: Path | None = None
    branch: str = ""
    needs: tuple[str, ...] = ()
    after_contract: bool = False

    @property
    def optional(self) -> bool:
        """Whether it runs only when somebody asks for it by name."""
        return bool(self.branch)

    @cached_property
    def up_steps(self) -> tuple[Step, ...]:
        return record(self.upgrade)

    @cached_property
    def down_steps(self) -> tuple[Step, ...]:
        return record(self.downgrade, self.up_steps)

    @property
    def outlives_contract(self) -> bool:
        """Whether it can be taken back after contract, which an optional phase may."""
        return self.optional and all(
            step.outlives_contract for step in self.up_steps if step.changes
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that its steps read whole or lock, "schema.table"."""
        steps = (*self.up_steps, *self.down_steps)
        return tuple(sorted({table for step in steps for table in step.tables}))


def core_of(phases: Sequence[Phase]) -> tuple[Phase, ...]:
    """Those that an upgrade runs by itself."""
    return tuple(phase for phase in phases if not phase.optional)


def needed_by(phase: Phase, phases: Sequence[Phase]) -> frozenset[str]:
    """The revisions without which a phase cannot be, those that these need among them."""
    by_revision = {each.revision: each for each in phases}
    found: set[str] = set()
    open_ = list(phase.needs)
    while open_:
        revision = open_.pop()
        if revision not in found and revision in by_revision:
            found.add(revision)
            open_ += by_revision[revision].needs
    return frozenset(found)


def read_steps(phases: Sequence[Phase]) -> Sequence[tuple[Step, ...]]:
    """Asks every revision for its steps, which the phases keep.

    Raises:
        RevisionError: a revision's upgrade() or downgrade() fails, or the one does not take back
            what the other does.
    """
    for phase in phases:
        require_counterparts(phase, phase.irreversible)
    return [steps for phase in phases for steps in (phase.up_steps, phase.down_steps)]


def find_phase(phases: Sequence[Phase], wanted: str) -> Phase:
    """The phase of this name or number.

    Raises:
        PhaseRefused: there is none; the message suggests the nearest.
    """
    for phase in phases:
        if wanted in {phase.name, str(phase.number), phase.revision}:
            return phase
    names = [phase.name for phase in phases]
    nearest = difflib.get_close_matches(wanted, names, n=1, cutoff=0.4)
    raise PhaseRefused(
        f'There is no phase "{wanted}".',
        details=[f"{phase.number} {phase.name}: {phase.title}" for phase in phases],
        hint=f'Did you mean "{nearest[0]}"?' if nearest else "Take one of these.",
    )
