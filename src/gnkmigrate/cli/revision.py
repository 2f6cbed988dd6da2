"""`gnkmigrate revision`."""

from functools import partial
from typing import Annotated

import typer

from gnkmigrate.cli import _context
from gnkmigrate.cli._renames import NoRename, Rename, note, said


def command(
    context: typer.Context,
    message: Annotated[
        str, typer.Option("--message", "-m", help="What the revision is about.", metavar="TEXT")
    ],
    target: Annotated[
        str | None,
        typer.Option(help="What it should be; else the settings' target.", metavar="SCHEMA"),
    ] = None,
    rename: Rename = None,
    no_rename: NoRename = None,
) -> None:
    """Write a revision that closes the gap between the live database and its target.

    Every phase has to be done before. Columns whose types change are converted while the
    application writes; the rest is planned SQL, with its way back. What is a guess has a comment
    "# confirm:", for you to look at before anybody runs it.

    Example: gnkmigrate revision -m "prices in cents"
    """
    from gnkmigrate.authoring.author import write_revision
    from gnkmigrate.text.numbers import counted

    project = _context.settings(context)
    written = write_revision(
        project,
        _context.live_url(context, project),
        message,
        target,
        renames=said(rename, no_rename),
        tell=partial(note, context, []),
    )
    out, messages = _context.stdout(context), _context.stderr(context)
    if written is None:
        out.print("Nothing to do: the database is as the target says.")
        return
    out.print(f"wrote {written.file}", soft_wrap=True)
    if written.to_confirm:
        lines = counted(written.to_confirm, "comment")
        messages.print(f"{lines} with # confirm: say what you have to look at.", soft_wrap=True)
    if written.is_part:
        messages.print("It is a first part; when it has run, write the next one.", soft_wrap=True)
    messages.print("Next: gnkmigrate check, then gnkmigrate upgrade --dry-run", soft_wrap=True)
