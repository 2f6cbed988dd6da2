"""`gnkmigrate diff`."""

from typing import Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._choices import TEXT, formats
from gnkmigrate.cli._renames import NoRename, Rename, asking, note, possible_rename, said
from gnkmigrate.cli._result import show

DIFFERENT = 1
_SUBJECT = "diff"  # whose renderers show it


def command(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="The schema as it is.", metavar="SOURCE")],
    target: Annotated[str, typer.Argument(help="The schema as it should be.", metavar="TARGET")],
    format_: Annotated[str, formats(_SUBJECT)] = TEXT,
    rename: Rename = None,
    no_rename: NoRename = None,
) -> None:
    """Show the differences from one schema to another.

    A schema is a database URL, a .sql file or a folder of them, or a snapshot (.json).
    The exit code is 1 where there are differences. --format sql is a script that takes the
    source to the target. Where data would be lost with what may only have another name in the
    target, it asks; in a script it says so: --rename or --no-rename says which it is.

    Example: gnkmigrate diff before.json schema/target.sql
    """
    from gnkmigrate.diff.applying import without_effect
    from gnkmigrate.diff.beside import not_compared
    from gnkmigrate.diff.compared import Compared
    from gnkmigrate.diff.likely_renames import likely_renames
    from gnkmigrate.diff.rename_options import known_renames
    from gnkmigrate.diff.renames import renamed_by
    from gnkmigrate.diff.settling import leave_open, settled
    from gnkmigrate.facts.source import load_schemas
    from gnkmigrate.text.redaction import redact

    project = _context.settings(context)
    given = said(rename, no_rename)
    hints = known_renames(project.renames, given)
    before, after = load_schemas((source, target), project)
    for line in without_effect(given, before, after, "the source"):
        note(context, [], line)
    changes, hints = settled(before, after, hints, asking(leave_open))
    likely = likely_renames(changes, before, after, hints)
    compared = Compared(
        changes,
        before,
        after,
        likely,
        not_compared(before, after, renamed_by(changes)),
        redact(source),
        redact(target),
        project.source_timezone,
    )
    show(context, _SUBJECT, format_, compared)
    for each in likely:
        _context.stderr(context).print(possible_rename(each), soft_wrap=True)
    if changes:
        raise typer.Exit(DIFFERENT)
