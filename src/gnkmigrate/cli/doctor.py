"""`gnkmigrate doctor`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import Format, ResultFormat

if TYPE_CHECKING:
    from rich.console import Console

    from gnkmigrate.doctor.probe import Diagnosis

VERSION = 1
WANTING = 1
_TITLE_WIDTH = 11


def command(context: typer.Context, format_: Format = ResultFormat.TEXT) -> None:
    """Say what works here, and what to do about the rest.

    Tries the project's files, the connection, privileges, a throwaway server and the programs.
    Exits with 1 when something that is needed does not work.

    Example: gnkmigrate --url postgresql://localhost/shop doctor
    """
    from pathlib import Path

    from gnkmigrate.doctor.run import examine
    from gnkmigrate.settings_file import find_file

    project = _context.settings(context)
    file = _context.options(context).config or find_file(Path.cwd())
    console = _context.stdout(context)
    found = []
    for diagnosis in examine(project, file, _context.live_url(context, project)):
        found.append(diagnosis)
        if format_ is ResultFormat.TEXT:
            _write(console, diagnosis)
    if format_ is ResultFormat.JSON:
        typer.echo(_document(found))
    else:
        _write_end(context, found)
    if any(diagnosis.state == "failed" for diagnosis in found):
        raise typer.Exit(WANTING)


def _write(console: "Console", diagnosis: "Diagnosis") -> None:
    from gnkmigrate.render.parts.lines import write_line

    mark = "FAILED" if diagnosis.state == "failed" else diagnosis.state
    text = f"{diagnosis.title:{_TITLE_WIDTH}} {diagnosis.message}"
    below = len("warning") + 1 + _TITLE_WIDTH + 1
    write_line(console, mark, text, width=len("warning"), indent=0, hang=_TITLE_WIDTH + 1)
    for line in diagnosis.details:
        write_line(console, "", line, width=below - 1, indent=0)
    if diagnosis.hint:
        write_line(console, "", f"-> {diagnosis.hint}", width=below - 1, indent=0, hang=3)


def _write_end(context: typer.Context, found: Sequence["Diagnosis"]) -> None:
    from gnkmigrate.text.numbers import counted

    failed = sum(diagnosis.state == "failed" for diagnosis in found)
    warnings = sum(diagnosis.state == "warning" for diagnosis in found)
    console = _context.stdout(context)
    console.print()
    if failed:
        console.print(f"{counted(failed, 'thing')} must be fixed; see the lines with ->.")
    else:
        noted = f", with {counted(warnings, 'warning')}" if warnings else ""
        console.print(f"All that is needed works{noted}.")
        connected = any(each.title == "connection" and each.state == "ok" for each in found)
        following = "audit" if connected else "init --from-url URL"
        _context.stderr(context).print(f"Next: gnkmigrate {following}")


def _document(found: Sequence["Diagnosis"]) -> str:
    import json
    import platform
    from dataclasses import asdict

    from gnkmigrate import __version__

    document: dict[str, Any] = {
        "version": VERSION,
        "gnkmigrate": __version__,
        "python": platform.python_version(),
        "passed": all(diagnosis.state != "failed" for diagnosis in found),
        "probes": [asdict(diagnosis) for diagnosis in found],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)
