"""`gnkmigrate fleet plan`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
    online: Annotated[
        bool, typer.Option("--online/--offline", help="Keep locks short, or use fewer statements.")
    ] = True,
) -> None:
    """Show the SQL that takes each database to the target; those with the same are one group.

    Example: gnkmigrate fleet plan --targets shops.csv
    """
    from gnkmigrate.cli.fleet._carrying import carry_out
    from gnkmigrate.fleet.jobs.plan import PlanRequest

    file = target.absolute() if target else None
    carry_out(context, "plan", choice, PlanRequest(online), shown, target=file)
