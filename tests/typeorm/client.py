"""Talks to the application of the old shape, a process of Node's."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg import conninfo

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.support import ROOT

# `make typeorm` puts them there; they are no part of this repository.
PACKAGES = ROOT / ".venv" / "typeorm" / "node_modules"
NODE = shutil.which("node")
# Not UTC, and without hours that come twice.
ZONE = "Asia/Tokyo"

_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
}


def database(url: DatabaseUrl) -> dict[str, str]:
    """The variables by which node-postgres finds a database."""
    given = conninfo.conninfo_to_dict(url.conninfo)
    return {_VARIABLES[name]: str(given[name]) for name in _VARIABLES if given.get(name)}


def missing() -> str:
    """What the application lacks here; "" where it can run."""
    if NODE is None:
        return "there is no Node.js"
    return "" if (PACKAGES / "typeorm").is_dir() else "TypeORM is not installed: make typeorm"


class Application:
    """A process that runs; tests/typeorm/application.js says what it answers."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, do: str, **request: Any) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"do": do, **request}) + "\n")
        stdin.flush()
        answer = stdout.readline()
        assert answer, "the application has ended"
        return json.loads(answer)


@contextmanager
def application(url: DatabaseUrl) -> Iterator[Application]:
    """Starts it, and ends it when nobody asks any more."""
    process = subprocess.Popen(
        [NODE or "node", Path(__file__).with_name("application.js")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **database(url), "NODE_PATH": str(PACKAGES), "TZ": ZONE},
    )
    with process:
        try:
            yield Application(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
