"""`gnkmigrate sqlalchemy models`."""

from pathlib import Path
from typing import Annotated

import typer

from gnkmigrate.cli import _context


def command(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file.", metavar="FILE")
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(help="The schema to write models of, instead of the project's target."),
    ] = None,
) -> None:
    """Write SQLAlchemy models of the target.

    A declarative class for each table, by sqlacodegen, from the target as PostgreSQL has made it
    in a throwaway server.

    Example: gnkmigrate sqlalchemy models --output shop/models.py
    """
    from gnkmigrate.orm.sqlalchemy.models import sqlalchemy_models
    from gnkmigrate.servers.choice import DEFAULT_MAJOR

    project = _context.settings(context)
    major = project.server.major or DEFAULT_MAJOR
    text = sqlalchemy_models(target or project.target_source, project, major)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        _context.stderr(context).print(f"wrote {output}")
