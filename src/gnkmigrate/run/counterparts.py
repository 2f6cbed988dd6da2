"""Every step of an upgrade is taken back by a step of the downgrade, or says why it is not.

A downgrade that a slip of the pen has parted from its upgrade would drop what was always there, or
leave behind what it claims to have taken back.
"""

import difflib
from collections.abc import Iterator, Sequence

from gnkmigrate.errors import RevisionError
from gnkmigrate.run.step import Runnable, Step


def require_counterparts(phase: Runnable, irreversible: str = "") -> None:
    """Compares the steps of both directions of a revision.

    Args:
        phase: the revision.
        irreversible: why none of it can be taken back; "" where it can.

    Raises:
        RevisionError: a step takes back what the upgrade does not do, or the upgrade does what
            nothing takes back.
    """
    strangers = list(_strangers(phase.up_steps, phase.down_steps))
    if strangers:
        raise RevisionError(
            f"downgrade() in {phase.file.name} takes back what upgrade() does not do.",
            details=strangers,
            hint="A step of downgrade() has the title of the step of upgrade() that it takes back, "
            "or names it with of=.",
        )
    if irreversible:
        return
    left = list(_left(phase.up_steps, phase.down_steps))
    if left:
        raise RevisionError(
            f"upgrade() in {phase.file.name} does what downgrade() does not take back.",
            details=left,
            hint='Write the step that takes it back, or say why there is none: irreversible="...", '
            "of a step, or of the whole revision beside its `phase`.",
        )


def _strangers(up: Sequence[Step], down: Sequence[Step]) -> Iterator[str]:
    names = [step.name for step in up]
    for step in down:
        named = step.undoes != step.name  # one that only looks may belong to no step
        if step.undoes in names or step.one_way or not (step.changes or named):
            continue
        near = difflib.get_close_matches(step.undoes, names, n=1)
        yield f'"{step.undoes}"' + (f': did you mean "{near[0]}"?' if near else "")


def _left(up: Sequence[Step], down: Sequence[Step]) -> Iterator[str]:
    taken = {name for step in down for name in (step.undoes, *step.ends)}
    for step in up:
        if step.changes and not step.one_way and step.name not in taken:
            yield f'"{step.name}"'
