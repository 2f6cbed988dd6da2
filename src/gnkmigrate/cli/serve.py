"""`gnkmigrate serve`."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from gnkmigrate.cli import _context


def command(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where reports are kept; else the settings' audits.", metavar="FOLDER"),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="On which port; 0 takes a free one.", metavar="N")
    ] = 0,
) -> None:
    """Show the kept reports and their trend as a page on this machine, until Ctrl-C.

    Reads JSON reports of `audit` and of `fleet`. It listens on 127.0.0.1 alone, and its address
    holds a random token; it asks no database and writes nothing.

    Example: gnkmigrate serve
    """
    from gnkmigrate.serving.server import serving

    project = _context.settings(context)
    with serving(folder or project.path(project.audits), port) as (server, address):
        typer.echo(address)
        _context.stderr(context).print("Ctrl-C ends it.")
        with suppress(KeyboardInterrupt):
            server.serve_forever()
