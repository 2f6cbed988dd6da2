"""`gnkmigrate contract`."""

from typing import Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import Allowed, TrustTriggers, Yes


def command(
    context: typer.Context,
    yes: Yes = False,
    allow: Annotated[
        list[Allowed] | None,
        typer.Option(
            metavar="data-loss", help="Go on although values are lost that the new shape lacks."
        ),
    ] = None,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Remove archives, views of the old shape and triggers; after it, phases cannot be undone.

    Do it once nobody uses the old shape any more. Nothing else ever removes them. Values that the
    old application has written since, and that the new columns cannot hold, are refused.

    Example: gnkmigrate contract
    """
    import sys

    from gnkmigrate.cli._foreign_code import look_at_foreign_code
    from gnkmigrate.errors import PhaseRefused
    from gnkmigrate.postgres.connection import connect
    from gnkmigrate.run import journal_schema
    from gnkmigrate.run.foreign_code import foreign_code, of_phases
    from gnkmigrate.run.kept.contract import contract, kept, remnants
    from gnkmigrate.run.revision import load_all_phases
    from gnkmigrate.text.numbers import counted

    project = _context.settings(context, trust_triggers=trust_triggers or None)
    url = _context.live_url(context, project)
    phases = load_all_phases(project.path(project.migrations))
    out = _context.stdout(context)
    with connect(url) as connection:
        if not phases and not journal_schema.exists(connection):
            name = connection.info.dbname
            out.print(f"Nothing to do: gnkmigrate has changed nothing in {name}.", soft_wrap=True)
            return
        code = foreign_code(connection, of_phases(connection, phases), project.schemas)
        look_at_foreign_code(context, connection, code, project)
        found = remnants(connection)
        known = kept(connection)
        for remnant in known:
            rows = "" if remnant.rows is None else f"  {counted(remnant.rows, 'row')}"
            out.print(f"  {remnant.kind:12}  {remnant.name}{rows}", soft_wrap=True)
        serving = len(found) - len(known)
        if serving:
            out.print(f"  and {counted(serving, 'other object')} of gnkmigrate's, which serve them")
        if not yes:
            if not sys.stdin.isatty():
                raise PhaseRefused(
                    "gnkmigrate contract asks before it removes anything, and here is no terminal.",
                    hint="Add --yes. After it, these phases cannot be undone.",
                )
            typer.confirm("Remove all this? There is no way back", abort=True, err=True)
        lost = Allowed.DATA_LOSS in (allow or ())
        contract(connection, phases, project, losses_allowed=lost)
    out.print(f"Removed {counted(len(found), 'object')}: the phases done are there to stay.")
