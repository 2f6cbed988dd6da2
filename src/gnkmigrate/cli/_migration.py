"""What upgrade, cutover and downgrade share: choose phases, ask, run them, tell what came of it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._backup_first import back_up
from gnkmigrate.cli._foreign_code import look_at_foreign_code
from gnkmigrate.cli._outcome import Outcome, Told, write_announced, write_drift
from gnkmigrate.cli._progress import progress
from gnkmigrate.cli._result import write_as_it_is
from gnkmigrate.errors import GnkMigrateError, Interrupted, PhaseRefused
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import journal, phase_script, runner
from gnkmigrate.run.drift import Drift, drifted
from gnkmigrate.run.events import Direction, Event, LocksAnnounced
from gnkmigrate.run.foreign_code import foreign_code, of_phases
from gnkmigrate.run.one_runner import wait_for_others
from gnkmigrate.run.phase import Phase, core_of, read_steps
from gnkmigrate.run.phase_locks import locks_of
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.run.selection import last_standing, select_cutover, select_down, select_up
from gnkmigrate.run.status import PhaseStatus, Request, status, undone
from gnkmigrate.settings import Settings
from gnkmigrate.settings_fit import require_fitting
from gnkmigrate.text.numbers import counted, server_version


@dataclass(frozen=True)
class Way:
    """One of these commands.

    Attributes:
        direction: which way phases go with it.
        command: as it is typed.
        doing: what it asks about.
        narrowed: the request, once it is known where every phase stands.
    """

    direction: Direction
    command: str
    doing: str
    narrowed: Callable[[Sequence[PhaseStatus], Request], Request] = lambda _, request: request


def _waiting(statuses: Sequence[PhaseStatus], request: Request) -> Request:
    return replace(request, phase=select_cutover(statuses).name)


UPGRADE = Way("up", "gnkmigrate upgrade", "Run")
CUTOVER = Way("up", "gnkmigrate cutover", "Cut over", _waiting)
DOWNGRADE = Way("down", "gnkmigrate downgrade", "Take back")
DOWNGRADE_LAST = replace(DOWNGRADE, narrowed=last_standing)
_COMMAND: dict[Direction, str] = {"up": UPGRADE.command, "down": DOWNGRADE.command}


def migrate(
    context: typer.Context,
    project: Settings,
    way: Way,
    request: Request,
    *,
    sql: bool = False,
    yes: bool = False,
    backup: bool = False,
) -> None:
    """Runs the phases that a request is about, or writes their SQL.

    Args:
        context: the command's.
        project: the settings, flags included.
        way: which command it is.
        request: which phases, and how.
        sql: write SQL instead of running anything.
        yes: do not ask.
        backup: save the whole database before the first phase.
    """
    phases = load_all_phases(project.path(project.migrations))
    read_steps(phases)
    url = _context.live_url(context, project)
    asks = not (request.dry_run or yes or sql)
    with connect(url, read_only=True) as connection:
        require_fitting(connection, project)
        if request.wait_s:
            tell = _context.stderr(context).print
            wait_for_others(
                connection, request.wait_s, lambda who: tell(f"Waiting for {who}.", soft_wrap=True)
            )
        statuses = status(connection, phases)
        server = f"{url}, PostgreSQL {server_version(connection.info.server_version)}"
        direction = way.direction
        request = way.narrowed(statuses, request)
        chosen = (select_up if direction == "up" else select_down)(statuses, request)
        seen = drifted(connection, phases, project) if asks and direction == "up" else ()
        if chosen and not sql:
            tables = of_phases(connection, chosen)
            code = foreign_code(connection, tables, project.schemas)
            look_at_foreign_code(context, connection, code, project)
        states = journal.steps(connection) if chosen and asks else ()
        taken = [
            locks_of(phase, direction, states, connection, project.limits)
            for phase in chosen * asks
        ]
    if not chosen:
        _tell_nothing_to_do(context, statuses, direction, request)
    elif sql:
        write_as_it_is(phase_script.script(chosen, direction, project, request) + "\n")
    else:
        if asks:
            ready = [found.phase.name for found in statuses if found.state == "ready"]
            cutovers = ready if way is UPGRADE and not request.defer_cutover else ()
            _ask(context, url, server, _Outlook(chosen, cutovers, seen, taken), way)
        titles = {phase.name: phase.title for phase in phases}
        told = Told(_context.stdout(context), titles, asked=asks)
        _run(context, url, phases, way, request, project, told, backup=backup)


@dataclass(frozen=True)
class _Outlook:
    """What somebody is asked about.

    Attributes:
        chosen: the phases.
        cutovers: those of them that wait for a cutover, which is a part of this.
        drift: what others have changed since the last run.
        locks: those of each phase on tables that are there.
    """

    chosen: Sequence[Phase]
    cutovers: Sequence[str]
    drift: Sequence[Drift]
    locks: Sequence[LocksAnnounced]


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
        text = f"Nothing to do: {_all(len(core_of([each.phase for each in statuses])))} done."
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
    outlook: _Outlook,
    way: Way,
) -> None:
    """Shows what is about to happen, and where, and asks.

    Raises:
        PhaseRefused: the answer is no, or there is nobody to ask.
    """
    command = way.command
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise PhaseRefused(
            f"{command} asks before it changes {url}, and here is no terminal to ask on.",
            hint=f"Add --yes, or try it first: {command} --dry-run",
        )
    console = _context.stderr(context)
    console.quiet = False  # a question cannot be answered unseen
    console.print(server)
    console.print()
    width = max(len(phase.name) for phase in outlook.chosen)
    for phase in outlook.chosen:
        line = f"  {phase.number} {phase.name:{width}}  {phase.title}"
        console.print(line, no_wrap=True, overflow="ellipsis")
    for name in outlook.cutovers:
        console.print(f"{name} is ready for its cutover, which is a part of this.", soft_wrap=True)
    console.print()
    for announced in outlook.locks:
        if announced.locks:
            write_announced(console, announced)
    if outlook.drift:
        write_drift(console, list(map(str, outlook.drift)))
    try:
        agreed = typer.confirm(f"{way.doing} {counted(len(outlook.chosen), 'phase')}?", err=True)
    except typer.Abort:
        console.print()
        raise Interrupted("Interrupted; nothing was changed.") from None
    if not agreed:
        raise PhaseRefused("Nothing was changed.", hint=f"To try it first: {command} --dry-run")


def _run(
    context: typer.Context,
    url: DatabaseUrl,
    phases: Sequence[Phase],
    way: Way,
    request: Request,
    project: Settings,
    outcome: Told,
    *,
    backup: bool,
) -> None:
    direction = way.direction

    def open_session() -> Connection:
        return connect(url, search_path=project.schemas)

    with _explained(outcome, way, request), progress(context) as show:
        made = back_up(context, url, project) if backup else None

        def observe(event: Event) -> None:
            show(event)
            outcome(event)

        if made is not None:
            observe(made)
        runner.run_to_the_end(open_session, phases, direction, request, project, observe)
    outcome.write_total(direction, dry_run=request.dry_run)
    with connect(url, read_only=True) as connection:
        _say_next(context, _next(status(connection, phases), way, request))


@contextmanager
def _explained(outcome: Told, way: Way, request: Request) -> Iterator[None]:
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
            hint=_on_or_back(outcome, way, request),
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


def _on_or_back(outcome: Outcome, way: Way, request: Request) -> str:
    unfinished = outcome.unfinished
    if unfinished is None or request.dry_run or request.atomic:
        return "gnkmigrate status shows every phase; the same command starts again."
    other: Direction = "down" if way.direction == "up" else "up"
    return (
        f"The same command goes on where it stopped; to turn back: "
        f"{_COMMAND[other]} --phase {unfinished.phase}"
    )


def _next(statuses: Sequence[PhaseStatus], way: Way, request: Request) -> str:
    if request.dry_run:
        wanted = [
            f" --{name} {value}"
            for name, value in (("phase", request.phase), ("through", request.through))
            if value and way is not CUTOVER
        ]
        return way.command + "".join(wanted)
    pending = [found.phase.name for found in undone(statuses)]
    ready = [found.phase.name for found in statuses if found.state == "ready"]
    if way.direction == "down":
        return "gnkmigrate status"
    if ready:
        return f"gnkmigrate cutover (or back: gnkmigrate downgrade --phase {ready[0]})"
    if not pending:
        return "gnkmigrate audit"
    return f"gnkmigrate upgrade --phase {pending[0]} (pending: {', '.join(pending)})"


def _say_next(context: typer.Context, command: str) -> None:
    _context.stderr(context).print(f"Next: {command}", soft_wrap=True)
