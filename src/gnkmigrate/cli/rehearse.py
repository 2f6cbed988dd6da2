"""`gnkmigrate rehearse`."""

from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import (
    TEXT,
    Overflow,
    Report,
    SampleRows,
    TrustTriggers,
    Unmapped,
    answers,
    formats,
)
from gnkmigrate.cli._completion import phases
from gnkmigrate.cli._result import report_file, show, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from gnkmigrate.rehearsal.outcome import Rehearsal, StageName
    from gnkmigrate.settings import Settings

DID_NOT_HOLD = 1
_SUBJECT = "rehearsal"  # whose renderers show it


def command(
    context: typer.Context,
    format_: Annotated[str, formats(_SUBJECT)] = TEXT,
    report: Report = None,
    sample: SampleRows = None,
    mask: Annotated[
        bool, typer.Option("--mask", help="Replace text in columns that look secret.")
    ] = False,
    skip_extension: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Copy without this extension; can be repeated."),
    ] = None,
    unmapped: Unmapped = None,
    overflow: Overflow = None,
    phase: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Try this optional phase as well; can be repeated. Else those of the settings.",
            autocompletion=phases,
        ),
    ] = None,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Keep what held in audits/, for the points of an audit."),
    ] = False,
    spill: Annotated[
        bool,
        typer.Option("--spill", help="On the way back, keep what the old shape cannot hold."),
    ] = False,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Try the whole migration and its rollback on a copy.

    Copies the live database, which is only read, into a throwaway server: there a dry run, the
    upgrade phase by phase, verification, audit, the downgrade with every row compared, and the
    upgrade again. Exits with 1 when something did not hold.

    Example: gnkmigrate rehearse --report rehearsal.md
    """
    files = report_file(report)

    from gnkmigrate.cli._progress import progress
    from gnkmigrate.cli._transfer import transfer_progress
    from gnkmigrate.copies.sample import Selection
    from gnkmigrate.rehearsal.rehearse import Listener, rehearse

    project = _context.settings(context, trust_triggers=trust_triggers or None)
    if phase:
        project = project.model_copy(update={"optional_phases": tuple(phase)})
    parameters = answers(unmapped=unmapped, overflow=overflow)
    if spill:
        parameters["spill"] = "yes"
    messages = _context.stderr(context)

    def begin(stage: "StageName") -> None:
        messages.print(f"{stage} ...")

    selection = Selection(sample, mask, tuple(skip_extension or ()))
    with progress(context) as observe:
        listener = Listener(begin, lambda: transfer_progress(context), observe)
        url = _context.live_url(context, project)
        rehearsal = rehearse(project, url, parameters, listener, selection)
    show(context, _SUBJECT, format_, rehearsal)
    write_files(_SUBJECT, files, rehearsal)
    if keep:
        messages.print(f"Kept: {_keep(project, rehearsal)}", soft_wrap=True)
    if not rehearsal.passed:
        raise typer.Exit(DID_NOT_HOLD)
    following = "upgrade" if rehearsal.phases else "status"
    messages.print(f"Next: gnkmigrate {following}")


def _keep(project: "Settings", rehearsal: "Rehearsal") -> "Path":
    from datetime import UTC, datetime

    from gnkmigrate.audit.rehearsed import FILE_NAME

    folder = project.path(project.audits)
    folder.mkdir(exist_ok=True)
    text = rehearsal.kept(datetime.now(UTC)).model_dump_json(indent=2)
    (folder / FILE_NAME).write_text(f"{text}\n", encoding="utf-8")
    return folder / FILE_NAME
