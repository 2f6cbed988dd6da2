"""`gnkmigrate restore`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import Format, ResultFormat, Yes

if TYPE_CHECKING:
    from rich.console import Console

    from gnkmigrate.backup import Restored, RestorePlan

VERSION = 1
DIFFERENT = 1
_SHOWN = 10


def command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The dump that backup made.", metavar="FILE")],
    url: Annotated[
        str | None,
        typer.Option(help="The database that takes it; else the live one.", metavar="URL"),
    ] = None,
    clean: Annotated[
        bool, typer.Option("--clean", help="Drop everything that is in the database first.")
    ] = False,
    no_owner: Annotated[
        bool,
        typer.Option(
            "--no-owner", help="Leave out owners and grants: all is the restoring role's."
        ),
    ] = False,
    yes: Yes = False,
    format_: Format = ResultFormat.TEXT,
) -> None:
    """Load a backup into an empty database, and compare the rows with those saved.

    Everything happens in one transaction: when something fails, the database is as it was. The
    exit code is 1 where the rows are not those of the backup.

    Example: gnkmigrate restore backups/shop.dump --url postgresql://localhost/shop_copy
    """
    from gnkmigrate.backup import plan_restore, run_restore
    from gnkmigrate.cli._transfer import transfer_progress
    from gnkmigrate.postgres.connection import DatabaseUrl

    if url:
        target = DatabaseUrl.parse(url)
    else:
        target = _context.live_url(context, _context.settings(context))
    with transfer_progress(context) as observe:
        plan = plan_restore(file, target, clean=clean, owners=not no_owner, observe=observe)
    if not yes:
        _ask(context, plan)
    with transfer_progress(context) as observe:
        restored = run_restore(plan, observe)
    if format_ is ResultFormat.JSON:
        import json

        typer.echo(json.dumps(_document(restored), indent=2, ensure_ascii=False))
    else:
        _write(_context.stdout(context), restored)
    if restored.differences:
        raise typer.Exit(DIFFERENT)


def _ask(context: typer.Context, plan: "RestorePlan") -> None:
    """Shows what is about to happen, and where, and asks.

    Raises:
        RestoreRefused: the answer is no, or there is nobody to ask.
    """
    from gnkmigrate.backup import RestoreRefused
    from gnkmigrate.cli._transfer import described
    from gnkmigrate.errors import Interrupted
    from gnkmigrate.text.escape import printable
    from gnkmigrate.text.numbers import counted

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RestoreRefused(
            f"gnkmigrate restore asks before it changes {plan.url}, and here is no terminal to "
            "ask on.",
            hint="Add --yes.",
        )
    console = _context.stderr(context)
    console.quiet = False  # a question cannot be answered unseen
    manifest = plan.manifest
    console.print(f"{manifest.database} as of {manifest.created_at:%Y-%m-%d %H:%M:%S %Z}:")
    console.print(f"  {described(manifest)}")
    if plan.drops:
        console.print(f"{counted(len(plan.drops), 'object')} of {plan.url} will be dropped:")
        for found in plan.drops[:_SHOWN]:
            console.print(f"  {printable(found.description)}", soft_wrap=True)
        if len(plan.drops) > _SHOWN:
            console.print(f"  and {len(plan.drops) - _SHOWN:,} more")
    try:
        agreed = typer.confirm(f"Restore into {plan.url}?", err=True)
    except typer.Abort:
        raise Interrupted("Interrupted; nothing was changed.") from None
    if not agreed:
        raise RestoreRefused("Nothing was changed.")


def _document(restored: "Restored") -> dict[str, Any]:
    from gnkmigrate.text.numbers import server_version

    plan = restored.plan
    return {
        "version": VERSION,
        "path": str(plan.file),
        "database": str(plan.url),
        "server_version": server_version(plan.server_version),
        "dropped": [found.description for found in plan.drops],
        "tables": len(restored.contents.tables),
        "rows": restored.contents.rows,
        "differences": restored.differences,
    }


def _write(console: "Console", restored: "Restored") -> None:
    from gnkmigrate.render.parts.lines import write_line
    from gnkmigrate.text.numbers import counted

    plan, contents = restored.plan, restored.contents
    console.print(f"{plan.file} restored into {plan.url}.", soft_wrap=True)
    for difference in restored.differences:
        write_line(console, "FAILED", difference)
    if not restored.differences:
        tables, rows = counted(len(contents.tables), "table"), counted(contents.rows, "row")
        compared = "row by row" if contents.hashed else "by their number"
        write_line(console, "ok", f"{tables}, {rows} as in the backup, compared {compared}")
