"""`gnkmigrate typeorm migrations`."""

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli.typeorm._shared import Out


def command(context: typer.Context, out: Out) -> None:
    """Write a TypeORM migration for each phase, of plain SQL, up and down.

    The phases run on a throwaway server, with and without rows; what they do there is written
    and tried by itself. A phase that is no plain SQL is refused by name. Optional phases are those
    of the settings (optional_phases).

    Example: gnkmigrate typeorm migrations --out backend/src/migrations
    """
    from gnkmigrate.orm.typeorm.migrations import write_migrations

    messages = _context.stderr(context)
    written = write_migrations(
        _context.settings(context), out, lambda text: messages.print(f"{text[:-1]} ...")
    )
    console = _context.stdout(context)
    for name in written.files:
        console.print(str(out / name), soft_wrap=True)
    for name in written.stale:
        messages.print(f"No longer written, and still there: {out / name}", soft_wrap=True)
    for name, reason in written.left.items():
        messages.print(f"Not written: {name}: {reason}", soft_wrap=True)
    if written.one_way:
        names = ", ".join(written.one_way)
        messages.print(f"Cannot be taken back: {names}", soft_wrap=True)
    messages.print("Next: npx typeorm migration:run -d DATA_SOURCE", soft_wrap=True)
