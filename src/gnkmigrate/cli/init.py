from pathlib import Path
from typing import Annotated

import typer

from gnkmigrate.cli import _context


def command(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help="Where the project goes.", metavar="FOLDER")
    ] = Path(),
    from_url: Annotated[
        str | None,
        typer.Option(help="Take target and baseline from this database.", metavar="URL"),
    ] = None,
) -> None:
    """Write the files of a new project: settings, schema, migrations, audits.

    Example: gnkmigrate init --from-url postgresql://localhost/shop
    """
    from gnkmigrate.postgres.connection import DatabaseUrl
    from gnkmigrate.project import create_project

    url = DatabaseUrl.parse(from_url) if from_url else None
    written = create_project(folder, url)
    out = _context.stdout(context)
    for path in written:
        out.print(f"wrote {folder / path}")
    out.print()
    if url is None:
        out.print("next: write the schema that you want into schema/target.sql, then")
        out.print("      gnkmigrate --url postgresql://... audit")
    else:
        out.print("next: gnkmigrate --url postgresql://... audit")
