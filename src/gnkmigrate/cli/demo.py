"""`gnkmigrate demo`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context

if TYPE_CHECKING:
    from rich.console import Console

    from gnkmigrate.audit.result import AuditResult
    from gnkmigrate.cli._outcome import PhaseOutcome
    from gnkmigrate.demo.data import Answer
    from gnkmigrate.demo.story import Scene
    from gnkmigrate.run.events import Event
    from gnkmigrate.run.fingerprint import Fingerprint
    from gnkmigrate.servers import Server

_MOST_ROWS = 1_000_000
_FINDINGS = 5
_WIDTH = 72


def command(
    context: typer.Context,
    rows: Annotated[
        int,
        typer.Option(
            min=0, max=_MOST_ROWS, metavar="N", help="Rows to generate beside the report's."
        ),
    ] = 200,
    everything: Annotated[
        bool, typer.Option("--everything", help="Show the optional phases as well.")
    ] = False,
) -> None:
    """Show the whole way and back on an embedded server.

    Audits, tries, upgrades, verifies and undoes the database of a real audit report.

    Nothing of yours is touched: the server is started for this and is gone afterwards.

    Example: gnkmigrate demo --rows 5000
    """
    from gnkmigrate.cli._outcome import Outcome
    from gnkmigrate.cli._progress import progress
    from gnkmigrate.demo.project import demo_settings
    from gnkmigrate.demo.story import tell

    console = _context.stdout(context)
    console.print("gnkmigrate demo", style="bold")
    console.print("The database of an audit report, to its target and back again.")
    outcome = Outcome()
    started = 0.0
    with progress(context) as show:
        live = _context.stderr(context).is_terminal

        def observe(event: "Event") -> None:
            outcome(event)
            if live:  # in a pipe, what is told afterwards is enough
                show(event)

        story = tell(demo_settings(), rows, observe, everything=everything)
        for number, (scene, seconds) in enumerate(story, start=1):
            started += seconds
            _write_head(console, number, scene, seconds)
            _write_scene(console, scene, outcome.phases)
            outcome.phases.clear()
    _write_end(console, started, whole=not everything)


def _write_head(console: "Console", number: int, scene: "Scene", seconds: float) -> None:
    from gnkmigrate.text.numbers import duration

    line = f"{number}  {scene.title}"
    console.print(f"\n{line:{_WIDTH - 8}}{duration(seconds):>8}", style="bold", soft_wrap=True)


def _write_scene(console: "Console", scene: "Scene", phases: Sequence["PhaseOutcome"]) -> None:
    from gnkmigrate.demo import story

    match scene:
        case story.ServerStarted(server):
            _write_server(console, server)
        case story.DatabaseFilled(before):
            _write_tables(console, before, "")
        case story.Audited(result, again):
            _write_findings(console, result, again=again)
        case story.TriedOut(tried):
            console.print(
                f"   {len(tried)} phases, carried out in one transaction and rolled back:"
            )
            console.print("   every row and the schema are as before.")
        case story.Migrated():
            _write_phases(console, phases)
        case story.Contracted(removed):
            _write_phases(console, phases)
            console.print(f"   contract has removed {removed} objects of the old shape")
        case story.Queried(answers):
            for answer in answers:
                _write_answer(console, answer)
        case story.Compared(before):
            _write_tables(console, before, "identical")
            console.print(f"   {'the schema, by pg_dump':40}  identical")


def _write_server(console: "Console", server: "Server") -> None:
    from gnkmigrate.text.numbers import server_version

    version = server_version(server.version)
    console.print(f"   PostgreSQL {version}, {server.provider}; it is removed at the end.")


def _write_tables(console: "Console", before: Mapping[str, "Fingerprint"], mark: str) -> None:
    from gnkmigrate.text.numbers import counted

    for found in before.values():
        console.print(f"   {found.relation:26}{counted(found.rows, 'row'):>14}  {mark}".rstrip())


def _write_findings(console: "Console", result: "AuditResult", *, again: bool) -> None:
    from rich.text import Text

    from gnkmigrate.render.parts.lines import write_hanging

    _write_counts(console, result)
    if again:
        return
    for finding in result.findings[:_FINDINGS]:
        write_hanging(console, Text(f"   {finding.severity.label:9} "), Text(finding.message))
    rest = len(result.findings) - _FINDINGS
    if rest > 0:
        console.print(f"   {'...':9} and {rest} more")


def _write_counts(console: "Console", result: "AuditResult") -> None:
    from rich.text import Text

    from gnkmigrate.render.parts.lines import write_hanging
    from gnkmigrate.render.parts.summary import summarise

    summary = summarise(result)
    write_hanging(console, Text("   "), Text(f"{summary.status}: {summary.verdict}"))
    counts = ", ".join(f"{number} {severity.label}" for severity, number in summary.counts.items())
    console.print(f"   {counts}; score {summary.score} of 100")


def _write_phases(console: "Console", phases: Sequence["PhaseOutcome"]) -> None:
    from gnkmigrate.text.numbers import counted, duration

    for phase in phases:
        proven = sum(not result.reports for result in phase.verified)
        verified = counted(proven, "verification") if phase.verified else ""
        line = (
            f"   ok  {phase.phase:18}{counted(phase.steps, 'step'):>9}"
            f"{counted(phase.rows, 'row'):>13}{duration(phase.seconds):>12}  {verified}"
        )
        console.print(line.rstrip(), soft_wrap=True)
        for result in phase.verified:
            if result.reports:
                console.print(f"       {result.name}: {result.value}", style="dim")


def _write_answer(console: "Console", answer: "Answer") -> None:
    from gnkmigrate.render.parts.lines import write_table

    console.print(f"   {answer.title}:")
    write_table(console, answer.columns, answer.rows, indent=5)


def _write_end(console: "Console", seconds: float, *, whole: bool) -> None:
    from gnkmigrate.text.numbers import duration

    ended = "the database is what it was at first" if whole else "all of it held"
    console.print(f"\nidentical: after {duration(seconds)} {ended}.")
    console.print("\nNext, for a database of your own:")
    for line in (
        "gnkmigrate init --from-url postgresql://user@host/database",
        "gnkmigrate --url postgresql://user@host/database doctor",
        "gnkmigrate --url postgresql://user@host/database audit",
    ):
        console.print(f"   {line}", soft_wrap=True)
