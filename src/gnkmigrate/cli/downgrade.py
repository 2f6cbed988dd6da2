"""`gnkmigrate downgrade`."""

from typing import Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import (
    DryRun,
    LockTimeout,
    PhaseBack,
    Sql,
    ThroughBack,
    TrustTriggers,
    Wait,
    Yes,
    exclusive,
    given,
)


def command(
    context: typer.Context,
    phase: PhaseBack = None,
    through: ThroughBack = None,
    all_: Annotated[bool, typer.Option("--all", help="Take back every phase.")] = False,
    dry_run: DryRun = False,
    sql: Sql = False,
    yes: Yes = False,
    spill: Annotated[
        bool,
        typer.Option("--spill", help="Keep what the old shape cannot hold in gnkmigrate.overflow."),
    ] = False,
    lock_timeout: LockTimeout = None,
    wait: Wait = 0,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Take phases back, in reverse order; by default the last one.

    Rows written since the upgrade are carried over. What the old shape cannot hold makes the
    phase refuse, with the list, unless --spill is given.

    Example: gnkmigrate downgrade --all --dry-run
    """
    exclusive(phase=phase, through=through, all=all_)
    exclusive(sql=sql, dry_run=dry_run)

    from gnkmigrate.cli._migration import DOWNGRADE, DOWNGRADE_LAST, migrate
    from gnkmigrate.run.status import Request

    limits = given(lock_timeout_ms=lock_timeout)
    project = _context.settings(
        context, limits=limits or None, trust_triggers=trust_triggers or None
    )
    parameters = {"spill": "yes"} if spill else {}
    request = Request(
        phase=phase, through=through, dry_run=dry_run, parameters=parameters, wait_s=wait
    )
    way = DOWNGRADE if phase or through or all_ else DOWNGRADE_LAST
    migrate(context, project, way, request, sql=sql, yes=yes)
