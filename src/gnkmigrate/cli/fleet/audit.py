"""`gnkmigrate fleet audit`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gnkmigrate.cli._choices import OnlyChecks, SkipChecks
from gnkmigrate.cli.audit import Threshold
from gnkmigrate.cli.fleet._choice import fleet_command

if TYPE_CHECKING:
    from gnkmigrate.fleet.session import Choice


@fleet_command
def command(
    context: typer.Context,
    choice: "Choice",
    shown: Mapping[str, Any],
    target: Annotated[
        Path | None,
        typer.Option(help="What they should be; else the settings' target.", metavar="FILE"),
    ] = None,
    fail_on: Annotated[
        Threshold, typer.Option(help="Findings from this severity on count.")
    ] = Threshold.HIGH,
    only: OnlyChecks = None,
    skip: SkipChecks = None,
    no_data_checks: Annotated[
        bool, typer.Option("--no-data-checks", help="Read the catalogs alone, no rows.")
    ] = False,
    sample: Annotated[
        int | None,
        typer.Option(help="Of larger tables, about so many rows.", min=1, metavar="ROWS"),
    ] = None,
) -> None:
    """Audit many databases, and show how they differ from the target and from each other.

    Example: gnkmigrate fleet audit --targets shops.csv
    """
    from gnkmigrate.audit.finding import Severity
    from gnkmigrate.audit.selection import Selection
    from gnkmigrate.cli.fleet._carrying import carry_out
    from gnkmigrate.fleet.jobs.audit import AuditRequest

    request = AuditRequest(
        Selection(tuple(only or ()), tuple(skip or ())),
        not no_data_checks,
        sample,
        None if fail_on is Threshold.NEVER else Severity.named(fail_on.value),
    )
    file = target.absolute() if target else None
    carry_out(context, "audit", choice, request, shown, target=file)
