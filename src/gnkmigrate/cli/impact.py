"""`gnkmigrate impact`."""

from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import (
    Format,
    Overflow,
    Report,
    ResultFormat,
    SampleRows,
    Unmapped,
    answers,
)

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from gnkmigrate.impact.outcome import Impact

SOME_FAIL = 1
_MOST_STATEMENTS = 100
_HTML = (".html", ".htm")


def command(
    context: typer.Context,
    format_: Format = ResultFormat.TEXT,
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
) -> None:
    """Measure the project's queries before the phases and after them.

    Copies the live database, which is only read, into a throwaway server, asks the queries of
    audits/queries there, runs the pending phases, and asks again: times, plans, pages read, and
    what each index costs. Exits with 1 when a query fails.

    Example: gnkmigrate impact --report impact.html
    """
    if report is not None and not report.absolute().parent.is_dir():
        raise typer.BadParameter(f"--report: there is no folder {report.absolute().parent}.")
    if live and sample is not None:
        raise typer.BadParameter("--sample is of a copy, and --live makes none.")

    from gnkmigrate.cli._progress import progress
    from gnkmigrate.cli._transfer import transfer_progress
    from gnkmigrate.copies.sample import Selection
    from gnkmigrate.impact.course import Listener, on_copy
    from gnkmigrate.impact.live import on_live

    project = _context.settings(context)
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
    _write_result(context, impact, format_, report)
    if impact.has_failures:
        raise typer.Exit(SOME_FAIL)


def _write_result(
    context: typer.Context, impact: "Impact", format_: ResultFormat, report: "Path | None"
) -> None:
    from gnkmigrate.render import renderer

    if format_ is ResultFormat.JSON:
        typer.echo(renderer("impact", "json")(impact), nl=False)
    else:
        _write(_context.stdout(context), impact)
    if report is not None:
        name = "html" if report.suffix.lower() in _HTML else "markdown"
        report.write_text(renderer("impact", name)(impact), encoding="utf-8")


def _write(console: "Console", impact: "Impact") -> None:
    from rich.padding import Padding
    from rich.table import Table

    from gnkmigrate.impact import wording
    from gnkmigrate.text.escape import printable

    console.print(printable(impact.database), soft_wrap=True)
    console.print(wording.basis(impact))
    console.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, title in enumerate(wording.QUERY_HEAD):
        table.add_column(title, justify="right" if number else "left", overflow="fold")
    for query in impact.queries:
        table.add_row(*map(printable, wording.query_row(query)))
    console.print(table)
    for query in impact.queries:
        console.print(f"\n{printable(query.name)}", style="bold")
        for remark in wording.remarks(query):
            console.print(Padding(printable(remark), (0, 0, 0, 2)))
    if impact.indexes:
        console.print("\nIndexes", style="bold")
        table = Table(box=None, pad_edge=False, header_style="bold")
        for number, title in enumerate(wording.INDEX_HEAD):
            table.add_column(
                title, justify="right" if number in {2, 3} else "left", overflow="fold"
            )
        for index in impact.indexes:
            table.add_row(*map(printable, wording.index_row(index)))
        console.print(table)
        for line in wording.useless(impact):
            console.print(printable(line))
