"""`gnkmigrate plan`."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import TERMINAL, TEXT, TrustTriggers, formats
from gnkmigrate.cli._renames import NoRename, Rename, asking, note, said
from gnkmigrate.cli._result import rendered, show

if TYPE_CHECKING:
    from gnkmigrate.copies.sample import Selection
    from gnkmigrate.plan.planned import Planned
    from gnkmigrate.plan.proof import Proof
    from gnkmigrate.settings import Settings

PENDING = 1
_SUBJECT = "plan"  # whose renderers show it
_SCRIPT = "sql"  # the format that psql runs


def command(
    context: typer.Context,
    target: Annotated[
        str | None,
        typer.Option(help="What it should be; else the settings' target.", metavar="SCHEMA"),
    ] = None,
    format_: Annotated[str, formats(_SUBJECT)] = TEXT,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to; else stdout.", metavar="FILE"),
    ] = None,
    online: Annotated[
        bool,
        typer.Option(
            "--online/--offline",
            help="Keep locks short, or use fewer statements that lock for longer.",
        ),
    ] = True,
    prove: Annotated[
        bool, typer.Option("--prove", help="Run it on a copy of the live database first.")
    ] = False,
    sample: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="ROWS",
            help="For --prove, copy so many rows of each table, and all that they refer to.",
        ),
    ] = None,
    skip_extension: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="For --prove, copy without this extension; can be repeated."
        ),
    ] = None,
    rename: Rename = None,
    no_rename: NoRename = None,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Show the SQL that takes the live database to its target, and what each statement does.

    Every statement says which lock it takes, whether it rewrites or reads a whole table, and
    what data is lost with it. Nothing is run on the live database. The exit code is 1 where there
    is something to do.

    With --prove a plan is only given out when it has run on a copy with the live rows, when pg_dump
    says the same of that and of the target, and when nothing is lost that it does not name.

    Where data would be lost with what may only have another name in the target, it asks; in a
    script it refuses: --rename or --no-rename says which it is.

    Example: gnkmigrate plan --prove --format sql --output plan.sql
    """
    from gnkmigrate.cli._report_file import check_writable, write_report
    from gnkmigrate.copies.sample import Selection
    from gnkmigrate.diff.settling import refuse
    from gnkmigrate.project_plan import plan_project

    if not prove and (sample or skip_extension):
        raise typer.BadParameter("--sample and --skip-extension go with --prove.")
    check_writable([output] if output else [])
    project = _context.settings(context, trust_triggers=trust_triggers or None)
    told: list[str] = []
    planned = plan_project(
        project,
        _context.live_url(context, project),
        target,
        online=online,
        renames=said(rename, no_rename),
        decide=asking(refuse, to_file=output is not None),
        tell=partial(note, context, told),
    )
    if prove:
        selection = Selection(sample, without=tuple(skip_extension or ()))
        proof = _prove(context, project, planned, selection, script=format_ == _SCRIPT)
        planned = replace(planned, proof=proof)
    if output is None:
        show(context, _SUBJECT, format_, planned)
    else:
        notes = told if format_ == TERMINAL else ()
        write_report(
            output, rendered(_SUBJECT, format_, planned) + "".join(f"{n}\n" for n in notes)
        )
    if planned.statements:
        if (project.path(project.migrations) / "versions").is_dir():
            hint = "To run it in phases, with a way back: gnkmigrate revision -m TEXT"
            _context.stderr(context).print(hint, soft_wrap=True)
        raise typer.Exit(PENDING)


def _prove(
    context: typer.Context,
    project: "Settings",
    planned: "Planned",
    selection: "Selection",
    *,
    script: bool,
) -> "Proof":
    from gnkmigrate.cli._transfer import transfer_progress
    from gnkmigrate.proof.prove import prove

    messages = _context.stderr(context)
    return prove(
        planned,
        project,
        _context.live_url(context, project),
        lambda: transfer_progress(context),
        selection,
        lambda step: messages.print(f"{step} ..."),
        script=script,
    )
