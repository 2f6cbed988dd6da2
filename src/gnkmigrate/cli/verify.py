"""`gnkmigrate verify`."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import Format, ResultFormat, TrustTriggers

if TYPE_CHECKING:
    from gnkmigrate.run.events import Verified

VERSION = 1
FAILED = 1


def command(
    context: typer.Context,
    format_: Format = ResultFormat.TEXT,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Prove again what the phases that are done claim.

    Runs their verification queries in one read-only snapshot. Exits with 1 when one fails.

    Example: gnkmigrate verify --format json
    """
    from gnkmigrate.postgres.connection import connect
    from gnkmigrate.run import lasting_verifications
    from gnkmigrate.run.revision import load_all_phases

    project = _context.settings(context, trust_triggers=trust_triggers or None)
    phases = load_all_phases(project.path(project.migrations))
    url = _context.live_url(context, project)
    with connect(url, search_path=project.schemas) as connection:
        results = lasting_verifications.verify(connection, phases, project)
    if format_ is ResultFormat.JSON:
        typer.echo(_document(results, str(url)))
    else:
        _write(context, results)
    if not all(result.passed for result in results):
        raise typer.Exit(FAILED)


def _document(results: Sequence["Verified"], database: str) -> str:
    import json
    from dataclasses import asdict

    document = {
        "version": VERSION,
        "database": database,
        "passed": all(result.passed for result in results),
        "verifications": [asdict(result) for result in results],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _write(context: typer.Context, results: Sequence["Verified"]) -> None:
    from gnkmigrate.cli._outcome import write_verified
    from gnkmigrate.text.numbers import counted

    console = _context.stdout(context)
    messages = _context.stderr(context)
    if not results:
        messages.print("Nothing to verify: no phase with a lasting claim is done.")
        messages.print("Next: gnkmigrate status")
        return
    for phase, verified in groupby(results, key=lambda result: result.phase):
        console.print(phase, style="bold")
        for result in verified:
            write_verified(console, result)
    failed = sorted({result.phase for result in results if not result.passed})
    console.print()
    if failed:
        number = sum(not result.passed for result in results)
        console.print(f"{number} of {counted(len(results), 'verification')} failed.")
        messages.print(f"Next: fix the rows listed, or gnkmigrate downgrade --phase {failed[-1]}")
    else:
        console.print(f"{counted(len(results), 'verification')}, none failed.")
        messages.print("Next: gnkmigrate audit")
