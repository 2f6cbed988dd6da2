"""`gnkmigrate status`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import TERMINAL, TEXT, formats
from gnkmigrate.cli._result import show

if TYPE_CHECKING:
    from gnkmigrate.run.status import PhaseStatus

PENDING = 1
_SUBJECT = "status"  # whose renderers show it


def command(
    context: typer.Context,
    format_: Annotated[str, formats(_SUBJECT)] = TEXT,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 unless every phase is done.")
    ] = False,
) -> None:
    """Show where every phase stands.

    Example: gnkmigrate status --check
    """
    from gnkmigrate.run.overview import overview
    from gnkmigrate.run.revision import load_all_phases
    from gnkmigrate.run.status import undone

    project = _context.settings(context)
    phases = load_all_phases(project.path(project.migrations))
    found = overview(_context.live_url(context, project), phases)
    show(context, _SUBJECT, format_, found)
    if format_ == TERMINAL and found.phases:
        _context.stderr(context).print(f"\nNext: {_next(found.phases)}", soft_wrap=True)
    if check and (undone(found.phases) or any(each.edited for each in found.phases)):
        raise typer.Exit(PENDING)


def _next(statuses: Sequence["PhaseStatus"]) -> str:
    from gnkmigrate.run.status import undone

    unfinished = undone(statuses)
    if not unfinished:
        return "gnkmigrate verify"
    first = unfinished[0]
    match first.state, first.run.direction if first.run else "up":
        case "running", _:
            return "gnkmigrate status (another gnkmigrate is at work)"
        case "ready", _:
            return f"gnkmigrate cutover, or gnkmigrate downgrade --phase {first.phase.name}"
        case "failed", "down":
            name = first.phase.name
            again = f"upgrade --phase {name}" if first.phase.optional else "upgrade"
            return f"gnkmigrate downgrade --phase {name} (to go on), or gnkmigrate {again}"
        case "failed", _:
            name = first.phase.name
            again = f"upgrade --phase {name}" if first.phase.optional else "upgrade"
            command = "cutover" if first.waiting else again
            return f"gnkmigrate {command} (to go on), or gnkmigrate downgrade --phase {name}"
        case _:
            return "gnkmigrate upgrade --dry-run"
