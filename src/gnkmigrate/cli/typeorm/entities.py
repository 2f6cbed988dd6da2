"""`gnkmigrate typeorm entities`."""

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli.typeorm._shared import Out, Target, tell


def command(context: typer.Context, out: Out, target: Target = None) -> None:
    """Write TypeORM's entity classes for the target.

    One TypeScript file for each table, with relations in both directions. What TypeORM has no
    word for is listed on stderr and in the files.

    Example: gnkmigrate typeorm entities --out backend/src/entities
    """
    from gnkmigrate.orm.typeorm.entities import write_entities
    from gnkmigrate.text.numbers import counted

    written = write_entities(_context.settings(context), target, out)
    console, messages = _context.stdout(context), _context.stderr(context)
    names = ", ".join(entity.class_name for entity in written.model.entities)
    number = counted(len(written.model.entities), "entity", "entities")
    console.print(f"{out}: {number}: {names}", soft_wrap=True)
    tell(context, written.model.all_limits)
    for name in written.stale:
        messages.print(f"No longer written, and still there: {out / name}", soft_wrap=True)
    messages.print(f"Next: gnkmigrate typeorm check --entities {out}", soft_wrap=True)
