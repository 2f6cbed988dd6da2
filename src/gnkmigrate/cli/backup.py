"""`gnkmigrate backup`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import Format, ResultFormat, TrustTriggers

if TYPE_CHECKING:
    from rich.console import Console

    from gnkmigrate.backup import Backup

VERSION = 1
DIFFERENT = 1


def command(
    context: typer.Context,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Where to; else a new file in backups/.", metavar="FILE"
        ),
    ] = None,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Restore it into a throwaway server and compare every row."),
    ] = False,
    format_: Format = ResultFormat.TEXT,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Save the whole live database, rows and all, with pg_dump.

    Beside the dump goes a manifest with its checksum and the number of rows of each table, which
    restore looks at. Nobody else may read the files. With --verify the exit code is 1 where
    the restored copy is not the same.

    Example: gnkmigrate backup --verify
    """
    from gnkmigrate.backup import create_backup
    from gnkmigrate.cli._transfer import transfer_progress

    project = _context.settings(context, trust_triggers=trust_triggers or None)
    url = _context.live_url(context, project)
    with transfer_progress(context) as observe:
        made = create_backup(url, project, output=output, verify=verify, observe=observe)
    if format_ is ResultFormat.JSON:
        import json

        typer.echo(json.dumps(_document(made), indent=2, ensure_ascii=False))
    else:
        _write(_context.stdout(context), made)
    if made.differences:
        raise typer.Exit(DIFFERENT)
    restore = f"Next: gnkmigrate restore {made.file} --url URL"
    _context.stderr(context).print(restore, soft_wrap=True)


def _document(made: "Backup") -> dict[str, Any]:
    return {
        "version": VERSION,
        "path": str(made.file),
        "manifest": made.manifest.model_dump(mode="json"),
        "verified": made.verified,
        "differences": made.differences,
        "warnings": made.warnings,
    }


def _write(console: "Console", made: "Backup") -> None:
    from gnkmigrate.cli._transfer import described
    from gnkmigrate.render.parts.lines import write_line
    from gnkmigrate.text.escape import printable
    from gnkmigrate.text.numbers import server_version

    manifest = made.manifest
    for line in (
        str(made.file),
        f"  {manifest.database}, PostgreSQL {server_version(manifest.server_version)}",
        f"  {described(manifest)}",
        f"  SHA-256 {manifest.sha256}",
    ):
        console.print(printable(line), soft_wrap=True)
    for warning in made.warnings:
        write_line(console, "warning", warning)
    if made.verified:
        write_line(console, "ok", "restored into a throwaway server: every object, every row")
    for difference in made.differences:
        write_line(console, "FAILED", difference)
