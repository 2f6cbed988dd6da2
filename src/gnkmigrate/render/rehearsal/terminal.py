"""A rehearsal on a terminal: stage by stage, what each phase cost, and what is left to look at."""

from collections.abc import Iterator
from io import StringIO

from rich.console import Console

from gnkmigrate.rehearsal.checklist import checklist
from gnkmigrate.rehearsal.measure import STOPS_WRITERS
from gnkmigrate.rehearsal.outcome import PhaseRun, Rehearsal, Stage
from gnkmigrate.render.parts.console import console_for
from gnkmigrate.render.parts.lines import write_line
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.numbers import counted, duration, server_version, size

_LOCKS_SHOWN = 3


def render(rehearsal: Rehearsal, view: View) -> str:
    """The stages in their order, and whether everything held."""
    text = StringIO()
    console = console_for(view, text)
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
    return text.getvalue()


def _write_stage(console: Console, stage: Stage) -> None:
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


def _write_run(console: Console, run: PhaseRun, longest: int) -> None:
    proven = sum(result.passed and not result.reports for result in run.verified)
    verified = counted(proven, "verification") if proven else ""
    line = (
        f"         {run.phase:{longest}}  {counted(run.rows, 'row'):>13}{duration(run.seconds):>10}"
        f"  {verified}"
    )
    console.print(line.rstrip(), soft_wrap=True)
    for detail in _costs(run):
        console.print(f"           {detail}", soft_wrap=True)


def _costs(run: PhaseRun) -> Iterator[str]:
    """What others feel of it: locks that stop writers, rewritten tables, and the time with all."""
    stopping = [lock for lock in run.cost.locks if lock.mode in STOPS_WRITERS]
    for lock in sorted(stopping, key=lambda lock: -lock.longest)[:_LOCKS_SHOWN]:
        yield f"{lock.mode} on {lock.relation} for {duration(lock.longest)}"
    if len(stopping) > _LOCKS_SHOWN:
        yield f"and {len(stopping) - _LOCKS_SHOWN:,} more tables locked against writers, for less"
    if run.cost.rewritten:
        yield f"rewritten: {', '.join(run.cost.rewritten)}"
    if run.estimate is not None:
        yield f"with all rows about {duration(run.estimate)}"


def _write_checklist(console: Console, rehearsal: Rehearsal) -> None:
    console.print("\nbefore the upgrade", style="bold")
    for point in checklist(rehearsal):
        if point.state == "not automated":
            write_line(console, "", f"{point.title}: not automated: {point.why}")
        else:
            mark = "ok" if point.state == "ok" else "FAILED"
            write_line(console, mark, f"{point.title}: {point.why}")
