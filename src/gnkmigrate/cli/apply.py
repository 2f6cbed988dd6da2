"""`gnkmigrate apply`."""

from pathlib import Path
from typing import Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import Allowed, DryRun, LockTimeout, TrustTriggers, Yes, given


def command(
    context: typer.Context,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="What plan --format json wrote.")],
    undo: Annotated[
        bool, typer.Option("--undo", help="Take the plan back, as far as a plan can.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    allow: Annotated[
        list[Allowed] | None,
        typer.Option(
            metavar="data-loss", help="Go on although the plan says that data is lost with it."
        ),
    ] = None,
    lock_timeout: LockTimeout = None,
    wait: Annotated[
        float,
        typer.Option(min=0, metavar="S", help="Seconds to wait for another runner to end."),
    ] = 0,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Carry out a plan on the database that it was made for.

    Every statement is journalled in the database: a plan that was stopped goes on where it was
    when the same command is typed again. Where the schema has changed since the plan was made,
    nothing is done.

    Example: gnkmigrate apply plan.json --dry-run
    """
    from gnkmigrate.apply.plan_run import PlanRun
    from gnkmigrate.apply.workflow import Application
    from gnkmigrate.cli._apply import carry_out

    limits = given(lock_timeout_ms=lock_timeout)
    project = _context.settings(
        context, limits=limits or None, trust_triggers=trust_triggers or None
    )
    application = Application(
        undo=undo,
        dry_run=dry_run,
        losses_allowed=Allowed.DATA_LOSS in (allow or ()),
        wait_s=wait,
    )
    carry_out(context, project, PlanRun.read(plan), application, yes=yes)
