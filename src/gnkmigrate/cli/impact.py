"""`gnkmigrate impact`."""

from typing import Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import (
    TEXT,
    Overflow,
    Report,
    SampleRows,
    TrustTriggers,
    Unmapped,
    answers,
    formats,
)
from gnkmigrate.cli._result import report_file, show, write_files

SOME_FAIL = 1
_SUBJECT = "impact"  # whose renderers show it
_MOST_STATEMENTS = 100


def command(
    context: typer.Context,
    format_: Annotated[str, formats(_SUBJECT)] = TEXT,
    report: Report = None,
    live: Annotated[
        bool,
        typer.Option("--live", help="Measure on the live database, read-only, without a copy."),
    ] = False,
    top: Annotated[
        int,
        typer.Option(
            min=0,
            max=_MOST_STATEMENTS,
            metavar="N",
            help="Estimate the N statements of pg_stat_statements that took most time as well.",
        ),
    ] = 0,
    sample: SampleRows = None,
    unmapped: Unmapped = None,
    overflow: Overflow = None,
    trust_triggers: TrustTriggers = False,
) -> None:
    """Measure the project's queries before the phases and after them.

    Copies the live database, which is only read, into a throwaway server, asks the queries of
    audits/queries there, runs the pending phases, and asks again: times, plans, pages read, and
    what each index costs. Exits with 1 when a query fails.

    Example: gnkmigrate impact --report impact.html
    """
    files = report_file(report)
    if live and sample is not None:
        raise typer.BadParameter("--sample is of a copy, and --live makes none.")

    from gnkmigrate.cli._progress import progress
    from gnkmigrate.cli._transfer import transfer_progress
    from gnkmigrate.copies.sample import Selection
    from gnkmigrate.impact.live import on_live
    from gnkmigrate.impact.workflow import Listener, on_copy

    project = _context.settings(context, trust_triggers=trust_triggers or None)
    parameters = answers(unmapped=unmapped, overflow=overflow)
    messages = _context.stderr(context)
    url = _context.live_url(context, project)
    with progress(context) as observe:
        listener = Listener(
            lambda what: messages.print(f"{what} ...", soft_wrap=True),
            lambda: transfer_progress(context),
            observe if _context.options(context).verbose else lambda _: None,
        )
        if live:
            impact = on_live(project, url, listener, top)
        else:
            impact = on_copy(project, url, parameters, listener, Selection(sample, False, ()), top)
    show(context, _SUBJECT, format_, impact)
    write_files(_SUBJECT, files, impact)
    if impact.has_failures:
        raise typer.Exit(SOME_FAIL)
