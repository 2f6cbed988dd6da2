"""`gnkmigrate mcp`."""

import typer

from gnkmigrate.cli import _context


def command(context: typer.Context) -> None:
    """Let an assistant look: audit, explain, diff, plan and status as tools, all read-only.

    Speaks the Model Context Protocol on stdin and stdout, for a program that starts it.

    Example: gnkmigrate --config shop/gnkmigrate.toml mcp
    """
    from gnkmigrate.errors import SettingsError

    try:
        from gnkmigrate.assistant import server
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"mcp", "mcp_types"}:
            raise
        raise SettingsError(
            "The package mcp, which speaks to assistants, is not installed.",
            hint="pip install 'gnkmigrate[mcp]'",
        ) from None

    project = _context.settings(context)
    server(project, _context.live_url(context, project)).run("stdio")
