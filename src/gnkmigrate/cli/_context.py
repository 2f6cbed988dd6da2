"""What every command shares: global options, settings, the live database's URL, consoles."""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from gnkmigrate.postgres.connection import DatabaseUrl
    from gnkmigrate.settings import Settings


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True)
class GlobalOptions:
    """The options that stand before the command; see `gnkmigrate --help`."""

    config: Path | None
    url: str | None
    quiet: bool
    verbose: bool
    no_color: bool
    log_format: LogFormat


def options(context: typer.Context) -> GlobalOptions:
    found = context.find_object(GlobalOptions)
    if found is None:
        raise TypeError("a command runs below the application, which sets the global options")
    return found


def settings(context: typer.Context, **flags: Any) -> "Settings":
    """The project's settings, with the command's flags on top (None means not given)."""
    from gnkmigrate.settings import load

    return load(options(context).config, flags)


def live_url(context: typer.Context, project: "Settings") -> "DatabaseUrl":
    """--url, else DATABASE_URL, else the settings, else libpq's own PG* variables."""
    from gnkmigrate.settings import live_url as found

    return found(project, options(context).url)


def stdout(context: typer.Context) -> "Console":
    """Where the result goes. Piped, it is 100 columns wide and without colour."""
    return _console(context, stderr=False)


def stderr(context: typer.Context) -> "Console":
    """Where progress and messages go; silent with --quiet, or where JSON lines go instead."""
    return _console(context, stderr=True)


def _console(context: typer.Context, *, stderr: bool) -> "Console":
    from gnkmigrate.cli._log_console import LogConsole

    given = options(context)
    console = LogConsole(
        stderr=stderr,
        no_color=given.no_color or None,
        quiet=stderr and (given.quiet or given.log_format is LogFormat.JSON),
        highlight=False,
        emoji=False,
        markup=False,
    )
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = 100
    return console
