"""`gnkmigrate typeorm check`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli.typeorm._shared import Target, tell

if TYPE_CHECKING:
    from gnkmigrate.orm.typeorm.check import Checked

FOUND = 1


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def command(
    context: typer.Context,
    entities: Annotated[
        Path,
        typer.Option("--entities", help="The folder of the team's entities.", metavar="DIR"),
    ],
    target: Target = None,
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="How the result is written.")
    ] = Format.TEXT,
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
    if format_ is Format.JSON:
        import json

        from gnkmigrate.orm.typeorm.document import document

        typer.echo(json.dumps(document(result), indent=2, ensure_ascii=False))
    else:
        _write(context, result)
    if result.findings:
        raise typer.Exit(FOUND)


def _write(context: typer.Context, result: "Checked") -> None:
    from gnkmigrate.diff.omitted import AS_FAR, is_whole, told
    from gnkmigrate.render.parts.lines import write_line
    from gnkmigrate.text.numbers import counted

    console = _context.stdout(context)
    for finding in result.findings:
        write_line(console, finding.severity.label, finding.message, width=8, indent=0)
        for difference in finding.evidence.get("differences", ()):
            write_line(console, "", difference, width=8, indent=0)
    for line in told(result.not_compared):
        write_line(console, "note", line, width=8, indent=0)
    entities = counted(len(result.entities), "entity", "entities")
    far = "" if is_whole(result.not_compared) else f", {AS_FAR}"
    console.print(
        f"{entities}, TypeORM {result.version}: {counted(len(result.findings), 'finding')}{far}.",
        style="bold",
        soft_wrap=True,
    )
    tell(context, result.limits)
