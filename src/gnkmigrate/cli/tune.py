"""`gnkmigrate tune`."""

from typing import Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import BatchSize, Throttle, Workers


def command(
    context: typer.Context,
    throttle: Throttle = None,
    workers: Workers = None,
    batch_size: BatchSize = None,
    pause: Annotated[bool, typer.Option("--pause", help="Let it wait after its batch.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Let it go on.")] = False,
) -> None:
    """Change how fast a backfill goes that is running, from any shell.

    It is heeded within a second or so, and holds until the phase that is running ends.

    Example: gnkmigrate tune --throttle 2 --workers 1
    """
    from gnkmigrate.postgres.connection import connect
    from gnkmigrate.run.batches.tuning import Tuning, tune

    if pause and resume:
        raise typer.BadParameter("--pause and --resume contradict each other.")
    change = Tuning(throttle, workers, batch_size, pause if pause or resume else None)
    if not change.said:
        raise typer.BadParameter(
            "Say what to change: --throttle, --workers, --batch-size, --pause or --resume."
        )
    project = _context.settings(context)
    with connect(_context.live_url(context, project)) as connection:
        phase, now = tune(connection, change)
    _context.stdout(context).print(f"Phase {phase}: {now}", soft_wrap=True)
