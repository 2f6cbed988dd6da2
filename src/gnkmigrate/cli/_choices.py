"""Options that several commands take, and their values."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from gnkmigrate import render
from gnkmigrate.cli._completion import checks, phases


class UnmappedAnswer(StrEnum):
    FAIL = "fail"
    ARCHIVE = "archive"


class OverflowAnswer(StrEnum):
    FAIL = "fail"
    TRUNCATE = "truncate"


class ResultFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


TERMINAL = "terminal"  # the format that every subject has
TEXT = "text"  # what most commands call it


def offered(subject: str, terminal: str = TEXT) -> dict[str, str]:
    """The formats of a subject, as they lie in render/, by their names on the command line."""
    return {terminal if name == TERMINAL else name: name for name in render.formats(subject)}


def formats(subject: str, terminal: str = TEXT) -> Any:
    """An option that takes the formats of a subject, and gives the names of their renderers."""
    names = offered(subject, terminal)

    def known(text: str) -> str:
        if text not in names:
            raise typer.BadParameter(f"{text!r} is not one of {', '.join(map(repr, names))}.")
        return names[text]

    return typer.Option(
        "--format",
        "-f",
        help="How to show it.",
        parser=known,
        metavar=f"<{'|'.join(names)}>",
        autocompletion=lambda incomplete: [name for name in names if name.startswith(incomplete)],
    )


def format_and_file(text: str, names: Mapping[str, str]) -> tuple[str, Path]:
    """A renderer's name and a file from "junit=check.xml".

    Args:
        text: the option's value.
        names: the formats, as `offered` gives them.

    Raises:
        typer.BadParameter: it is not of this form, or there is no such format.
    """
    name, separator, file = text.partition("=")
    if not separator or not file or name not in names:
        listed = ", ".join(names)
        raise typer.BadParameter(f"{text!r}: write FORMAT=FILE, where FORMAT is one of {listed}.")
    return names[name], Path(file)


class DriftAnswer(StrEnum):
    REFUSE = "refuse"
    CHECKED = "checked"


class Allowed(StrEnum):
    DATA_LOSS = "data-loss"


Report = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Also write the result as Markdown, or HTML to a .html file."
    ),
]
SampleRows = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="ROWS",
        help="Copy so many rows of each table, and all that they refer to.",
    ),
]


def _phase(help_: str) -> Any:
    return typer.Option(metavar="NAME|N", help=help_, autocompletion=phases)


def _check(help_: str) -> Any:
    return typer.Option(metavar="CHECK", help=help_, autocompletion=checks)


Phase = Annotated[str | None, _phase("Run this phase alone.")]
Through = Annotated[str | None, _phase("Run all phases up to this one.")]
PhaseBack = Annotated[str | None, _phase("Take back this phase alone.")]
ThroughBack = Annotated[str | None, _phase("Take back all phases down to this one.")]
OnlyChecks = Annotated[
    list[str] | None, _check("Only this check, by id, name or group; repeatable.")
]
SkipChecks = Annotated[list[str] | None, _check("Not this check; repeatable.")]
Explain = Annotated[
    str | None, _check("Print what this check is about, by id or name; nothing else is done.")
]
Wait = Annotated[
    float,
    typer.Option(
        "--wait", min=0, metavar="S", help="Wait so many seconds for another gnkmigrate to finish."
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Carry it out in one transaction, then roll it back.")
]
Sql = Annotated[bool, typer.Option("--sql", help="Write the SQL, for reading; run nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
TrustTriggers = Annotated[
    bool,
    typer.Option(
        "--trust-triggers", help="Let code of roles with fewer rights run with yours; it is listed."
    ),
]
LockTimeout = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="MS", help="How long one statement waits for a lock; it is tried again."
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option(min=1, metavar="ROWS", help="Rows of one backfill transaction at most."),
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, max=64, metavar="N", help="Sessions that a backfill uses at once."),
]
Throttle = Annotated[
    float | None,
    typer.Option(min=0, metavar="FACTOR", help="Rest after each batch: 1 is as long as it took."),
]
Unmapped = Annotated[
    UnmappedAnswer | None,
    typer.Option(help="References that match nothing: stop, or NULL and keep the original."),
]
Overflow = Annotated[
    OverflowAnswer | None,
    typer.Option(help="Values too long for the target: stop, or cut and keep the original."),
]
Drift = Annotated[
    DriftAnswer | None,
    typer.Option(help="Tables that others have changed since the last run: stop, or go on."),
]
Format = Annotated[ResultFormat, typer.Option("--format", "-f", help="How the result is written.")]


def given(**values: object) -> dict[str, object]:
    """The options that were given, by name."""
    return {name: value for name, value in values.items() if value is not None}


def answers(**policies: StrEnum | None) -> dict[str, str]:
    """What was answered to the questions of revisions and phases, by the name of the policy."""
    return {name: str(value) for name, value in given(**policies).items()}


def exclusive(**options: object) -> None:
    """Refuses options that contradict each other.

    Args:
        options: each option's value by its name, with underscores.

    Raises:
        typer.BadParameter: more than one was given.
    """
    found = [f"--{name.replace('_', '-')}" for name, value in options.items() if value]
    if len(found) > 1:
        raise typer.BadParameter(f"{' and '.join(found)} exclude each other.")
