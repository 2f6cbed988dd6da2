"""The command line: one module a command, named as the command is.

A command parses, calls the core, renders and exits. Its module imports Typer alone at the top
and everything else when it runs, so that --help stays instant.
"""

import importlib
import pkgutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from gnkmigrate import __version__
from gnkmigrate.cli._context import GlobalOptions, LogFormat
from gnkmigrate.cli._frame import framed
from gnkmigrate.cli._group import Group
from gnkmigrate.cli._stderr import guard
from gnkmigrate.failure import FAILED

# The order of --help: the way of a project from its first day on. Commands that are not named
# here follow in alphabetical order.
_ORDER = (
    "demo",
    "init",
    "doctor",
    "grants",
    "audit",
    "plan",
    "apply",
    "revision",
    "rehearse",
    "impact",
    "check",
    "upgrade",
    "tune",
    "cutover",
    "status",
    "verify",
    "downgrade",
    "contract",
    "forget",
    "fleet",
    "backup",
    "restore",
    "snapshot",
    "diff",
)

_EPILOG = "First time here? Type: gnkmigrate demo"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gnkmigrate {__version__}")
        raise typer.Exit


def _globals(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="Settings file; else gnkmigrate.toml here or above.", metavar="FILE"),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            help="The live database; else DATABASE_URL, the settings, PG* variables.",
            metavar="URL",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Results only.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say every step.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Plain text.")] = False,
    log_format: Annotated[
        LogFormat, typer.Option(help="How progress is written to stderr.")
    ] = LogFormat.TEXT,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Audit a live PostgreSQL database against its target, and take it there in phases."""
    del version
    context.obj = GlobalOptions(config, url, quiet, verbose, no_color, log_format)


def application() -> typer.Typer:
    """The Typer application with every command module of this package."""
    app = typer.Typer(
        name="gnkmigrate",
        cls=Group,
        no_args_is_help=True,
        rich_markup_mode=None,  # plain help: loading Rich would take longer than all the rest
        pretty_exceptions_enable=False,
        epilog=_EPILOG,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_globals)
    _add_commands(app, sys.modules[__name__])
    return app


def _add_commands(app: typer.Typer, package: ModuleType) -> None:
    """Adds a command for each module of a package, and a group of commands for each folder."""
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    commands = sorted(name for name in names if not name.startswith("_"))
    rank = {name: position for position, name in enumerate(_ORDER)}
    for name in sorted(commands, key=lambda name: rank.get(name, len(rank))):
        module = importlib.import_module(f"{package.__name__}.{name}")
        if hasattr(module, "__path__"):
            group = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)
            _add_commands(group, module)
            app.add_typer(group, name=name, help=module.__doc__)
        else:
            app.command(name.rstrip("_"))(framed(module.command))


def main() -> None:
    """The console script."""
    guard()
    try:
        application()()
    except KeyboardInterrupt:  # before a command has begun
        sys.exit(FAILED)
    except OSError as error:  # its own output cannot be written
        sys.stderr.write(f"error: The result cannot be written: {error.strerror or error}\n")
        sys.exit(FAILED)
