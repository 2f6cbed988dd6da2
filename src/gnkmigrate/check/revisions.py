"""What can be said of the revisions without running any of them."""

from collections.abc import Sequence

from gnkmigrate.check.checksums import FILE_NAME, checksum_file, edited, read_checksums
from gnkmigrate.operations.backfill import Backfill
from gnkmigrate.operations.convert import ConvertColumns
from gnkmigrate.operations.swap import SwapTable
from gnkmigrate.proof.stage import Found
from gnkmigrate.run.phase import Phase, core_of, read_steps
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.run.verification import Verification
from gnkmigrate.settings import Settings

_MOVES_ROWS = (Backfill, ConvertColumns, SwapTable)


def read(settings: Settings) -> tuple[Phase, ...]:
    """The phases, with the steps that they say.

    Raises:
        RevisionError: there are several heads, or a revision cannot say its steps.
    """
    phases = load_all_phases(settings.path(settings.migrations))
    read_steps(phases)
    return phases


def described(phases: Sequence[Phase]) -> Found:
    if not phases:
        return Found("there is no revision yet")
    core = core_of(phases)
    text = f"{len(core):,} in one line; the one head is {core[-1].revision}" if core else "none"
    optional = len(phases) - len(core)
    return Found(f"{text}; {optional:,} optional" if optional else text)


def unchanged(settings: Settings, phases: Sequence[Phase]) -> Found:
    """Whether the revisions whose checksum is kept are what they were.

    Raises:
        RevisionError: the file of the checksums cannot be read.
    """
    file = checksum_file(settings.path(settings.migrations))
    sums = read_checksums(file)
    if sums is None:
        return Found(
            f"no {FILE_NAME} is kept; gnkmigrate check --update-checksums writes it", ran=False
        )
    new = sum(phase.file.name not in sums for phase in phases)
    return Found(
        f"{len(sums):,} kept, {new:,} new",
        edited(sums, phases, settings.path(settings.target)),
        "Write a new revision instead. Where it has run nowhere yet: "
        "gnkmigrate check --update-checksums",
    )


def claims(phases: Sequence[Phase]) -> Found:
    """Whether every phase that moves rows proves that it has moved them well."""
    moving = [
        phase for phase in phases if any(isinstance(step, _MOVES_ROWS) for step in phase.up_steps)
    ]
    silent = [
        phase
        for phase in moving
        if not any(isinstance(step, Verification) and not step.reports for step in phase.up_steps)
    ]
    return Found(
        f"phases that move rows: {len(moving):,}",
        tuple(f"phase {phase.name} moves rows and verifies nothing" for phase in silent),
        "Add op.verify with a query that gives the rows that went wrong." if silent else "",
    )
