"""What the commands of the fleet share: carry out, tell how far it is, write the summary."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import TERMINAL, format_and_file, offered
from gnkmigrate.cli._report_file import check_writable
from gnkmigrate.cli._result import show, write_files
from gnkmigrate.cli.fleet._choice import SUBJECT
from gnkmigrate.errors import Interrupted, PhaseRefused, SettingsError
from gnkmigrate.fleet.result import Result, Summary
from gnkmigrate.fleet.rollout import Observer
from gnkmigrate.fleet.session import Choice, Fleet, assembled, carried_out
from gnkmigrate.fleet.task import Command, source_of
from gnkmigrate.text.escape import printable
from gnkmigrate.text.numbers import counted, duration

_PAUSE_S = 5.0
_CHANGING: Mapping[str, str] = {"upgrade": "Upgrade", "downgrade": "Take back phases of"}


def carry_out(
    context: typer.Context,
    command: Command,
    choice: Choice,
    request: Any,
    shown: Mapping[str, Any],
    *,
    asks: bool = False,
    **flags: Any,
) -> None:
    """Carries a command out for a fleet, writes the summary, and ends with its exit code.

    Args:
        context: the command's.
        command: which.
        choice: which databases.
        request: what the command was told.
        shown: how the summary is written.
        asks: ask before anything is changed.
        flags: settings that were given.
    """
    files = [format_and_file(text, offered(SUBJECT, TERMINAL)) for text in shown["write"] or ()]
    if shown["output"] is not None:
        files.append((shown["format_"], shown["output"]))
    check_writable([path for _, path in files])
    source = source_of(_context.options(context).config, flags)
    fleet = assembled(choice, source.settings(), _context.options(context).url)
    if asks and fleet.listing.placed:
        _ask(context, command, fleet)
    messages = _context.stderr(context)

    def tell(text: str) -> None:
        messages.print(printable(text), soft_wrap=True)

    with _explained(fleet), _told(context, len(fleet.listing.placed)) as observe:
        summary = carried_out(command, source, request, fleet, observe, tell)
    _write(context, summary, shown, files)
    messages.print(f"Next: {_next(command, summary)}", soft_wrap=True)
    if summary.exit_code:
        raise typer.Exit(summary.exit_code)


def require_databases(choice: Choice, command: str) -> None:
    """Refuses what cannot be done for a schema alone.

    Raises:
        SettingsError: the targets are schemas.
    """
    if choice.schemas:
        raise SettingsError(
            f"fleet {command} works on databases: revisions name the project's schema, and the "
            "journal of a database is one for all of its schemas.",
            hint="fleet plan --schemas shows the statements for each tenant; or give each tenant "
            "a database of its own.",
        )


def _ask(context: typer.Context, command: Command, fleet: Fleet) -> None:
    """Shows how many databases are about to be changed, and asks.

    Raises:
        PhaseRefused: the answer is no, or there is nobody to ask.
    """
    number, typed = len(fleet.listing.placed), f"gnkmigrate fleet {command}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise PhaseRefused(
            f"{typed} asks before it changes {counted(number, 'database')}, and here is no "
            "terminal to ask on.",
            hint=f"Add --yes, or try it first: {typed} --dry-run",
        )
    console = _context.stderr(context)
    console.quiet = False  # a question cannot be answered unseen
    for wave, members in fleet.course.waves:
        names = [each.target.name for each in members]
        text = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")  # noqa: PLR2004
        console.print(printable(f"  {wave}: {text}"), soft_wrap=True)
    on = counted(fleet.servers, "server")
    try:
        question = f"{_CHANGING[command]} {counted(number, 'database')} on {on}?"
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        console.print()
        raise Interrupted("Interrupted; nothing was changed.") from None
    if not agreed:
        raise PhaseRefused("Nothing was changed.", hint=f"To try it first: {typed} --dry-run")


@contextmanager
def _explained(fleet: Fleet) -> Iterator[None]:
    """Says where it stands when somebody ends it.

    Raises:
        Interrupted: instead of KeyboardInterrupt.
    """
    try:
        yield
    except KeyboardInterrupt:
        at_work = (
            "what workers elsewhere are at goes on to its end"
            if fleet.choice.on
            else ("what was under way was rolled back, and what was done before stands")
        )
        raise Interrupted(
            f"Interrupted; {at_work}.",
            hint="The same command goes on: each database knows how far.",
        ) from None


@contextmanager
def _told(context: typer.Context, number: int) -> Iterator[Observer]:
    """What tells of each result: a live line on a terminal, lines in a pipe, or JSON lines."""
    if _context.options(context).log_format is _context.LogFormat.JSON:
        yield _write_json
        return
    console = _context.stderr(context)
    if not console.is_terminal:
        yield _lines(console.print, number)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=number)
        yield lambda result: bar.update(task, advance=1, description=printable(_said(result)))


def _lines(write: Callable[..., None], number: int) -> Observer:
    """Tells of failures at once, and of how far it is every few seconds."""
    done, last = 0, time.monotonic()

    def observe(result: Result) -> None:
        nonlocal done, last
        done += 1
        if result.has_failed:
            write(printable(f"{_said(result)}: {result.error}"), soft_wrap=True)
        if time.monotonic() - last > _PAUSE_S:
            write(f"{done:,} of {number:,} ...")
            last = time.monotonic()

    return observe


def _said(result: Result) -> str:
    return f"{result.name} {result.state}, {duration(result.seconds)}"


def _write_json(result: Result) -> None:
    line = {
        "time": datetime.now(UTC).isoformat(),
        "event": "target_finished",
        "name": result.name,
        "state": result.state,
        "error": result.error,
        "seconds": round(result.seconds, 3),
    }
    sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stderr.flush()


def _write(
    context: typer.Context,
    summary: Summary,
    shown: Mapping[str, Any],
    files: list[tuple[str, Path]],
) -> None:
    write_files(SUBJECT, files, summary, details=True)
    if shown["output"] is None:
        details = shown["details"] or _context.options(context).verbose
        show(context, SUBJECT, shown["format_"], summary, details=details, bold=False)


def _next(command: Command, summary: Summary) -> str:
    states = {result.state for result in summary.results}
    if states & {"failed", "failed for now", "not begun"}:
        return f"gnkmigrate fleet {command}, the same again, when that is seen to"
    if command == "upgrade":
        return "gnkmigrate fleet audit"
    if command == "rehearse":
        return "gnkmigrate fleet upgrade --canary 5%"
    open_ = any(state != "done" for each in summary.results for _, state in each.found.phases)
    pending = open_ or "pending" in states
    return "gnkmigrate fleet upgrade --dry-run" if pending else "gnkmigrate fleet status"
