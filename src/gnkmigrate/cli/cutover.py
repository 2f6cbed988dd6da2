"""`gnkmigrate cutover`."""

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import (
    Drift,
    DryRun,
    LockTimeout,
    Throttle,
    TrustTriggers,
    Wait,
    Yes,
    answers,
    given,
)


def command(
    context: typer.Context,
    dry_run: DryRun = False,
    yes: Yes = False,
    drift: Drift = None,
    lock_timeout: LockTimeout = None,
    throttle: Throttle = None,
    wait: Wait = 0,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Put the new shape in its place, where `upgrade --defer-cutover` stopped before that.

    It goes on with the phase to its end.

    Example: gnkmigrate cutover --yes
    """
    from gnkmigrate.cli._migration import CUTOVER, migrate
    from gnkmigrate.run.status import Request

    limits = given(lock_timeout_ms=lock_timeout, throttle=throttle)
    project = _context.settings(
        context, limits=limits or None, trust_triggers=trust_triggers or None
    )
    request = Request(dry_run=dry_run, parameters=answers(drift=drift), wait_s=wait)
    migrate(context, project, CUTOVER, request, yes=yes)
