"""The downgrade of a revision, made from its upgrade."""

import functools
from collections.abc import Callable, Sequence

from gnkmigrate.errors import RevisionError
from gnkmigrate.run.recorder import current
from gnkmigrate.run.step import Step

Function = Callable[[], None]


def reversible(upgrade: Function) -> Function:
    """Gives the revision of an upgrade() the downgrade() that takes each of its steps back.

    A decorator. What a step does not know how to take back is refused when the revision is read:
    the revision then needs a downgrade() of its own.
    """

    @functools.wraps(upgrade)
    def downgrade() -> None:
        recorder = current()
        for step in reversed_steps(recorder.aside(upgrade)):
            recorder.add(step)

    downgrade.__name__ = downgrade.__qualname__ = "downgrade"
    upgrade.__globals__["downgrade"] = downgrade
    return upgrade


def reversed_steps(up: Sequence[Step]) -> Sequence[Step]:
    """The steps of the way back, the last one's first.

    Raises:
        RevisionError: a step does not know how it is taken back.
    """
    unknown = [step.name for step in up if step.reverse is None]
    if unknown:
        raise RevisionError(
            "op.reversible does not know how to take these steps back.",
            details=[f'"{name}"' for name in unknown],
            hint='Say it with back="SQL" where the step takes that, say why nothing does '
            '(irreversible="..."), or write a downgrade() and leave op.reversible out.',
        )
    return [back for step in reversed(up) for back in step.reverse or ()]
