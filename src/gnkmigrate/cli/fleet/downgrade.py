"""`gnkmigrate fleet downgrade`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gnkmigrate.cli._choices import (
    DryRun,
    LockTimeout,
    PhaseBack,
    ThroughBack,
    TrustTriggers,
    Yes,
    exclusive,
    given,
)
from gnkmigrate.cli.fleet._choice import fleet_command

if TYPE_CHECKING:
    from gnkmigrate.fleet.session import Choice


@fleet_command
def command(
    context: typer.Context,
    choice: "Choice",
    shown: Mapping[str, Any],
    phase: PhaseBack = None,
    through: ThroughBack = None,
    all_: Annotated[bool, typer.Option("--all", help="Take back every phase.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    spill: Annotated[
        bool,
        typer.Option("--spill", help="Keep what the old shape cannot hold in gnkmigrate.overflow."),
    ] = False,
    lock_timeout: LockTimeout = None,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Take phases of many databases back. Which ones is to be said.

    "The last one" is not offered: the same command, typed again after some have failed, would take
    one more from those that had not.

    Example: gnkmigrate fleet downgrade --targets shops.csv --through orders --dry-run
    """
    exclusive(phase=phase, through=through, all=all_)
    if not (phase or through or all_):
        raise typer.BadParameter("Say what to take back: --phase, --through, or --all.")

    from gnkmigrate.cli.fleet._carrying import carry_out, require_databases
    from gnkmigrate.run.status import Request

    require_databases(choice, "downgrade")
    limits = given(lock_timeout_ms=lock_timeout)
    parameters = {"spill": "yes"} if spill else {}
    request = Request(phase=phase, through=through, dry_run=dry_run, parameters=parameters)
    carry_out(
        context,
        "downgrade",
        choice,
        request,
        shown,
        asks=not (dry_run or yes),
        limits=limits or None,
        trust_triggers=trust_triggers or None,
    )
