"""Runs a team's own tool: in the folder of its migrations, with its interpreter, on the copy."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from psycopg import conninfo

from gnkmigrate.check.other_tools.tools import ToolFails
from gnkmigrate.models.running import interpreter
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.text.redaction import redact

_SHOWN = 6  # lines of what a tool says when it fails; the last ones have the reason
_OTHERS = ("PGSERVICE", "PGSERVICEFILE", "PGHOSTADDR", "PGPASSFILE", "PGSSLMODE", "PGOPTIONS")
_VARIABLES = {
    "PGHOST": "host",
    "PGPORT": "port",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGDATABASE": "dbname",
}


@dataclass(frozen=True)
class Script:
    """A script of scripts/ that a team's interpreter runs.

    Attributes:
        command: the interpreter, and what it is given before the script.
        name: the script's file.
        folder: where it runs.
        url: the copy's address; the script has it in its environment, where no list of processes
            shows it.
        room: where the script and its answer are put.
    """

    command: Sequence[str]
    name: str
    folder: Path
    url: DatabaseUrl
    room: Path

    def ask(self, **asked: Any) -> Any:
        """Runs it; gives its answer, which it writes to a file: stdout is the tool's own.

        Raises:
            ToolFails: it ends with an error, or without an answer.
        """
        answer, script = self.room / "answer.json", self.room / self.name
        answer.unlink(missing_ok=True)
        text = resources.files("gnkmigrate.check.other_tools").joinpath("scripts", self.name)
        script.write_text(text.read_text(encoding="utf-8"), encoding="utf-8")
        self._run(script, json.dumps({**asked, "answer": str(answer)}))
        if not answer.is_file():
            raise ToolFails("It ends before the migration does.")
        found = json.loads(answer.read_text(encoding="utf-8"))
        if error := found.get("error"):
            raise ToolFails(redact(error.strip().splitlines()[0]))
        return found

    def _run(self, script: Path, asked: str) -> None:
        try:
            done = subprocess.run(  # noqa: S603 - the team's own tool
                [*self.command, str(script)],
                cwd=self.folder,
                env=environment(self.url),
                input=asked,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except OSError as error:
            raise ToolFails(f"{self.command[0]} does not start: {error.strerror}.") from None
        if done.returncode:
            said = redact(done.stderr.strip() or done.stdout.strip()).splitlines()
            raise ToolFails(said[-1] if said else "It ends without a word.", details=said[-_SHOWN:])


def environment(url: DatabaseUrl) -> Mapping[str, str]:
    """The variables of a program that is to find the copy, and nothing else."""
    given = conninfo.conninfo_to_dict(url.conninfo)
    kept = {name: value for name, value in os.environ.items() if name not in _OTHERS}
    place = {name: str(given[key]) for name, key in _VARIABLES.items() if given.get(key)}
    return {**kept, **place, "DATABASE_URL": _address(url)}


def _address(url: DatabaseUrl) -> str:
    """As a URL, with the driver that the team's own names."""
    from sqlalchemy import URL

    given = conninfo.conninfo_to_dict(url.conninfo)
    scheme = os.environ.get("DATABASE_URL", "").partition("://")[0]
    driver = scheme if scheme.startswith("postgres") else "postgresql"
    place = URL.create(
        driver,
        str(given["user"]),
        str(given.get("password") or "") or None,
        str(given["host"]),
        int(str(given["port"])),
        str(given["dbname"]),
    )
    return place.render_as_string(hide_password=False)


def python_of(folder: Path) -> str:
    """The team's Python: of the active environment, else of one beside or above the folder."""
    if not os.environ.get("VIRTUAL_ENV"):
        for above in (folder, *folder.parents):
            for name in (".venv", "venv"):
                if (found := above / name / "bin" / "python").is_file():
                    return str(found)
    return interpreter()
