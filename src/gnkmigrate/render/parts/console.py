"""A terminal to write to, as a text."""

import io

from rich.console import Console

from gnkmigrate.render.parts.view import View


def console_for(view: View, text: io.StringIO) -> Console:
    """Writes into `text` for a window like the reader's; nothing that is written is markup."""
    styled = view.color or view.bold
    return Console(
        file=text,
        width=view.width,
        force_terminal=styled,
        color_system="standard" if styled else None,
        no_color=not view.color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
