"""What upgrade and downgrade share: choose the phases, ask, run them, tell what came of it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._backup_first import back_up
from gnkmigrate.cli._outcome import Outcome, Told
from gnkmigrate.cli._progress import progress
from gnkmigrate.cli._words import counted, server_version
from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.errors import GnkMigrateError, Interrupted, PhaseRefused
from gnkmigrate.phases import runner
from gnkmigrate.phases.events import Direction, Event
from gnkmigrate.phases.revision import Phase, load_phases, read_steps
from gnkmigrate.phases.status import PhaseStatus, Request, select_down, select_up, status
from gnkmigrate.settings import Settings

_COMMAND: dict[Direction, str] = {"up": "gnkmigrate upgrade", "down": "gnkmigrate downgrade"}


def migrate(
    context: typer.Context,
    project: Settings,
    direction: Direction,
    request: Request,
    *,
    last: bool = False,
    sql: bool = False,
    yes: bool = False,
    backup: bool = False,
) -> None:
    """Runs the phases that a request is about, or writes their SQL.

    Args:
        context: the command's.
        project: the settings, flags included.
        direction: "up" or "down".
        request: which phases, and how.
        last: take the last phase that stands, whatever the request says.
        sql: write SQL instead of running anything.
        yes: do not ask.
        backup: save the whole database before the first phase.
    """
    phases = load_phases(project.path(project.migrations))
    read_steps(phases)
    url = _context.live_url(context, project)
    with connect(url, read_only=True) as connection:
        statuses = status(connection, phases)
        server = f"{url}, PostgreSQL {server_version(connection.info.server_version)}"
    if last:
        standing = [found.phase.name for found in statuses if found.state != "pending"]
        request = replace(request, phase=standing[-1] if standing else None)
    chosen = (select_up if direction == "up" else select_down)(statuses, request)
    if not chosen:
        _tell_nothing_to_do(context, statuses, direction, request)
    elif sql:
        typer.echo(runner.script(chosen, direction, project, request))
    else:
        if not request.dry_run and not yes:
            _ask(context, url, server, chosen, direction)
        _run(context, url, phases, direction, request, project, backup=backup)


def _tell_nothing_to_do(
    context: typer.Context,
    statuses: Sequence[PhaseStatus],
    direction: Direction,
    request: Request,
) -> None:
    wanted = request.phase or request.through
    if not statuses:
        text = "Nothing to do: migrations/ has no revision yet."
    elif wanted:
        state = "done already" if direction == "up" else "pending already"
        text = f"Nothing to do: {wanted} is {state}."
    elif direction == "up":
        text = f"Nothing to do: {_all(len(statuses))} done."
    else:
        text = "Nothing to take back: no phase has been run."
    _context.stderr(context).print(text)
    _say_next(context, "gnkmigrate status")


def _all(number: int) -> str:
    return f"all {counted(number, 'phase')} are" if number != 1 else "the one phase is"


def _ask(
    context: typer.Context,
    url: DatabaseUrl,
    server: str,
    chosen: Sequence[Phase],
    direction: Direction,
) -> None:
    """Shows what is about to happen, and where, and asks.

    Raises:
        PhaseRefused: the answer is no, or there is nobody to ask.
    """
    command = _COMMAND[direction]
    doing = "Run" if direction == "up" else "Take back"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise PhaseRefused(
            f"{command} asks before it changes {url}, and here is no terminal to ask on.",
            hint=f"Add --yes, or try it first: {command} --dry-run",
        )
    console = _context.stderr(context)
    console.quiet = False  # a question cannot be answered unseen
    console.print(server)
    console.print()
    width = max(len(phase.name) for phase in chosen)
    for phase in chosen:
        line = f"  {phase.number} {phase.name:{width}}  {phase.title}"
        console.print(line, no_wrap=True, overflow="ellipsis")
    console.print()
    try:
        agreed = typer.confirm(f"{doing} {counted(len(chosen), 'phase')}?", err=True)
    except typer.Abort:
        console.print()
        raise Interrupted("Interrupted; nothing was changed.") from None
    if not agreed:
        raise PhaseRefused("Nothing was changed.", hint=f"To try it first: {command} --dry-run")


def _run(
    context: typer.Context,
    url: DatabaseUrl,
    phases: Sequence[Phase],
    direction: Direction,
    request: Request,
    project: Settings,
    *,
    backup: bool,
) -> None:
    outcome = Told(_context.stdout(context), {phase.name: phase.title for phase in phases})

    def open_session() -> Connection:
        return connect(url, search_path=project.schemas)

    with _explained(outcome, direction, request), progress(context) as show:
        made = back_up(context, url, project) if backup else None

        def observe(event: Event) -> None:
            show(event)
            outcome(event)

        if made is not None:
            observe(made)
        runner.run_to_the_end(open_session, phases, direction, request, project, observe)
    outcome.write_total(direction, dry_run=request.dry_run)
    with connect(url, read_only=True) as connection:
        _say_next(context, _next(status(connection, phases), direction, request))


@contextmanager
def _explained(outcome: Told, direction: Direction, request: Request) -> Iterator[None]:
    """Says where the run stands when something ends it before its time.

    Raises:
        Interrupted: instead of KeyboardInterrupt.
    """
    try:
        yield
    except KeyboardInterrupt:
        outcome.write_unfinished()
        raise Interrupted(
            f"Interrupted{outcome.place}; {_standing(outcome, request)}",
            hint=_on_or_back(outcome, direction, request),
        ) from None
    except GnkMigrateError:
        outcome.write_unfinished()
        raise


def _standing(outcome: Outcome, request: Request) -> str:
    if request.dry_run:
        return "the dry run was rolled back, and the database is as it was."
    if outcome.unfinished is None:
        return "nothing is left half done."
    if request.atomic:
        return f"phase {outcome.unfinished.phase} was rolled back whole."
    return "what it was doing was rolled back, and what was done before stands."


def _on_or_back(outcome: Outcome, direction: Direction, request: Request) -> str:
    unfinished = outcome.unfinished
    if unfinished is None or request.dry_run or request.atomic:
        return "gnkmigrate status shows every phase; the same command starts again."
    other: Direction = "down" if direction == "up" else "up"
    return (
        f"The same command goes on where it stopped; to turn back: "
        f"{_COMMAND[other]} --phase {unfinished.phase}"
    )


def _next(statuses: Sequence[PhaseStatus], direction: Direction, request: Request) -> str:
    if request.dry_run:
        wanted = [
            f" --{name} {value}"
            for name, value in (("phase", request.phase), ("through", request.through))
            if value
        ]
        return _COMMAND[direction] + "".join(wanted)
    pending = [found.phase.name for found in statuses if found.state != "done"]
    if direction == "down":
        return "gnkmigrate status"
    if not pending:
        return "gnkmigrate audit"
    return f"gnkmigrate upgrade --phase {pending[0]} (pending: {', '.join(pending)})"


def _say_next(context: typer.Context, command: str) -> None:
    _context.stderr(context).print(f"Next: {command}", soft_wrap=True)
