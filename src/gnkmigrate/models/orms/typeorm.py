"""TypeORM: `synchronize` of the entities in the folder of "typeorm:FOLDER"."""

from pathlib import Path
from tempfile import TemporaryDirectory

from gnkmigrate.errors import SchemaError
from gnkmigrate.models.running import Into
from gnkmigrate.models.typeorm_team import build, compiled, team_of

SOURCES = frozenset({".ts", ".js", ".mts", ".mjs", ".cts", ".cjs", ".json"})


def write(name: str, into: Into) -> None:
    """Has the TypeORM beside the entities make their schema.

    Raises:
        SchemaError: no folder is named.
        OrmError: Node.js, TypeORM or its driver is missing, or the entities do not compile or are
            refused.
    """
    if not name:
        raise SchemaError(
            "The target typeorm does not say where the entities are.",
            hint='Write it as "typeorm:FOLDER", such as "typeorm:src/entities".',
        )
    team = team_of(into.folder / name)
    with TemporaryDirectory(prefix="gnkmigrate-") as room:
        build(team, compiled(team, Path(room)), into.url)
