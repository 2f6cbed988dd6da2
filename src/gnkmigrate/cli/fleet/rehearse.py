"""`gnkmigrate fleet rehearse`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gnkmigrate.cli._choices import Overflow, Unmapped, answers
from gnkmigrate.cli.fleet._choice import fleet_command

if TYPE_CHECKING:
    from gnkmigrate.fleet.session import Choice


@fleet_command
def command(
    context: typer.Context,
    choice: "Choice",
    shown: Mapping[str, Any],
    sample: Annotated[
        int | None,
        typer.Option(min=1, metavar="ROWS", help="Copy so many rows of each table, and theirs."),
    ] = None,
    mask: Annotated[
        bool, typer.Option("--mask", help="Replace text in columns that look secret.")
    ] = False,
    skip_extension: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Copy without this extension; repeatable."),
    ] = None,
    unmapped: Unmapped = None,
    overflow: Overflow = None,
    spill: Annotated[
        bool, typer.Option("--spill", help="On the way back, keep what the old shape cannot hold.")
    ] = False,
) -> None:
    """Try the whole migration and its way back on a copy of each database.

    Example: gnkmigrate fleet rehearse --targets shops.csv --sample 1000
    """
    from gnkmigrate.cli.fleet._carrying import carry_out, require_databases
    from gnkmigrate.copies.sample import Selection
    from gnkmigrate.fleet.jobs.rehearse import RehearseRequest

    require_databases(choice, "rehearse")
    parameters = answers(unmapped=unmapped, overflow=overflow) | ({"spill": "yes"} if spill else {})
    selection = Selection(sample, mask, tuple(skip_extension or ()))
    carry_out(context, "rehearse", choice, RehearseRequest(selection, parameters), shown)
