"""`gnkmigrate plan`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gnkmigrate.cli import _context

PENDING = 1


class Format(StrEnum):
    TEXT = "text"
    SQL = "sql"
    JSON = "json"


def command(
    context: typer.Context,
    target: Annotated[
        str | None,
        typer.Option(help="What it should be; else the settings' target.", metavar="SCHEMA"),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="How to show it.")
    ] = Format.TEXT,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to; else stdout.", metavar="FILE"),
    ] = None,
    online: Annotated[
        bool,
        typer.Option(
            "--online/--offline",
            help="Keep locks short, or use fewer statements that lock for longer.",
        ),
    ] = True,
) -> None:
    """Show the SQL that takes the live database to its target, and what each statement does.

    Every statement says which lock it takes, whether it rewrites or reads a whole table, and
    what data is lost with it. Nothing is run. The exit code is 1 where there is something to do.

    Example: gnkmigrate plan --format sql --output plan.sql
    """
    from gnkmigrate.plan.document import write_plan
    from gnkmigrate.plan.script import write_script
    from gnkmigrate.plan.session import plan_project
    from gnkmigrate.plan.text import render_plan
    from gnkmigrate.report.files import check_writable, write_report

    check_writable([output] if output else [])
    project = _context.settings(context)
    planned = plan_project(project, _context.live_url(context, project), target, online=online)
    if format_ is Format.TEXT:
        text = render_plan(planned.statements)
        if output is None:
            _context.stdout(context).print(text, soft_wrap=True)
        rendered = f"{text.plain}\n"
    elif format_ is Format.SQL:
        rendered = write_script(planned.statements, planned.source_name, planned.target_name)
    else:
        rendered = write_plan(planned)
    if output is not None:
        write_report(output, rendered)
    elif format_ is not Format.TEXT:
        typer.echo(rendered, nl=False)
    if planned.statements:
        raise typer.Exit(PENDING)
