"""TypeORM, by Node.js and the team's own package: run and undo, one migration at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gnkmigrate.check.other_tools.process import Script
from gnkmigrate.check.other_tools.tools import Migration, ToolFails
from gnkmigrate.errors import OrmError, RevisionError
from gnkmigrate.models.typeorm_team import compiled, team_of
from gnkmigrate.postgres.connection import DatabaseUrl


def open_(folder: Path, url: DatabaseUrl, room: Path) -> "TypeOrm":
    try:
        team = team_of(folder)
        javascript = compiled(team, room)
    except OrmError as error:
        raise RevisionError(
            error.message.replace("entities", "migrations"),
            details=error.details,
            hint=error.hint.replace("entities with --entities", "migrations with --migrations"),
        ) from None
    script = Script([team.node], "typeorm_run.cjs", team.folder, url, room)
    return TypeOrm(script, javascript, team.typeorm.home)


@dataclass
class TypeOrm:
    """The migrations that a folder's files export.

    Attributes:
        script: what runs them.
        javascript: the files, compiled where they have to be.
        home: the team's TypeORM.
    """

    script: Script
    javascript: Path
    home: Path
    tables: Sequence[str] = ("*.migrations", "*.typeorm_metadata")

    def migrations(self) -> Sequence[Migration]:
        try:
            found = self._ask("list", "")["migrations"]
        except ToolFails as error:
            raise RevisionError(
                f"TypeORM cannot say which migrations there are: {error.message}",
                details=error.details,
                hint="See that `npx typeorm migration:show` works there.",
            ) from None
        if not found:
            raise RevisionError(
                f"No file in {self.script.folder} exports a migration.",
                hint="Give the folder of the migrations.",
            )
        return [Migration(each["name"], each["done"]) for each in found]

    def up(self, *names: str) -> None:
        self._ask("up", names[-1])

    def down(self, name: str) -> None:
        self._ask("down", name)

    def _ask(self, do: str, name: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = self.script.ask(
            do=do, name=name, folder=str(self.javascript), typeorm=str(self.home)
        )
        return found
