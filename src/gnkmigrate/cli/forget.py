"""`gnkmigrate forget`."""

from typing import Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import TrustTriggers, Yes

LEFT = 1


def command(
    context: typer.Context,
    table: Annotated[str, typer.Argument(metavar="TABLE", help="schema.table")],
    key: Annotated[
        list[str], typer.Argument(metavar="KEY...", help="The values of its key, in their order.")
    ],
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="A column of the key; else the primary key's."),
    ] = None,
    yes: Yes = False,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Remove what is kept of one row for a way back: a person's originals, for example.

    The row itself stays, where it is still there: delete it in the application first. Exits with 1
    where something is left, and says what to do.

    Example: gnkmigrate forget public.users 42
    """
    import sys

    from gnkmigrate.errors import PhaseRefused
    from gnkmigrate.postgres.connection import connect
    from gnkmigrate.run.kept.forget import forget
    from gnkmigrate.run.kept.named_row import Row
    from gnkmigrate.run.phase import read_steps
    from gnkmigrate.run.revision import load_all_phases
    from gnkmigrate.text.escape import visible

    project = _context.settings(context, trust_triggers=trust_triggers or None)
    phases = load_all_phases(project.path(project.migrations))
    read_steps(phases)
    if not yes:
        if not sys.stdin.isatty():
            raise PhaseRefused(
                "gnkmigrate forget asks before it removes anything, and here is no terminal.",
                hint="Add --yes. What it removes does not come back with a downgrade.",
            )
        typer.confirm(f"Remove what is kept of that row of {table}?", abort=True, err=True)
    row = Row(table, tuple(key), tuple(by or ()))
    with connect(_context.live_url(context, project)) as connection:
        found = forget(connection, phases, row, project)
    out = _context.stdout(context)
    for each in found:
        out.print(f"  {visible(each.place)}: {each.count} removed", soft_wrap=True)
        if each.left:
            out.print(f"    left: {each.left}", soft_wrap=True)
    if any(each.left for each in found):
        raise typer.Exit(LEFT)
