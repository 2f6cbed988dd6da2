"""The phases as a SQL script, for reading."""

from collections.abc import Sequence
from functools import partial

from gnkmigrate.run.events import Direction
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.runner_session import parameters, target_of
from gnkmigrate.run.status import Request
from gnkmigrate.settings import Settings


def script(
    phases: Sequence[Phase], direction: Direction, settings: Settings, request: Request
) -> str:
    """The phases as one SQL script for reading; it keeps no journal."""
    lines: list[str] = []
    given, load = parameters(settings, request), target_of(settings)
    for phase in phases:
        lines += [f"-- phase {phase.number} {phase.name}: {phase.title}", ""]
        for step in phase.up_steps if direction == "up" else phase.down_steps:
            lines.append(f"-- {step.name}")
            bracketed = step.changes and step.transactional
            lines += ["BEGIN;"] if bracketed else []
            lines += [
                f"{statement};" for statement in step.told(given, partial(load, phase.target))
            ]
            lines += ["COMMIT;", ""] if bracketed else [""]
    return "\n".join(lines)
