"""`gnkmigrate rehearse`."""

from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import (
    Format,
    Overflow,
    Report,
    ResultFormat,
    SampleRows,
    Unmapped,
    answers,
)
from gnkmigrate.cli._completion import phases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console

    from gnkmigrate.rehearsal.outcome import PhaseRun, Rehearsal, Stage, StageName
    from gnkmigrate.settings import Settings

DID_NOT_HOLD = 1
_LOCKS_SHOWN = 3
_HTML = (".html", ".htm")


def command(
    context: typer.Context,
    format_: Format = ResultFormat.TEXT,
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
) -> None:
    """Try the whole migration and its rollback on a copy.

    Copies the live database, which is only read, into a throwaway server: there a dry run, the
    upgrade phase by phase, verification, audit, the downgrade with every row compared, and the
    upgrade again. Exits with 1 when something did not hold.

    Example: gnkmigrate rehearse --report rehearsal.md
    """
    if report is not None and not report.absolute().parent.is_dir():
        raise typer.BadParameter(f"--report: there is no folder {report.absolute().parent}.")

    from gnkmigrate.cli._progress import progress
    from gnkmigrate.cli._transfer import transfer_progress
    from gnkmigrate.copies.sample import Selection
    from gnkmigrate.rehearsal.trial import Listener, rehearse

    project = _context.settings(context)
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
    _write_result(context, rehearsal, format_, report)
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


def _write_result(
    context: typer.Context, rehearsal: "Rehearsal", format_: ResultFormat, report: "Path | None"
) -> None:
    from gnkmigrate.render import renderer

    if format_ is ResultFormat.JSON:
        typer.echo(renderer("rehearsal", "json")(rehearsal), nl=False)
    else:
        _write(_context.stdout(context), rehearsal)
    if report is not None:
        name = "html" if report.suffix.lower() in _HTML else "markdown"
        report.write_text(renderer("rehearsal", name)(rehearsal), encoding="utf-8")


def _write(console: "Console", rehearsal: "Rehearsal") -> None:
    from gnkmigrate.text.numbers import server_version, size

    version = server_version(rehearsal.server_version)
    console.print(
        f"A copy of {rehearsal.database} ({size(rehearsal.size)}) on PostgreSQL {version}, "
        f"{rehearsal.provider}",
        soft_wrap=True,
    )
    if not rehearsal.phases:
        console.print("No phase is pending.")
    for stage in rehearsal.stages:
        _write_stage(console, stage)
        for run in rehearsal.runs:
            if run.round == stage.name:
                _write_run(console, run, max(map(len, rehearsal.phases)))
    _write_checklist(console, rehearsal)
    verdict = "Everything held." if rehearsal.passed else "Not everything held."
    console.print(f"\n{verdict}", style="bold")


def _write_stage(console: "Console", stage: "Stage") -> None:
    from gnkmigrate.render.parts.lines import write_line
    from gnkmigrate.text.numbers import duration

    console.print(f"\n{stage.name}", style="bold")
    if stage.state == "not reached":
        write_line(console, "", stage.state)
        return
    mark = "ok" if stage.state == "ok" else "FAILED"
    text = stage.summary if stage.state == "ok" else f"{stage.problems[0]}"
    write_line(console, mark, f"{text} ({duration(stage.seconds)})")
    for problem in stage.problems[1:]:
        write_line(console, "", problem)
    if stage.hint:
        write_line(console, "", f"next: {stage.hint}")


def _write_run(console: "Console", run: "PhaseRun", longest: int) -> None:
    from gnkmigrate.text.numbers import counted, duration

    proven = sum(result.passed and not result.reports for result in run.verified)
    verified = counted(proven, "verification") if proven else ""
    line = (
        f"         {run.phase:{longest}}  {counted(run.rows, 'row'):>13}{duration(run.seconds):>10}"
        f"  {verified}"
    )
    console.print(line.rstrip(), soft_wrap=True)
    for detail in _costs(run):
        console.print(f"           {detail}", soft_wrap=True)


def _costs(run: "PhaseRun") -> "Iterator[str]":
    """What others feel of it: locks that stop writers, rewritten tables, and the time with all."""
    from gnkmigrate.rehearsal.measure import STOPS_WRITERS
    from gnkmigrate.text.numbers import duration

    stopping = [lock for lock in run.cost.locks if lock.mode in STOPS_WRITERS]
    for lock in sorted(stopping, key=lambda lock: -lock.longest)[:_LOCKS_SHOWN]:
        yield f"{lock.mode} on {lock.relation} for {duration(lock.longest)}"
    if len(stopping) > _LOCKS_SHOWN:
        yield f"and {len(stopping) - _LOCKS_SHOWN:,} more tables locked against writers, for less"
    if run.cost.rewritten:
        yield f"rewritten: {', '.join(run.cost.rewritten)}"
    if run.estimate is not None:
        yield f"with all rows about {duration(run.estimate)}"


def _write_checklist(console: "Console", rehearsal: "Rehearsal") -> None:
    from gnkmigrate.rehearsal.checklist import checklist
    from gnkmigrate.render.parts.lines import write_line

    console.print("\nbefore the upgrade", style="bold")
    for point in checklist(rehearsal):
        if point.state == "not automated":
            write_line(console, "", f"{point.title}: not automated: {point.why}")
        else:
            mark = "ok" if point.state == "ok" else "FAILED"
            write_line(console, mark, f"{point.title}: {point.why}")
