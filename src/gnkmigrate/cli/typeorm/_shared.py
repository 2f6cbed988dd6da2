"""What the commands for TypeORM share: options, and how limits are told."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gnkmigrate.orm.typeorm.model import Limit

Out = Annotated[Path, typer.Option("--out", help="The folder to write to.", metavar="DIR")]
Target = Annotated[
    str | None,
    typer.Option(help="What it should be; else the settings' target.", metavar="SCHEMA"),
]


def tell(context: typer.Context, limits: "Sequence[Limit]") -> None:
    """Lists on stderr what TypeORM has no word for."""
    from rich.text import Text

    from gnkmigrate.render.parts.lines import write_hanging
    from gnkmigrate.text.escape import printable

    messages = _context.stderr(context)
    if limits:
        messages.print("TypeORM has no word for:")
    for limit in limits:
        write_hanging(messages, Text("  "), Text(printable(str(limit))))
