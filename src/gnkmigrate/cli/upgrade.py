"""`gnkmigrate upgrade`."""

from pathlib import Path
from typing import Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import (
    BatchSize,
    Drift,
    DryRun,
    LockTimeout,
    Overflow,
    Phase,
    Sql,
    Throttle,
    Through,
    TrustTriggers,
    Unmapped,
    Wait,
    Workers,
    Yes,
    answers,
    exclusive,
    given,
)


def command(
    context: typer.Context,
    phase: Phase = None,
    through: Through = None,
    dry_run: DryRun = False,
    sql: Sql = False,
    atomic: Annotated[
        bool, typer.Option("--atomic", help="Run each phase in one transaction.")
    ] = False,
    yes: Yes = False,
    unmapped: Unmapped = None,
    overflow: Overflow = None,
    drift: Drift = None,
    backup: Annotated[
        bool, typer.Option("--backup", help="First save the whole database, as `backup` does.")
    ] = False,
    backup_dir: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where --backup puts it; else backups/."),
    ] = None,
    lock_timeout: LockTimeout = None,
    batch_size: BatchSize = None,
    workers: Workers = None,
    throttle: Throttle = None,
    defer_cutover: Annotated[
        bool,
        typer.Option(
            "--defer-cutover", help="Stop with all in step before a new shape takes its place."
        ),
    ] = False,
    wait: Wait = 0,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Run the pending phases, in order.

    Every step is journalled in the database: an upgrade that was stopped goes on where it was.

    Example: gnkmigrate upgrade --dry-run
    """
    exclusive(phase=phase, through=through)
    exclusive(sql=sql, dry_run=dry_run)
    exclusive(sql=sql, atomic=atomic)
    wanted = backup or backup_dir is not None
    exclusive(backup=wanted, dry_run=dry_run, sql=sql)
    exclusive(defer_cutover=defer_cutover, dry_run=dry_run)
    exclusive(defer_cutover=defer_cutover, sql=sql)
    exclusive(defer_cutover=defer_cutover, atomic=atomic)

    from gnkmigrate.cli._migration import UPGRADE, migrate
    from gnkmigrate.run.status import Request

    limits = given(
        lock_timeout_ms=lock_timeout,
        batch_rows=batch_size,
        backfill_workers=workers,
        throttle=throttle,
    )
    folder = backup_dir.absolute() if backup_dir else None
    project = _context.settings(
        context, limits=limits or None, backups=folder, trust_triggers=trust_triggers or None
    )
    request = Request(
        phase=phase,
        through=through,
        dry_run=dry_run,
        atomic=atomic,
        defer_cutover=defer_cutover,
        parameters=answers(unmapped=unmapped, overflow=overflow, drift=drift),
        wait_s=wait,
    )
    migrate(context, project, UPGRADE, request, sql=sql, yes=yes, backup=wanted)
