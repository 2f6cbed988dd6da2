"""`gnkmigrate fleet upgrade`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gnkmigrate.cli._choices import (
    BatchSize,
    Drift,
    DryRun,
    LockTimeout,
    Overflow,
    Phase,
    Throttle,
    Through,
    TrustTriggers,
    Unmapped,
    Yes,
    answers,
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
    phase: Phase = None,
    through: Through = None,
    dry_run: DryRun = False,
    atomic: Annotated[
        bool, typer.Option("--atomic", help="Run each phase in one transaction.")
    ] = False,
    yes: Yes = False,
    unmapped: Unmapped = None,
    overflow: Overflow = None,
    drift: Drift = None,
    lock_timeout: LockTimeout = None,
    batch_size: BatchSize = None,
    throttle: Throttle = None,
    defer_cutover: Annotated[
        bool,
        typer.Option("--defer-cutover", help="Stop before a new shape takes its place."),
    ] = False,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Run the pending phases of many databases. The same command again goes on.

    Example: gnkmigrate fleet upgrade --targets shops.csv --canary 5% --max-failures 3
    """
    exclusive(phase=phase, through=through)
    exclusive(defer_cutover=defer_cutover, dry_run=dry_run)
    exclusive(defer_cutover=defer_cutover, atomic=atomic)

    from gnkmigrate.cli.fleet._carrying import carry_out, require_databases
    from gnkmigrate.run.status import Request

    require_databases(choice, "upgrade")
    limits = given(lock_timeout_ms=lock_timeout, batch_rows=batch_size, throttle=throttle)
    request = Request(
        phase=phase,
        through=through,
        dry_run=dry_run,
        atomic=atomic,
        defer_cutover=defer_cutover,
        parameters=answers(unmapped=unmapped, overflow=overflow, drift=drift),
    )
    carry_out(
        context,
        "upgrade",
        choice,
        request,
        shown,
        asks=not (dry_run or yes),
        limits=limits or None,
        trust_triggers=trust_triggers or None,
    )
