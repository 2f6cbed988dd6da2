"""`gnkmigrate diff`."""

from enum import StrEnum
from typing import Annotated

import typer

from gnkmigrate.cli import _context

DIFFERENT = 1


class Format(StrEnum):
    TEXT = "text"
    SQL = "sql"
    JSON = "json"


def command(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="The schema as it is.", metavar="SOURCE")],
    target: Annotated[str, typer.Argument(help="The schema as it should be.", metavar="TARGET")],
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="How to show it.")
    ] = Format.TEXT,
) -> None:
    """Show the differences from one schema to another.

    A schema is a database URL, a .sql file or a folder of them, or a snapshot (.json).
    The exit code is 1 where there are differences. --format sql is a script that takes the
    source to the target.

    Example: gnkmigrate diff before.json schema/target.sql
    """
    from gnkmigrate.facts.source import load_schemas
    from gnkmigrate.connection import redact
    from gnkmigrate.diff.compare import compare
    from gnkmigrate.diff.document import write_changes
    from gnkmigrate.diff.text import render_changes
    from gnkmigrate.plan.make import plan
    from gnkmigrate.plan.script import write_script

    project = _context.settings(context)
    before, after = load_schemas((source, target), project)
    changes = compare(before, after)
    if format_ is Format.JSON:
        typer.echo(write_changes(changes, before, after), nl=False)
    elif format_ is Format.SQL:
        statements = plan(changes, before, after, source_timezone=project.source_timezone)
        typer.echo(write_script(statements, redact(source), redact(target)), nl=False)
    else:
        _context.stdout(context).print(render_changes(changes, before, after), soft_wrap=True)
    if changes:
        raise typer.Exit(DIFFERENT)
