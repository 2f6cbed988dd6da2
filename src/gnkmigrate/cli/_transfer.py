"""What backup and restore share: their progress on stderr, and the size of a dump in words."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from gnkmigrate.backup.manifest import Manifest
from gnkmigrate.backup.progress import Observer, TransferProgress
from gnkmigrate.cli._context import LogFormat, options, stderr
from gnkmigrate.text.numbers import counted, size

_FIRST_S = 1.0
_PAUSE_S = 5.0


@contextmanager
def transfer_progress(context: typer.Context) -> Iterator[Observer]:
    """The observer that suits this terminal and these options, for as long as the block lasts."""
    console = stderr(context)
    if options(context).log_format is LogFormat.JSON:
        with _now_and_then(_write_json) as observe:
            yield observe
    elif not console.is_terminal:
        with _now_and_then(lambda it: console.print(_words(it), soft_wrap=True)) as observe:
            yield observe
    else:
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        ) as line:
            task = line.add_task("", total=None)
            yield lambda progress: line.update(task, description=_words(progress))


@contextmanager
def _now_and_then(tell: Observer) -> Iterator[Observer]:
    """An observer that tells how far it is after a second, and every few from then on.

    A thread does so, since the work may be waiting, for a lock or for a long count.
    """
    last: TransferProgress | None = None
    over = threading.Event()

    def observe(progress: TransferProgress) -> None:
        nonlocal last
        last = progress

    def watch() -> None:
        pause = _FIRST_S
        while not over.wait(pause):
            pause = _PAUSE_S
            if last is not None:
                tell(last)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield observe
    finally:
        over.set()
        watcher.join()


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
