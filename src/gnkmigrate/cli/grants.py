"""`gnkmigrate grants`."""

from typing import Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._result import write_as_it_is

LEFT = 1


def command(
    context: typer.Context,
    role: Annotated[
        str, typer.Option(help="What the role is called; else DATABASE_migrator.", metavar="NAME")
    ] = "",
) -> None:
    """Show the SQL that makes a role for migrating, which is no superuser.

    It only reads the database. Exits with 1 where something belongs to a superuser, which
    somebody has to decide on first.

    Example: gnkmigrate grants > role.sql
    """
    from gnkmigrate.facts.reading import read_snapshot
    from gnkmigrate.postgres.connection import connect
    from gnkmigrate.run.migrating_role import migrating_role
    from gnkmigrate.text.escape import visible

    project = _context.settings(context)
    with connect(_context.live_url(context, project), read_only=True) as connection:
        snapshot = read_snapshot(connection, ignore=project.ignore, schemas=project.read_schemas)
        found = migrating_role(connection, snapshot, role)
    for line in found.lines:
        write_as_it_is((visible(line) if line.startswith("--") else line) + "\n")
    if found.taken_back:
        typer.echo(
            "-- Nobody has had what this takes back. Keep it, and run it after gnkmigrate contract,"
        )
        typer.echo("-- once every phase is contracted:")
    for line in found.taken_back:
        typer.echo(f"-- {visible(line)}")
    if not found.left:
        return
    typer.echo("-- These belong to a superuser, or to a role of PostgreSQL's own, for whom no")
    typer.echo(
        "-- other role should stand. Decide whose they are to be, run what is right, and then"
    )
    typer.echo("-- then gnkmigrate grants again.")
    for line in found.left:
        typer.echo(f"-- {visible(line)}")
    _context.stderr(context).print(
        f"{len(found.left)} of the project's objects belong to a superuser or to a role of "
        "PostgreSQL's own; see the end.",
        soft_wrap=True,
    )
    raise typer.Exit(LEFT)
