"""`gnkmigrate fleet status`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from gnkmigrate.cli.fleet._choice import fleet_command

if TYPE_CHECKING:
    from gnkmigrate.fleet.session import Choice


@fleet_command
def command(context: typer.Context, choice: "Choice", shown: Mapping[str, Any]) -> None:
    """Show where the phases stand in many databases. Pending work is exit code 1.

    Example: gnkmigrate fleet status --targets shops.csv
    """
    from gnkmigrate.cli.fleet._carrying import carry_out

    carry_out(context, "status", choice, None, shown)
