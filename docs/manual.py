"""Writes docs/gnkmigrate.1, the manual page, from the commands' own help.

    python docs/manual.py

A test holds the file against the commands. The wheel brings it to share/man.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from gnkmigrate import __version__
from gnkmigrate.cli import application

FILE = Path(__file__).parent / "gnkmigrate.1"
_ABOUT = """.SH EXIT STATUS
.TP
.B 0
Clean, or done.
.TP
.B 1
Something was found: findings, differences, a failed verification, or with
.B status \\-\\-check
pending work.
.TP
.B 2
The command itself failed, and a person must change something.
.TP
.B 3
It failed for now, and the same command may succeed later: no connection, a lock, another runner,
a full disk.
.SH ENVIRONMENT
.TP
.B DATABASE_URL
The live database, where
.B \\-\\-url
does not say.
.B PGHOST
and the other variables of libpq count where neither does.
.TP
.B GNKMIGRATE_*
Settings, such as
.BR GNKMIGRATE_LIMITS__LOCK_TIMEOUT_MS .
.TP
.B GNKMIGRATE_CACHE_DIR
Where PostgreSQL's programs and facts of targets are kept.
.TP
.B NO_COLOR
No colour.
.SH FILES
.TP
.I gnkmigrate.toml
The settings of the project, in this folder or one above.
.TP
.IR schema/ ", " migrations/ ", " audits/
What it should be, the phases, and reports, opinions and checks.
.SH SEE ALSO
.BR psql (1),
.BR pg_dump (1)
"""


def text() -> str:
    """The whole page, as roff with the macros of man(7)."""
    root: Any = typer.main.get_command(application())
    lines = [
        f'.TH GNKMIGRATE 1 "" "gnkmigrate {__version__}" "User commands"',
        '.\\" Written by docs/manual.py; change the help of the commands instead.',
        ".SH NAME",
        "gnkmigrate \\- audits a live PostgreSQL database and takes it to its target in phases",
        ".SH SYNOPSIS",
        ".B gnkmigrate",
        '.RI [ options ] " COMMAND " [ arguments ]',
        ".SH DESCRIPTION",
        *_paragraphs(root.help),
        ".SH OPTIONS",
        *_parameters(root),
        ".SH COMMANDS",
        *_commands(root, ""),
    ]
    return "\n".join(lines) + "\n" + _ABOUT


def _commands(group: Any, before: str) -> Iterator[str]:
    """A section for each command; those of a group stand one after another."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        else:
            usage = command.collect_usage_pieces(typer.Context(command))
            yield f".SS {_roff(' '.join([before + name, *usage]))}"
            yield from _paragraphs(command.help)
            yield from _parameters(command)


def _parameters(command: Any) -> Iterator[str]:
    """What a command takes, with the values that it may have."""
    context = typer.Context(command)
    records = (each.get_help_record(context) for each in command.params)
    for spelling, about in filter(None, records):
        yield from (".TP", f".B {_roff(spelling)}", _roff(about))


def _paragraphs(help_: str) -> Iterator[str]:
    for paragraph in help_.split("\n\n"):
        yield ".PP"
        yield _roff(" ".join(paragraph.split()))


def _roff(said: str) -> str:
    escaped = said.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped)


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
