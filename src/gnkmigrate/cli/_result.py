"""A command's result, as a renderer of its subject shows it: on stdout, or in files."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer

from gnkmigrate.cli import _context

# For people; what a program reads stays as it is.
_IN_WORDS = ("terminal", "markdown")
_HTML = (".html", ".htm")


def show(context: typer.Context, subject: str, format_: str, result: object, **more: Any) -> None:
    """Writes a result to stdout.

    Args:
        context: the command's.
        subject: the folder in render/.
        format_: one of its renderers.
        result: what the renderers of this subject show.
        more: attributes of the View beside what the window is like, such as details.
    """
    from gnkmigrate.render import renderer
    from gnkmigrate.render.parts.view import View
    from gnkmigrate.text.escape import for_log

    console = _context.stdout(context)
    styled = console.color_system is not None
    seen = {"color": styled and not console.no_color, "bold": styled, **more}
    view = View(console.width, **seen)
    text = renderer(subject, format_)(result, view)
    if format_ in _IN_WORDS:
        text = for_log(text)
        typer.echo(text, nl=False, color=True)  # what it holds of colours is the renderer's
    else:
        write_as_it_is(text)


def write_as_it_is(text: str) -> None:
    """Writes what a program reads to stdout, such as SQL, character by character.

    Click would take out what looks like a terminal's escape sequence, also where it is part of a
    name. On a terminal itself a sign stands for each control character.
    """
    import sys

    from gnkmigrate.text.escape import printable

    typer.echo(printable(text) if sys.stdout.isatty() else text, nl=False, color=True)


def rendered(subject: str, format_: str, result: object, **view: Any) -> str:
    """A result as a text, for a View with these attributes."""
    from gnkmigrate.render import renderer
    from gnkmigrate.render.parts.view import View

    return renderer(subject, format_)(result, View(**view))


def write_files(
    subject: str, files: Iterable[tuple[str, Path]], result: object, **view: Any
) -> None:
    """Writes a result to files, each with its format, for a View with these attributes.

    Raises:
        Unwritable: one cannot be written.
    """
    from gnkmigrate.cli._report_file import write_report

    for format_, path in files:
        write_report(path, rendered(subject, format_, result, **view))


def report_file(path: Path | None) -> list[tuple[str, Path]]:
    """The file of --report with its format: a page, or else Markdown.

    Raises:
        typer.BadParameter: its folder is not there.
    """
    if path is None:
        return []
    if not path.absolute().parent.is_dir():
        raise typer.BadParameter(f"--report: there is no folder {path.absolute().parent}.")
    return [("html" if path.suffix.lower() in _HTML else "markdown", path)]
