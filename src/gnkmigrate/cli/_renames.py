"""The options that say what has another name in the target, and the question where nobody says."""

import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context

if TYPE_CHECKING:
    from gnkmigrate.diff.likely_renames import Likely
    from gnkmigrate.diff.renames import Renames
    from gnkmigrate.diff.settling import Decide

Rename = Annotated[
    list[str] | None,
    typer.Option(
        "--rename",
        metavar="'KIND OLD = NEW'",
        help="It has another name in the target: 'table public.picture = photo'; repeatable.",
    ),
]
NoRename = Annotated[
    list[str] | None,
    typer.Option(
        "--no-rename",
        metavar="'KIND NAME'",
        help="It is gone, whatever the target has instead: 'table public.picture'; repeatable.",
    ),
]


def said(rename: Rename, no_rename: NoRename) -> "Renames":
    """What the options say.

    Raises:
        RenameUnclear: it cannot be understood.
    """
    from gnkmigrate.diff.rename_options import read_renames

    return read_renames(rename or (), no_rename or ())


def note(context: typer.Context, kept: list[str], line: str) -> None:
    """Says on stderr what the options say to no effect, and keeps it."""
    from gnkmigrate.text.escape import visible

    kept.append(f"note: {visible(line)}")
    _context.stderr(context).print(kept[-1], soft_wrap=True)


def possible_rename(likely: "Likely") -> str:
    """A note about what may be one thing under two names."""
    from gnkmigrate.diff.lines import one_line
    from gnkmigrate.diff.rename_options import written

    rename = shlex.quote(written(likely.old, likely.new))
    return one_line(f"note: possibly a rename, {likely.why}: --rename {rename}")


def asking(otherwise: "Decide", *, to_file: bool = False) -> "Decide":
    """Asks about likely renames on a terminal.

    Args:
        otherwise: decides where nobody can be asked.
        to_file: whether the result goes to a file, as in a script.
    """
    terminals = (sys.stdin, sys.stdout, sys.stderr)
    return otherwise if to_file or not all(each.isatty() for each in terminals) else _ask


def _ask(found: Sequence["Likely"]) -> "Renames":
    from gnkmigrate.diff.rename_options import written_alone
    from gnkmigrate.diff.renames import Renames
    from gnkmigrate.text.escape import visible

    pairs, gone = [], []
    for old, new, why in found:
        question = f"Is {written_alone(old)} now called {new.name}? ({why})"
        if typer.confirm(visible(question), err=True):
            pairs.append((old, new))
        else:
            gone.append(old)
    return Renames.of(*pairs, gone=gone)
