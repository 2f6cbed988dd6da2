"""`gnkmigrate audit`."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import (
    TERMINAL,
    Explain,
    OnlyChecks,
    SkipChecks,
    format_and_file,
    formats,
    offered,
)
from gnkmigrate.cli._renames import NoRename, Rename, note, said
from gnkmigrate.cli._result import show, write_files

if TYPE_CHECKING:
    from gnkmigrate.settings import Settings

FOUND = 1
_SUBJECT = "audit"  # whose renderers show it


class Threshold(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"
    NEVER = "never"


def command(
    context: typer.Context,
    target: Annotated[
        str | None,
        typer.Option(help="What it should be; else the settings' target.", metavar="SCHEMA"),
    ] = None,
    format_: Annotated[str, formats(_SUBJECT, TERMINAL)] = TERMINAL,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to; else stdout.", metavar="FILE"),
    ] = None,
    write: Annotated[
        list[str] | None,
        typer.Option(help="A further report, as markdown=FILE; repeatable.", metavar="FORMAT=FILE"),
    ] = None,
    fail_on: Annotated[
        Threshold, typer.Option(help="Exit code 1 from this severity on.")
    ] = Threshold.HIGH,
    baseline: Annotated[
        Path | None,
        typer.Option(
            help="A JSON report: what it has already does not count for --fail-on.",
            metavar="FILE",
        ),
    ] = None,
    update_baseline: Annotated[
        bool,
        typer.Option(
            "--update-baseline",
            help="Write what is found to --baseline, else to audits/baseline.json.",
        ),
    ] = False,
    only: OnlyChecks = None,
    skip: SkipChecks = None,
    no_data_checks: Annotated[
        bool, typer.Option("--no-data-checks", help="Read the catalog alone, no rows.")
    ] = False,
    sample: Annotated[
        int | None,
        typer.Option(
            help="Of larger tables, look at about so many rows only.", min=1, metavar="ROWS"
        ),
    ] = None,
    explain: Explain = None,
    details: Annotated[
        bool, typer.Option("--details", "-d", help="Show every finding, with evidence and SQL.")
    ] = False,
    rename: Rename = None,
    no_rename: NoRename = None,
) -> None:
    """Compare the live database with its target, and check both: what is missing, what is wrong.

    Reads only. The exit code is 1 where something is found that is as severe as --fail-on.

    Example: gnkmigrate audit --write markdown=audits/today.md
    """
    from datetime import UTC, datetime

    from gnkmigrate.audit.finding import Severity
    from gnkmigrate.audit.options import AuditOptions
    from gnkmigrate.audit.selection import Selection
    from gnkmigrate.audit.session import audit_project
    from gnkmigrate.cli._report_file import check_writable
    from gnkmigrate.diff.settling import leave_open

    if update_baseline and (only or skip or no_data_checks):
        raise typer.BadParameter(
            "--update-baseline needs the whole audit: leave out --only, --skip, --no-data-checks."
        )
    project = _context.settings(context)
    if explain is not None:
        typer.echo(_page(project, explain), nl=False)
        return
    kept = baseline or project.path(project.audits) / "baseline.json"
    known = offered(_SUBJECT, TERMINAL)
    files = [format_and_file(text, known) for text in write or ()]
    files += [(format_, output)] if output else []
    check_writable([path for _, path in files] + ([kept] if update_baseline else []))
    result = audit_project(
        project,
        _context.live_url(context, project),
        AuditOptions(
            target,
            Selection(tuple(only or ()), tuple(skip or ())),
            not no_data_checks,
            baseline if baseline and (baseline.exists() or not update_baseline) else None,
            sample,
            said(rename, no_rename),
            leave_open,
            partial(note, context, []),
        ),
        datetime.now(UTC),
        _teller(context),
    )
    severity = None if fail_on is Threshold.NEVER else Severity.named(fail_on.value)
    write_files(_SUBJECT, files, result, details=True, fail_on=severity)
    if update_baseline:
        write_files(_SUBJECT, [("json", kept)], result)
    if output is None:
        whole = details or _context.options(context).verbose
        show(context, _SUBJECT, format_, result, details=whole, fail_on=severity, bold=False)
    if severity is not None and not update_baseline and result.counting(severity):
        raise typer.Exit(FOUND)


def _page(project: "Settings", name: str) -> str:
    """What the check of that id or name is about, in Markdown."""
    from gnkmigrate.audit import checks
    from gnkmigrate.audit.explain import explain
    from gnkmigrate.audit.policy import Policy

    return explain(name, (*checks.discover(), *Policy.of(project).project_checks))


def _teller(context: typer.Context) -> Callable[[str], None]:
    """Tells what is being done, where the user asked for that."""
    import json

    given = _context.options(context)
    if not given.verbose:
        return lambda _: None
    if given.log_format is _context.LogFormat.JSON:
        return lambda text: typer.echo(json.dumps({"event": "progress", "text": text}), err=True)
    return _context.stderr(context).print
