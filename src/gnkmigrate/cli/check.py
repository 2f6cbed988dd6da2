"""`gnkmigrate check`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import (
    TEXT,
    Overflow,
    Unmapped,
    answers,
    exclusive,
    format_and_file,
    formats,
    offered,
)
from gnkmigrate.cli._result import show, write_files

if TYPE_CHECKING:
    from gnkmigrate.check import CheckResult
    from gnkmigrate.check.other_tools.workflow import OthersOptions as Others
    from gnkmigrate.settings import Settings

DID_NOT_HOLD = 1
_SUBJECT = "check"  # whose renderers show it
_FILE_WIDTH = 100
# The modules of check/other_tools/tools, whose import would take longer than this command's help.
KINDS = ("alembic", "django", "drizzle", "flyway", "prisma", "sql", "typeorm")


def command(
    context: typer.Context,
    format_: Annotated[str, formats(_SUBJECT)] = TEXT,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to; else stdout.", metavar="FILE"),
    ] = None,
    write: Annotated[
        list[str] | None,
        typer.Option(help="A further report, as junit=FILE; repeatable.", metavar="FORMAT=FILE"),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="ROWS",
            help="Rows to generate for each table; 0 for empty tables.  [default: 8]",
        ),
    ] = None,
    unmapped: Unmapped = None,
    overflow: Overflow = None,
    update_expected: Annotated[
        bool,
        typer.Option(
            "--update-expected", help="Write what the rows become to the setting expected_rows."
        ),
    ] = False,
    update_checksums: Annotated[
        bool,
        typer.Option(
            "--update-checksums", help="Keep the checksums of the revisions; check nothing."
        ),
    ] = False,
    migrations: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Run the migrations of another tool that are there, and say what each does.",
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="TOOL",
            help=f"Whose they are: {', '.join(KINDS[:-1])} or {KINDS[-1]}.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="SCHEMA",
            help="What they start from: the URL of a database, which is copied with its rows, or "
            "SQL files.  [default: an empty database]",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Look at those after this one alone.",
        ),
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT[=NAME]",
            help="What is meant, in all migrations or those that are called so: "
            "rewrites, blocks, loses, changes or way-back; repeatable.",
        ),
    ] = None,
) -> None:
    """Prove, without a database, that the revisions take the baseline to the target and back.

    For CI. On a throwaway server: one head, checksums, a dry run that leaves no trace, every
    phase up with rows, no gap to the target, every phase down with every row compared, and once
    more as on large tables. Exits with 1 when something does not hold.

    With --migrations and --kind: the migrations of another tool, run as they are on a copy with
    rows. Of each: locks, tables written anew or gone through, values lost, its own way back.

    Example: gnkmigrate check --format junit --output check.xml
    """
    exclusive(rows=rows is not None, update_expected=update_expected)
    exclusive(
        migrations=migrations is not None,
        update_expected=update_expected,
        update_checksums=update_checksums,
        unmapped=unmapped is not None,
        overflow=overflow is not None,
    )
    _require_both(migrations, kind, source=source, since=since, allow=allow)
    known = offered(_SUBJECT)
    files = [format_and_file(text, known) for text in write or ()]
    files += [(format_, output)] if output else []

    from gnkmigrate.cli._report_file import check_writable

    check_writable([path for _, path in files])
    project = _context.settings(context)
    if update_checksums:
        _update_checksums(context, project)
        return

    if migrations is not None and kind is not None:
        from gnkmigrate.check.other_tools.workflow import OthersOptions as Others

        asked = Others(kind, migrations, source, since, rows, tuple(allow or ()))
        result = _check_others(context, project, asked)
    else:
        result = _check(context, project, rows, answers(unmapped=unmapped, overflow=overflow),
                        update_expected=update_expected)  # fmt: skip
    write_files(_SUBJECT, files, result, width=_FILE_WIDTH)
    if output is None:
        show(context, _SUBJECT, format_, result)
    if not result.passed:
        raise typer.Exit(DID_NOT_HOLD)


def _check(
    context: typer.Context,
    project: "Settings",
    rows: int | None,
    parameters: dict[str, str],
    *,
    update_expected: bool,
) -> "CheckResult":
    """The project's own revisions."""
    from gnkmigrate.check import CheckOptions, check
    from gnkmigrate.check.generate import ROWS
    from gnkmigrate.servers import throwaway

    messages = _context.stderr(context)
    return check(
        _wished(project, rows),
        lambda: throwaway(project.server),
        CheckOptions(ROWS if rows is None else rows, parameters, update_expected),
        lambda title: messages.print(f"{title} ..."),
    )


def _check_others(context: typer.Context, project: "Settings", options: "Others") -> "CheckResult":
    """The migrations of another tool."""
    from gnkmigrate.check.other_tools.workflow import check
    from gnkmigrate.cli._transfer import transfer_progress
    from gnkmigrate.servers import throwaway

    messages = _context.stderr(context)
    return check(
        project,
        lambda: throwaway(project.server),
        options,
        lambda title: messages.print(f"{title} ..."),
        lambda: transfer_progress(context),
    )


def _require_both(migrations: Path | None, kind: str | None, **others: object) -> None:
    """--migrations and --kind go together, and the others with them."""
    if kind is not None and kind not in KINDS:
        raise typer.BadParameter(f"--kind {kind}: it is one of {', '.join(KINDS)}.")
    if (migrations is None) != (kind is None):
        raise typer.BadParameter("--migrations DIR and --kind TOOL are given together.")
    if migrations is not None and not migrations.is_dir():
        raise typer.BadParameter(f"--migrations: there is no folder {migrations}.")
    wrong = [name for name, value in others.items() if value]
    if migrations is None and wrong:
        name = {"source": "from"}.get(wrong[0], wrong[0])
        raise typer.BadParameter(f"--{name} is for the migrations of another tool: --migrations.")


def _wished(project: "Settings", rows: int | None) -> "Settings":
    """--rows asks for generated rows in the place of the project's own."""
    own = {"baseline_rows": None, "expected_rows": None}
    return project if rows is None else project.model_copy(update=own)


def _update_checksums(context: typer.Context, project: "Settings") -> None:
    from gnkmigrate.check.checksums import checksum_file, write_checksums
    from gnkmigrate.run.revision import load_all_phases
    from gnkmigrate.text.numbers import counted

    migrations = project.path(project.migrations)
    phases = load_all_phases(migrations)
    file = checksum_file(migrations)
    write_checksums(file, phases, project.path(project.target))
    _context.stdout(context).print(
        f"{file}: {counted(len(phases), 'checksum')}. Commit it with the revisions.",
        soft_wrap=True,
    )
