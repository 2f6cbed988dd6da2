"""Write entities and migrations for TypeORM, or compare entities with the target."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gnkmigrate.cli import _context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gnkmigrate.orm.typeorm.check import Checked
    from gnkmigrate.orm.typeorm.model import Limit

FOUND = 1

Out = Annotated[Path, typer.Option("--out", help="The folder to write to.", metavar="DIR")]
Target = Annotated[
    str | None,
    typer.Option(help="What it should be; else the settings' target.", metavar="SCHEMA"),
]


def entities(context: typer.Context, out: Out, target: Target = None) -> None:
    """Write TypeORM's entity classes for the target.

    One TypeScript file for each table, with relations in both directions. What TypeORM has no
    word for is listed on stderr and in the files.

    Example: gnkmigrate typeorm entities --out backend/src/entities
    """
    from gnkmigrate.cli._words import counted
    from gnkmigrate.orm.typeorm.entities import write_entities

    written = write_entities(_context.settings(context), target, out)
    console, messages = _context.stdout(context), _context.stderr(context)
    names = ", ".join(entity.class_name for entity in written.model.entities)
    number = counted(len(written.model.entities), "entity", "entities")
    console.print(f"{out}: {number}: {names}", soft_wrap=True)
    _tell(context, written.model.all_limits)
    for name in written.stale:
        messages.print(f"No longer written, and still there: {out / name}", soft_wrap=True)
    messages.print(f"Next: gnkmigrate typeorm check --entities {out}", soft_wrap=True)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def check(
    context: typer.Context,
    entities: Annotated[
        Path,
        typer.Option("--entities", help="The folder of the team's entities.", metavar="DIR"),
    ],
    target: Target = None,
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="How the result is written.")
    ] = Format.TEXT,
) -> None:
    """Compare what a team's own entities make with the target.

    The team's own TypeORM makes their schema on a throwaway server, through Node.js. What
    TypeORM has no word for is no finding. Exits with 1 when there are findings.

    Example: gnkmigrate typeorm check --entities backend/src/entities
    """
    from gnkmigrate.orm.typeorm.check import check_entities

    messages = _context.stderr(context)
    settings = _context.settings(context)
    result = check_entities(
        settings, target, entities, lambda text: messages.print(f"{text[:-1]} ...")
    )
    if format_ is Format.JSON:
        import json

        from gnkmigrate.orm.typeorm.document import document

        typer.echo(json.dumps(document(result), indent=2, ensure_ascii=False))
    else:
        _write(context, result)
    if result.findings:
        raise typer.Exit(FOUND)


def _write(context: typer.Context, result: "Checked") -> None:
    from gnkmigrate.cli._lines import write_line
    from gnkmigrate.cli._words import counted
    from gnkmigrate.diff.omitted import AS_FAR, is_whole, told

    console = _context.stdout(context)
    for finding in result.findings:
        write_line(console, finding.severity.label, finding.message, width=8, indent=0)
        for difference in finding.evidence.get("differences", ()):
            write_line(console, "", difference, width=8, indent=0)
    for line in told(result.not_compared):
        write_line(console, "note", line, width=8, indent=0)
    entities = counted(len(result.entities), "entity", "entities")
    far = "" if is_whole(result.not_compared) else f", {AS_FAR}"
    console.print(
        f"{entities}, TypeORM {result.version}: {counted(len(result.findings), 'finding')}{far}.",
        style="bold",
        soft_wrap=True,
    )
    _tell(context, result.limits)


def _tell(context: typer.Context, limits: "Sequence[Limit]") -> None:
    from rich.text import Text

    from gnkmigrate.cli._lines import write_hanging
    from gnkmigrate.cli._words import printable

    messages = _context.stderr(context)
    if limits:
        messages.print("TypeORM has no word for:")
    for limit in limits:
        write_hanging(messages, Text("  "), Text(printable(str(limit))))


def migrations(context: typer.Context, out: Out) -> None:
    """Write a TypeORM migration for each phase, of plain SQL, up and down.

    The phases run on a throwaway server, with and without rows; what they do there is written
    and tried by itself. A phase that is no plain SQL is refused by name.

    Example: gnkmigrate typeorm migrations --out backend/src/migrations
    """
    from gnkmigrate.orm.typeorm.migrations import write_migrations

    messages = _context.stderr(context)
    written = write_migrations(
        _context.settings(context), out, lambda text: messages.print(f"{text[:-1]} ...")
    )
    console = _context.stdout(context)
    for name in written.files:
        console.print(str(out / name), soft_wrap=True)
    for name in written.stale:
        messages.print(f"No longer written, and still there: {out / name}", soft_wrap=True)
    if written.one_way:
        names = ", ".join(written.one_way)
        messages.print(f"Cannot be taken back: {names}", soft_wrap=True)
    messages.print("Next: npx typeorm migration:run -d DATA_SOURCE", soft_wrap=True)


COMMANDS = {"entities": entities, "migrations": migrations, "check": check}
