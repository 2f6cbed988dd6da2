"""The options that all commands of the fleet share: which databases, and in which order."""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gnkmigrate.cli._choices import TERMINAL, formats

if TYPE_CHECKING:
    from gnkmigrate.fleet.session import Choice

SUBJECT = "fleet"  # whose renderers show it


def _shared(
    targets: Annotated[
        Path | None,
        typer.Option(help="The list: CSV with name,url, or TOML [[target]].", metavar="FILE"),
    ] = None,
    query: Annotated[
        str | None, typer.Option(help="SQL on --url that gives name, url.", metavar="SQL")
    ] = None,
    schemas: Annotated[
        list[str] | None,
        typer.Option(help="Schemas of --url, one a tenant; repeatable.", metavar="PATTERN"),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, help="Databases of one server at once.", metavar="N")
    ] = 4,
    processes: Annotated[
        int | None,
        typer.Option(min=1, help="Processes of this machine at most.", metavar="N"),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            help="This part of the list, as 3/7; or 7, with JOB_COMPLETION_INDEX.", metavar="I/N"
        ),
    ] = None,
    canary: Annotated[
        list[str] | None,
        typer.Option(
            help="These go first, and the rest when they succeed: a name or 5%; repeatable.",
            metavar="NAME|SHARE",
        ),
    ] = None,
    group_by: Annotated[
        str | None,
        typer.Option(help="One value of this column after another.", metavar="COLUMN"),
    ] = None,
    max_failures: Annotated[
        int | None, typer.Option(min=1, help="Begin no other after so many.", metavar="N")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(help="A Dask scheduler, whose workers do it.", metavar="ADDRESS"),
    ] = None,
    format_: Annotated[str, formats(SUBJECT, TERMINAL)] = TERMINAL,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to; else stdout.", metavar="FILE"),
    ] = None,
    write: Annotated[
        list[str] | None,
        typer.Option(help="A further report, as html=FILE; repeatable.", metavar="FORMAT=FILE"),
    ] = None,
    details: Annotated[bool, typer.Option("--details", "-d", help="Show every target.")] = False,
) -> None: ...


_SHARED = signature(_shared).parameters
_SHOWN = ("format_", "output", "write", "details")


def fleet_command(command: Callable[..., None]) -> Callable[..., None]:
    """A command with the shared options after its own.

    It gets them as `choice`, which databases, and `shown`, how the summary is written.
    """

    @wraps(command)
    def run(**given: Any) -> None:
        shared = {name: given.pop(name) for name in _SHARED}
        shown = {name: shared.pop(name) for name in _SHOWN}
        command(**given, choice=_choice(shared), shown=shown)

    own = [each for each in signature(command).parameters.values() if each.name not in _FILLED]
    parameters = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in (*own, *_SHARED.values())]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return run


_FILLED = frozenset({"choice", "shown"})


def _choice(given: Mapping[str, Any]) -> "Choice":
    from gnkmigrate.fleet.session import Choice

    lists = [name for name in ("targets", "query", "schemas") if given[name]]
    if len(lists) != 1:
        raise typer.BadParameter(
            "Say which databases with one of --targets FILE, --query SQL, --schemas PATTERN."
        )
    if given["on"] and given["processes"]:
        raise typer.BadParameter("--on and --processes exclude each other.")
    several = {name: tuple(given[name] or ()) for name in ("schemas", "canary")}
    return Choice(**{**given, **several})
