"""`gnkmigrate snapshot`."""

from pathlib import Path
from typing import Annotated

import typer

from gnkmigrate.cli import _context


def command(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file.", metavar="FILE")
    ] = None,
) -> None:
    """Write the facts of the live database as JSON.

    Keep one to compare with later, or where the database cannot be reached.

    Example: gnkmigrate snapshot --output before.json
    """
    from gnkmigrate.diff.omitted import told
    from gnkmigrate.facts.document import document_chunks, write_document
    from gnkmigrate.facts.reading import read_snapshot
    from gnkmigrate.postgres.connection import connect
    from gnkmigrate.text.escape import visible

    project = _context.settings(context)
    with connect(_context.live_url(context, project), read_only=True) as connection:
        snapshot = read_snapshot(
            connection,
            ignore=project.ignore,
            schemas=project.read_schemas,
            roles=project.roles,
        )
    messages = _context.stderr(context)
    if output is None:
        typer.echo(write_document(snapshot), nl=False)
    else:
        with output.open("wb") as file:
            file.writelines(document_chunks(snapshot))
        messages.print(f"{output}: {len(snapshot):,} facts of {snapshot.database}.")
    for line in told(snapshot.unread, "not read"):
        messages.print(visible(line), soft_wrap=True)
