"""Progress on stderr: a live line on a terminal, plain lines in a pipe, or JSON lines."""

import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column

from gnkmigrate.cli._context import LogFormat, options, stderr
from gnkmigrate.run import events
from gnkmigrate.text.numbers import counted, duration

_PAUSE_S = 5.0
_WORTH_TELLING_S = 1.0


@contextmanager
def progress(context: typer.Context) -> Iterator[events.Observer]:
    """The observer that suits this terminal and these options, for as long as the block lasts.

    Spans are made beside it, where OpenTelemetry is installed and set up.
    """
    from gnkmigrate.observe import traced

    with _told(context) as tell, traced(tell) as observe:
        yield observe


@contextmanager
def _told(context: typer.Context) -> Iterator[events.Observer]:
    given = options(context)
    if given.log_format is LogFormat.JSON:
        yield write_json
        return
    console = stderr(context)
    if not console.is_terminal:
        yield PlainLines(console)
        return
    live = LiveLine(console, verbose=given.verbose)
    try:
        yield live
    finally:
        live.stop()


def write_json(event: events.Event) -> None:
    """One event as one line."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()
    line = {"time": datetime.now(UTC).isoformat(), "event": name, **asdict(event)}
    sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stderr.flush()


class _Place:
    """Which step of how many it is; a step's own number counts only what was left to do."""

    def __init__(self) -> None:
        self.done = self.steps = self.number = 0
        self.phase = self.step = ""

    def follow(self, event: events.PhaseStarted | events.StepStarted) -> None:
        self.phase = event.phase
        if isinstance(event, events.PhaseStarted):
            self.done, self.steps = event.done, event.steps
        else:
            self.number, self.step = self.done + event.number, event.step

    def rows(self, event: events.StepProgress) -> str:
        of = f" of about {event.total:,}" if event.total >= event.rows else ""
        left = event.seconds_left
        more = f", about {duration(left)} left" if left is not None else ""
        return f"{event.rows:,}{of} rows, {round(event.rate):,} rows/s{more}"

    def __str__(self) -> str:
        return f"{self.phase} {self.number}/{self.steps} {self.step}"


def _compared(event: events.Compared) -> str:
    rows, seconds = counted(event.rows, "new row"), duration(event.seconds)
    return f"{rows} compared with the old ones in {seconds}: all agree"


def _paused(event: events.Paused) -> str:
    return f"pausing: {event.reason}"


def _reconnecting(event: events.Reconnecting) -> str:
    return f"{event.reason} Connecting again in {duration(event.pause)}."


def _waiting(event: events.LockAwaited) -> str:
    return f"waiting for a lock (attempt {event.attempt}, again in {duration(event.pause)})"


class PlainLines:
    """One line when a step begins, and more only where it takes its time."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._place = _Place()
        self._told = 0.0

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.PhaseStarted():
                self._place.follow(event)
            case events.StepStarted():
                self._place.follow(event)
                self._told = time.monotonic()
                self._say(str(self._place))
            case events.StepProgress() if time.monotonic() - self._told >= _PAUSE_S:
                self._told = time.monotonic()
                self._say(f"  {self._place.rows(event)}")
            case events.StepFinished() if event.rows or event.seconds >= _WORTH_TELLING_S:
                self._say(f"  {counted(event.rows, 'row')}, {duration(event.seconds)}")
            case events.Compared() if event.seconds >= _WORTH_TELLING_S:
                self._say(f"  {_compared(event)}")
            case events.Paused():
                self._say(f"  {_paused(event)}")
            case events.Reconnecting():
                self._say(f"  {_reconnecting(event)}")
            case events.LockAwaited():
                self._say(f"  {_waiting(event)}")
                for blocker in event.blockers:
                    self._say(f"    {blocker}")
            case _:
                pass

    def _say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True)


class LiveLine:
    """A line that is rewritten while a phase runs and gone when it is over.

    So the results, which go to stdout between phases, are never written into it.
    """

    def __init__(self, console: Console, *, verbose: bool) -> None:
        self._console = console
        self._verbose = verbose
        self._place = _Place()
        self._line: Progress | None = None
        self._told = ""

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.PhaseStarted():
                self._place.follow(event)
                self.stop()
                self._start()
            case events.StepStarted():
                self._place.follow(event)
                self._show("")
            case events.StepProgress():
                self._show(self._place.rows(event))
            case events.StepFinished() if self._verbose:
                self._say(f"{self._place}: {counted(event.rows, 'row')}, {duration(event.seconds)}")
            case events.Compared() if self._verbose:
                self._say(f"{self._place}: {_compared(event)}")
            case events.Paused():
                self._show(_paused(event))
            case events.Reconnecting():
                self._say(_reconnecting(event))
            case events.LockAwaited():
                self._show(_waiting(event))
                self._tell_blockers(event)
            case events.PhaseFinished() | events.CutoverDeferred():
                self.stop()
            case _:
                pass

    def stop(self) -> None:
        """Takes the line away."""
        if self._line is not None:
            self._line.stop()
            self._line = None

    def _start(self) -> None:
        self._line = Progress(
            SpinnerColumn(),
            TextColumn(
                "{task.description}",
                markup=False,
                table_column=Column(no_wrap=True, overflow="ellipsis"),
            ),
            TextColumn("{task.fields[detail]}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._line.add_task(self._place.phase, total=None, detail="")
        self._line.start()

    def _show(self, detail: str) -> None:
        if self._line is not None:
            self._line.update(self._line.task_ids[0], description=str(self._place), detail=detail)

    def _tell_blockers(self, event: events.LockAwaited) -> None:
        text = "; ".join(event.blockers)
        if text and text != self._told:  # once, and not at every attempt
            self._told = text
            self._say(f"{self._place} waits for {text}")

    def _say(self, line: str) -> None:
        self._console.print(line)
