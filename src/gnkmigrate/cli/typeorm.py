"""Write entities and migrations for TypeORM, or compare entities with the target."""

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


def entities(context: typer.Context, out: Out, target: Target = None) -> None:
    """Write TypeORM's entity classes for the target.

    One TypeScript file for each table, with relations in both directions. What TypeORM has no
    word for is listed on stderr and in the files.

    Example: gnkmigrate typeorm entities --out backend/src/entities
    """
    from gnkmigrate.cli._words import counted
    from gnkmigrate.orm.typeorm.entities import write_entities

    written = write_entities(_context.settings(context), target, out)
    console, messages = _context.stdout(context), _context.stderr(context)
    names = ", ".join(entity.class_name for entity in written.model.entities)
    number = counted(len(written.model.entities), "entity", "entities")
    console.print(f"{out}: {number}: {names}", soft_wrap=True)
    _tell(context, written.model.all_limits)
    for name in written.stale:
        messages.print(f"No longer written, and still there: {out / name}", soft_wrap=True)
    messages.print(f"Next: gnkmigrate typeorm check --entities {out}", soft_wrap=True)


def _tell(context: typer.Context, limits: "Sequence[Limit]") -> None:
    from rich.text import Text

    from gnkmigrate.cli._lines import write_hanging
    from gnkmigrate.cli._words import printable

    messages = _context.stderr(context)
    if limits:
        messages.print("TypeORM has no word for:")
    for limit in limits:
        write_hanging(messages, Text("  "), Text(printable(str(limit))))


COMMANDS = {"entities": entities}
