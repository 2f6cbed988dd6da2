"""Prisma: the SQL that `prisma migrate diff` writes from nothing to "prisma:FILE"."""

import json
from pathlib import Path

from gnkmigrate.models.running import Into, run, run_sql

SOURCES = frozenset({".prisma", ".ts", ".js", ".json"})
_SCHEMA = "prisma/schema.prisma"
_RENAMED = 7  # the first major version that calls the option so
_NEEDS = (
    "See that `npx prisma migrate diff` works there: npm install --save-dev prisma. It fetches a "
    "program of its own, the schema engine, from binaries.prisma.sh, or from PRISMA_ENGINES_MIRROR."
)


def write(name: str, into: Into) -> None:
    """Creates what the schema declares.

    Args:
        name: the schema's file; "" takes prisma/schema.prisma.
        into: the database, and where node_modules is.

    Raises:
        SchemaError: prisma or its schema engine is not there, or fails.
    """
    option = "--to-schema" if _major(into.folder) >= _RENAMED else "--to-schema-datamodel"
    command = ["npx", "--no-install", "prisma", "migrate", "diff", "--from-empty", "--script"]
    run_sql(run([*command, option, name or _SCHEMA], into, _NEEDS), into, "prisma")


def _major(folder: Path) -> int:
    package = folder / "node_modules" / "prisma" / "package.json"
    if not package.is_file():
        return _RENAMED
    return int(str(json.loads(package.read_text())["version"]).partition(".")[0])
