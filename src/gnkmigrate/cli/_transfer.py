"""What backup and restore share: their progress on stderr, and the size of a dump in words."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from gnkmigrate.backup.manifest import Manifest
from gnkmigrate.backup.progress import Observer, TransferProgress
from gnkmigrate.cli._context import LogFormat, options, stderr
from gnkmigrate.cli._words import counted

_FIRST_S = 1.0
_PAUSE_S = 5.0
_STEP = 1000


@contextmanager
def transfer_progress(context: typer.Context) -> Iterator[Observer]:
    """The observer that suits this terminal and these options, for as long as the block lasts."""
    console = stderr(context)
    if options(context).log_format is LogFormat.JSON:
        yield _Seldom(_write_json)
    elif not console.is_terminal:
        yield _Seldom(lambda progress: console.print(_words(progress), soft_wrap=True))
    else:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True) as line:
            task = line.add_task("", total=None)

            def show(progress: TransferProgress) -> None:
                total = progress.total or None
                line.update(task, description=_words(progress), completed=progress.done)
                line.update(task, total=total)

            yield show


class _Seldom:
    """An observer that passes on what is worth a line: nothing at all in the first second."""

    def __init__(self, tell: Observer) -> None:
        self._tell = tell
        self._due = time.monotonic() + _FIRST_S

    def __call__(self, progress: TransferProgress) -> None:
        now = time.monotonic()
        if now >= self._due:
            self._due = now + _PAUSE_S
            self._tell(progress)


def _words(progress: TransferProgress) -> str:
    if not progress.total:
        return progress.doing
    return f"{progress.doing}: {progress.done:,} of {counted(progress.total, 'table')}"


def _write_json(progress: TransferProgress) -> None:
    line = {"time": datetime.now(UTC).isoformat(), "event": "transfer_progress"}
    sys.stderr.write(json.dumps(line | asdict(progress)) + "\n")
    sys.stderr.flush()


def described(manifest: Manifest) -> str:
    """What is in a dump, such as "5 tables, 1,234 rows, 45.3 kB"."""
    tables = counted(len(manifest.tables), "table")
    rows = counted(manifest.contents.rows, "row")
    return f"{tables}, {rows}, {size(manifest.size)}"


def size(bytes_: int) -> str:
    """A number of bytes as people say it: "45.3 kB"."""
    value = float(bytes_)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < _STEP:
            return f"{value:.1f} {unit}" if unit != "bytes" else f"{bytes_} {unit}"
        value /= _STEP
    return f"{value:,.1f} TB"
