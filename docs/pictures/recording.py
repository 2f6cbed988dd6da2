"""Makes docs/pictures/recording.svg: what the tool itself prints about the shop of examples/shop.

Run it after a change of what commands print: .venv/bin/python docs/pictures/recording.py
"""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import psycopg
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from gnkmigrate.servers import throwaway
from gnkmigrate.settings import ServerSettings

HERE = Path(__file__).parent
SHOP = HERE.parents[1] / "examples" / "shop"
FILE = HERE / "recording.svg"
WIDTH = 84
COMMANDS = (
    "gnkmigrate audit",
    "gnkmigrate upgrade --through states --yes",
    "gnkmigrate status",
    "gnkmigrate downgrade --yes",
)
# Rich's own, but no font comes from elsewhere.
FORM = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def recorded() -> Console:
    """A console that has seen every command and what it printed."""
    console = Console(width=WIDTH, record=True, file=StringIO())
    with throwaway(ServerSettings(), 16) as server:
        url = server.create_database("shop")
        with psycopg.connect(url.conninfo, autocommit=True) as connection:
            for name in ("baseline.sql", "baseline-rows.sql"):
                connection.execute((SHOP / "schema" / name).read_text().encode())
        for command in COMMANDS:
            console.print(Text.assemble(("$ ", "dim"), (command, "bold")))
            console.print(Text.from_ansi(printed(command, url.conninfo)))
            console.print()
    return console


def printed(command: str, address: str) -> str:
    """What a command prints, in colour and without its progress; no address of this machine."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "DATABASE_URL": address,
        "COLUMNS": str(WIDTH),
        "FORCE_COLOR": "1",
        "TTY_INTERACTIVE": "0",
    }
    done = subprocess.run(  # noqa: S603
        command.split(),
        cwd=SHOP,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    shown = re.sub(r"postgres@\S+/shop", "me@localhost/shop", done.stdout.rstrip())
    return re.sub(r"\btarget\s+schema/", "target schema/", shown)  # the shorter line has room


def main() -> None:
    console = recorded()
    FILE.write_text(console.export_svg(title="gnkmigrate", code_format=FORM, unique_id="recording"))


if __name__ == "__main__":
    main()
