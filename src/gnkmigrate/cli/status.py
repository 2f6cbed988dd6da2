"""`gnkmigrate status`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import Format, ResultFormat

if TYPE_CHECKING:
    from datetime import datetime

    from gnkmigrate.run.cutover import Comparing, Waiting
    from gnkmigrate.run.kept.contract import Remnant
    from gnkmigrate.run.status import PhaseStatus

PENDING = 1


def command(
    context: typer.Context,
    format_: Format = ResultFormat.TEXT,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 unless every phase is done.")
    ] = False,
) -> None:
    """Show where every phase stands.

    Example: gnkmigrate status --check
    """
    from gnkmigrate.connection import connect
    from gnkmigrate.run.kept.contract import kept
    from gnkmigrate.run.revision import load_all_phases
    from gnkmigrate.run.status import status, undone
    from gnkmigrate.text.numbers import server_version

    project = _context.settings(context)
    phases = load_all_phases(project.path(project.migrations))
    url = _context.live_url(context, project)
    with connect(url, read_only=True) as connection:
        statuses = status(connection, phases)
        remnants = kept(connection)
        version = server_version(connection.info.server_version)
    if format_ is ResultFormat.JSON:
        from gnkmigrate.run.status_document import write_status

        typer.echo(write_status(statuses, remnants, str(url), version))
    else:
        _write(context, statuses, remnants, f"{url}, PostgreSQL {version}")
    if check and (undone(statuses) or any(found.edited for found in statuses)):
        raise typer.Exit(PENDING)


def _write(
    context: typer.Context,
    statuses: Sequence["PhaseStatus"],
    remnants: Sequence["Remnant"],
    head: str,
) -> None:

    console = _context.stdout(context)
    console.print(head, soft_wrap=True)
    if not statuses:
        console.print("migrations/ has no revision yet.")
        return
    console.print()
    width = max((len(found.phase.name) for found in statuses), default=0)
    titles = f"{'state':7}  steps  {'rows':>11}  {'finished (UTC)':16}  {'took':>8}"
    number = "#".rjust(len(str(len(statuses))))
    console.print(f"  {number} {'phase':{width}}  {titles}", soft_wrap=True)
    for line in _table(statuses, width):
        console.print(line, soft_wrap=True)
    for found in statuses:
        if found.tuning.said:
            console.print(f"\n{found.phase.name}: {found.tuning}", soft_wrap=True)
        if found.state == "ready" and found.waiting:
            console.print(f"\n{found.phase.name}: {_ready(found.waiting)}", soft_wrap=True)
        if found.state in {"running", "ready"} and found.comparison:
            console.print(f"{found.phase.name}: {_compared(found.comparison)}", soft_wrap=True)
        if found.state == "failed" and found.run and found.run.error:
            console.print(f"\n{found.phase.name}: {found.run.error}", soft_wrap=True)
        if found.edited:
            console.print(
                f"\n{found.phase.name}: {found.phase.file.name} has been edited since it ran; "
                "take it back from version control.",
                soft_wrap=True,
            )
    if remnants:
        console.print(f"\nKept until contract: {_kept(remnants)}.", soft_wrap=True)
    _context.stderr(context).print(f"\nNext: {_next(statuses)}", soft_wrap=True)


def _kept(remnants: Sequence["Remnant"]) -> str:
    """Such as "2 views, 13 columns"; what was spilled counts by its rows."""
    from gnkmigrate.text.numbers import counted

    numbers: dict[str, int] = {}
    for each in remnants:
        number = each.rows or 0 if each.kind == "spilled rows" else 1
        numbers[each.kind] = numbers.get(each.kind, 0) + number
    return ", ".join(counted(number, kind.removesuffix("s")) for kind, number in numbers.items())


def _table(statuses: Sequence["PhaseStatus"], width: int) -> Iterator[str]:
    """The phases of the core, and after them those that are optional."""
    wide = len(str(len(statuses)))
    core = [found for found in statuses if not found.phase.optional]
    for found in core:
        yield f"  {_row(found, width, wide)}".rstrip()
    if len(core) < len(statuses):
        yield "\nOptional: gnkmigrate upgrade --phase NAME runs one of them."
    for found in statuses[len(core) :]:
        yield f"  {_row(found, width, wide)}".rstrip()


def _row(found: "PhaseStatus", width: int, wide: int) -> str:
    from gnkmigrate.text.numbers import duration

    seconds = found.seconds
    when = _when(found.finished_at).removesuffix(" UTC") if found.finished_at else ""
    rows = f"{found.run.rows:,}" if found.run and found.state != "pending" else ""
    steps = f"{found.done_steps}/{found.steps}"
    took = duration(seconds) if seconds is not None else ""
    return (
        f"{found.phase.number:{wide}} {found.phase.name:{width}}  {found.state:7}  {steps:>5}"
        f"  {rows:>11}  {when:16}  {took:>8}"
    )


def _ready(waiting: "Waiting") -> str:
    return f'ready for cutover since {_when(waiting.since)}, before the step "{waiting.step}".'


def _compared(found: "Comparing") -> str:
    """How far the comparison of old and new rows is."""
    if found.agreed:
        return f"all {found.rows:,} new rows were what the old ones say, at {_when(found.at)}."
    of = f" of about {found.total:,}" if found.total >= found.rows else ""
    return f'comparing old and new rows before the step "{found.step}": {found.rows:,}{of}.'


def _when(moment: "datetime") -> str:
    from datetime import UTC

    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _next(statuses: Sequence["PhaseStatus"]) -> str:
    from gnkmigrate.run.status import undone

    unfinished = undone(statuses)
    if not unfinished:
        return "gnkmigrate verify"
    first = unfinished[0]
    match first.state, first.run.direction if first.run else "up":
        case "running", _:
            return "gnkmigrate status (another gnkmigrate is at work)"
        case "ready", _:
            return f"gnkmigrate cutover, or gnkmigrate downgrade --phase {first.phase.name}"
        case "failed", "down":
            name = first.phase.name
            again = f"upgrade --phase {name}" if first.phase.optional else "upgrade"
            return f"gnkmigrate downgrade --phase {name} (to go on), or gnkmigrate {again}"
        case "failed", _:
            name = first.phase.name
            again = f"upgrade --phase {name}" if first.phase.optional else "upgrade"
            command = "cutover" if first.waiting else again
            return f"gnkmigrate {command} (to go on), or gnkmigrate downgrade --phase {name}"
        case _:
            return "gnkmigrate upgrade --dry-run"
