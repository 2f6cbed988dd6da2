"""How `apply` asks, and tells what came of it."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.text import Text

from gnkmigrate.apply.plan_run import PlanRun
from gnkmigrate.apply.standing import Outlook, PlanRefused, require_no_rows
from gnkmigrate.apply.workflow import Application, apply, preview
from gnkmigrate.cli import _context
from gnkmigrate.cli._foreign_code import look_at_foreign_code
from gnkmigrate.cli._outcome import Outcome, write_locks
from gnkmigrate.cli._progress import progress
from gnkmigrate.errors import GnkMigrateError, Interrupted
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.render.parts.lines import write_hanging, write_line
from gnkmigrate.run import events
from gnkmigrate.run.plan_code import code_of_plan
from gnkmigrate.settings import Settings
from gnkmigrate.text.escape import printable
from gnkmigrate.text.numbers import counted, duration, server_version


def carry_out(
    context: typer.Context, project: Settings, plan: PlanRun, application: Application, *, yes: bool
) -> None:
    """Asks where it should, carries a plan out or takes it back, and tells what came of it.

    Args:
        context: the command's.
        project: the settings, flags included.
        plan: the plan.
        application: how.
        yes: do not ask.
    """
    url = _context.live_url(context, project)
    told = _Told(_context.stdout(context))

    def open_session() -> Connection:
        return connect(url, search_path=plan.document.session.search_path)

    if not (yes or application.dry_run):
        with connect(url, read_only=True) as connection:
            outlook = preview(connection, plan, application)
            if not outlook.is_open:
                _tell_nothing_to_do(context, plan, application)
                return
            statements = plan.statements(application.direction)
            code = code_of_plan(connection, statements, project.schemas)
            look_at_foreign_code(context, connection, code, project)
            require_no_rows(connection, plan, application.direction, outlook)
            _ask(context, url, connection.info.server_version, plan, application, outlook)
    with _explained(told, plan, application), progress(context) as show:

        def observe(event: events.Event) -> None:
            show(event)
            told(event)

        apply(open_session, plan, application, project, observe)
    if not told.phases:
        _tell_nothing_to_do(context, plan, application)
        return
    told.write_end(plan, application)
    if application.dry_run:
        _say_next(context, _command(plan, application))
    elif not application.undo and not plan.document.undo.impossible:
        _say_next(context, f"gnkmigrate audit; to take it back: {_command(plan, undo=True)}")
    else:
        _say_next(context, "gnkmigrate audit")


class _Told(Outcome):
    """An outcome that says what a dry run locks, what others have done, and what was done."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def __call__(self, event: events.Event) -> None:
        super().__call__(event)
        if isinstance(event, events.TablesTouched):
            write_locks(self._console, event)
        if isinstance(event, events.Drifted):
            self._console.print("Others have changed meanwhile, beside what the plan changes:")
            for change in event.changes:
                self._console.print(f"  {printable(change)}", soft_wrap=True)

    def write_end(self, plan: PlanRun, application: Application) -> None:
        """Writes what was done, or how far it came when something ended it."""
        if not self.phases:
            return
        outcome, document = self.phases[-1], plan.document
        ends = (document.source.name, document.target.name)
        title = " to ".join(reversed(ends) if application.undo else ends)
        self._console.print(Text(plan.words, style="bold"))
        write_hanging(self._console, Text("  "), Text(f"from {printable(title)}", style="dim"))
        statements = counted(outcome.steps, "statement")
        if not outcome.finished:
            text = f"{outcome.done} of {statements} done, stopped in: {outcome.step}"
            write_line(self._console, "FAILED", text)
            return
        write_line(self._console, "done", f"{statements}, {duration(outcome.seconds)}")
        for loss in document.undo.not_restored if application.undo else ():
            write_line(self._console, "note", f"not restored: {loss}")
        if application.dry_run:
            self._console.print("Everything was rolled back: the database is as it was.")


def _tell_nothing_to_do(context: typer.Context, plan: PlanRun, application: Application) -> None:
    if application.undo:
        text = f"Nothing to take back: {_lower(plan)} has not been carried out here."
    elif plan.up_steps:
        text = f"Nothing to do: {_lower(plan)} has been carried out."
    else:
        text = f"Nothing to do: {_lower(plan)} has no statements."
    _context.stderr(context).print(text)


def _ask(
    context: typer.Context,
    url: DatabaseUrl,
    version: int,
    plan: PlanRun,
    application: Application,
    outlook: Outlook,
) -> None:
    """Shows what is about to happen, and where, and asks.

    Raises:
        PlanRefused: the answer is no, or there is nobody to ask.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise PlanRefused(
            f"gnkmigrate apply asks before it changes {url}, and here is no terminal to ask on.",
            hint=f"Add --yes, or try it first: {_command(plan, application, dry_run=True)}",
        )
    console = _context.stderr(context)
    console.quiet = False  # a question cannot be answered unseen
    console.print(f"{url}, PostgreSQL {server_version(version)}")
    console.print()
    steps = plan.down_steps if application.undo else plan.up_steps
    width = len(str(len(steps)))
    for number, step in enumerate(steps, 1):
        line = f"  {number:{width}}  {printable(step.statement.reason)}"
        console.print(line, no_wrap=True, overflow="ellipsis")
    for loss in plan.losses(application.direction):
        console.print(f"  loses {printable(loss)}", style="red", soft_wrap=True)
    if application.undo:
        for loss in plan.document.undo.not_restored:
            console.print(f"  does not restore {printable(loss)}", style="red", soft_wrap=True)
    console.print()
    doing = "Take the plan back with" if application.undo else "Run"
    try:
        agreed = typer.confirm(f"{doing} {counted(outlook.pending, 'statement')}?", err=True)
    except typer.Abort:
        console.print()
        raise Interrupted("Interrupted; nothing was changed.") from None
    if not agreed:
        hint = f"To try it first: {_command(plan, application, dry_run=True)}"
        raise PlanRefused("Nothing was changed.", hint=hint)


@contextmanager
def _explained(told: _Told, plan: PlanRun, application: Application) -> Iterator[None]:
    """Says where it stands when something ends it before its time.

    Raises:
        Interrupted: instead of KeyboardInterrupt.
    """
    try:
        yield
    except KeyboardInterrupt:
        told.write_end(plan, application)
        step = f' in "{told.unfinished.step}"' if told.unfinished and told.unfinished.step else ""
        if application.dry_run:
            stands = "the dry run was rolled back, and the database is as it was."
        elif told.unfinished is None:
            stands = "nothing is left half done."
        else:
            stands = "what was done before stands."
        hint = "The same command goes on where it stopped."
        raise Interrupted(f"Interrupted{step}; {stands}", hint=hint) from None
    except GnkMigrateError:
        told.write_end(plan, application)
        raise


def _lower(plan: PlanRun) -> str:
    return plan.words[0].lower() + plan.words[1:]


def _command(
    plan: PlanRun,
    application: Application | None = None,
    *,
    undo: bool = False,
    dry_run: bool = False,
) -> str:
    undo = undo or (application is not None and application.undo)
    loses = application is not None and application.losses_allowed
    options = " --undo" * undo + " --allow data-loss" * loses + " --dry-run" * dry_run
    return f"gnkmigrate apply {shlex.quote(str(plan.file))}{options}"


def _say_next(context: typer.Context, command: str) -> None:
    _context.stderr(context).print(f"Next: {command}", soft_wrap=True)
