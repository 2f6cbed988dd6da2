"""Where every phase stands, on a terminal: a table, and what is to be known of some below it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import StringIO

from gnkmigrate.render.parts.console import console_for
from gnkmigrate.render.parts.view import View
from gnkmigrate.run.cutover import Comparing, Waiting
from gnkmigrate.run.kept.contract import Remnant
from gnkmigrate.run.overview import Overview
from gnkmigrate.run.status import PhaseStatus
from gnkmigrate.text.numbers import counted, duration, server_version


def render(overview: Overview, view: View) -> str:
    """The phases of the core, and after them those that are optional."""
    text = StringIO()
    console = console_for(view, text)
    for line in _lines(overview):
        console.print(line, soft_wrap=True)
    return text.getvalue()


def _lines(overview: Overview) -> Iterator[str]:
    yield f"{overview.database}, PostgreSQL {server_version(overview.server_version)}"
    if not overview.phases:
        yield "migrations/ has no revision yet."
        return
    yield ""
    yield from _table(overview.phases)
    for found in overview.phases:
        yield from _remarks(found)
    if overview.kept:
        yield f"\nKept until contract: {_kept(overview.kept)}."


def _table(phases: Sequence[PhaseStatus]) -> Iterator[str]:
    width = max(len(found.phase.name) for found in phases)
    wide = len(str(len(phases)))
    titles = f"{'state':7}  steps  {'rows':>11}  {'finished (UTC)':16}  {'took':>8}"
    yield f"  {'#':>{wide}} {'phase':{width}}  {titles}"
    core = [found for found in phases if not found.phase.optional]
    for found in core:
        yield f"  {_row(found, width, wide)}".rstrip()
    if len(core) < len(phases):
        yield "\nOptional: gnkmigrate upgrade --phase NAME runs one of them."
    for found in phases[len(core) :]:
        yield f"  {_row(found, width, wide)}".rstrip()


def _row(found: PhaseStatus, width: int, wide: int) -> str:
    seconds = found.seconds
    when = _when(found.finished_at).removesuffix(" UTC") if found.finished_at else ""
    rows = f"{found.run.rows:,}" if found.run and found.state != "pending" else ""
    steps = f"{found.done_steps}/{found.steps}"
    took = duration(seconds) if seconds is not None else ""
    return (
        f"{found.phase.number:{wide}} {found.phase.name:{width}}  {found.state:7}  {steps:>5}"
        f"  {rows:>11}  {when:16}  {took:>8}"
    )


def _remarks(found: PhaseStatus) -> Iterator[str]:
    """What the table has no column for: how it is tuned, what it waits for, why it failed."""
    name = found.phase.name
    if found.tuning.said:
        yield f"\n{name}: {found.tuning}"
    if found.state == "ready" and found.waiting:
        yield f"\n{name}: {_ready(found.waiting)}"
    if found.state in {"running", "ready"} and found.comparison:
        yield f"{name}: {_compared(found.comparison)}"
    if found.state == "failed" and found.run and found.run.error:
        yield f"\n{name}: {found.run.error}"
    if found.edited:
        yield (
            f"\n{name}: {found.phase.file.name} has been edited since it ran; "
            "take it back from version control."
        )


def _ready(waiting: Waiting) -> str:
    return f'ready for cutover since {_when(waiting.since)}, before the step "{waiting.step}".'


def _compared(found: Comparing) -> str:
    """How far the comparison of old and new rows is."""
    if found.agreed:
        return f"all {found.rows:,} new rows were what the old ones say, at {_when(found.at)}."
    of = f" of about {found.total:,}" if found.total >= found.rows else ""
    return f'comparing old and new rows before the step "{found.step}": {found.rows:,}{of}.'


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _kept(remnants: Sequence[Remnant]) -> str:
    """Such as "2 views, 13 columns"; what was spilled counts by its rows."""
    numbers: dict[str, int] = {}
    for each in remnants:
        number = each.rows or 0 if each.kind == "spilled rows" else 1
        numbers[each.kind] = numbers.get(each.kind, 0) + number
    return ", ".join(counted(number, kind.removesuffix("s")) for kind, number in numbers.items())
