"""Changes on a terminal: grouped by table, one line a change, and a summary at the end."""

from collections.abc import Mapping
from io import StringIO

from rich.text import Text

from gnkmigrate.diff.compared import Compared
from gnkmigrate.diff.lines import Tone, in_lines
from gnkmigrate.render.parts.console import console_for
from gnkmigrate.render.parts.view import View

_STYLES: Mapping[Tone, str] = {
    "plain": "",
    "heading": "bold",
    "aside": "dim",
    "warning": "yellow",
    "add": "green",
    "remove": "red",
    "alter": "yellow",
    "rename": "cyan",
}


def render(compared: Compared, view: View) -> str:
    """The changes, each with a mark that says the same without colour."""
    text = StringIO()
    console = console_for(view, text)
    for line in in_lines(compared.changes, compared.source, compared.target, compared.not_compared):
        pieces = ((piece.text, _STYLES[piece.tone]) for piece in line)
        console.print(Text.assemble(*pieces), soft_wrap=True)
    return text.getvalue()
