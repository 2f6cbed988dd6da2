"""A comparison in which the user has said of everything likely whether it is a rename."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from gnkmigrate.diff.applying import applicable, doubtful
from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.likely_renames import Likely, likely_renames
from gnkmigrate.diff.rename_options import written, written_alone
from gnkmigrate.diff.renames import NO_RENAMES, Renames
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change

# Says which of several likely renames are some, and which are none; saying nothing leaves it open.
Decide: TypeAlias = Callable[[Sequence[Likely]], Renames]


class PossibleRename(GnkMigrateError):
    """Data would be lost with what may only have another name in the target."""


def settled(
    source: Snapshot, target: Snapshot, hints: Renames, decide: Decide
) -> tuple[tuple[Change, ...], Renames]:
    """The changes between two snapshots, and all renames that the user knows of and that apply.

    Args:
        source: the database as it is.
        target: the database as it should be.
        hints: what the user knows already.
        decide: asked about what is likely; a table that has its new name lets its columns be asked
            about.
    """
    for circle in doubtful(hints, source, target):
        # Once it was done, less is different without it.
        meant = replace(hints, standing=hints.standing - circle)
        if len(compare(source, target, meant)) < len(compare(source, target, hints)):
            hints = meant
    while True:
        changes = compare(source, target, hints)
        found = likely_renames(changes, source, target, hints)
        said = decide(found) if found else NO_RENAMES
        if said == NO_RENAMES:
            return changes, applicable(hints, source, target)
        hints = hints.and_also(said)


def refuse(found: Sequence[Likely]) -> Renames:
    """Decides nothing: it is for the user to say.

    Raises:
        PossibleRename: always.
    """
    first = found[0]
    raise PossibleRename(
        "A possible rename: data would be lost with what may only have another name in the target.",
        details=[
            line
            for old, new, why in found
            for line in (
                f"{written(old, new)}? ({why})",
                f"  it is one:  --rename {shlex.quote(written(old, new))}",
                f"  it is none: --no-rename {shlex.quote(written_alone(old))}",
            )
        ],
        hint=f"Say which it is: --rename {shlex.quote(written(first.old, first.new))}, or "
        f"--no-rename {shlex.quote(written_alone(first.old))} to drop and create.",
    )


def leave_open(found: Sequence[Likely]) -> Renames:
    """Decides nothing, and lets it pass as a removal and an addition."""
    del found
    return NO_RENAMES
