"""`gnkmigrate typeorm check`."""

from pathlib import Path
from typing import Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import TERMINAL, TEXT, formats
from gnkmigrate.cli._result import show
from gnkmigrate.cli.typeorm._shared import Target, tell

FOUND = 1
_SUBJECT = "typeorm"  # whose renderers show it


def command(
    context: typer.Context,
    entities: Annotated[
        Path,
        typer.Option("--entities", help="The folder of the team's entities.", metavar="DIR"),
    ],
    target: Target = None,
    format_: Annotated[str, formats(_SUBJECT)] = TEXT,
) -> None:
    """Compare what a team's own entities make with the target.

    The team's own TypeORM makes their schema on a throwaway server, through Node.js. What
    TypeORM has no word for is no finding. Exits with 1 when there are findings.

    Example: gnkmigrate typeorm check --entities backend/src/entities
    """
    from gnkmigrate.orm.typeorm.check import check_entities

    messages = _context.stderr(context)
    settings = _context.settings(context)
    result = check_entities(
        settings, target, entities, lambda text: messages.print(f"{text[:-1]} ...")
    )
    show(context, _SUBJECT, format_, result)
    if format_ == TERMINAL:
        tell(context, result.limits)
    if result.findings:
        raise typer.Exit(FOUND)
