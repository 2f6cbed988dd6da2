"""Alembic, run by the team's Python with the team's env.py, one revision at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gnkmigrate.check.other_tools.process import Script, python_of
from gnkmigrate.check.other_tools.tools import Migration, ToolFails
from gnkmigrate.errors import RevisionError
from gnkmigrate.postgres.connection import DatabaseUrl

_NEEDS = (
    "See that `alembic heads` works there, with Alembic and a driver in the environment of "
    "gnkmigrate, in the active one (VIRTUAL_ENV), or in .venv."
)


def open_(folder: Path, url: DatabaseUrl, room: Path) -> "Alembic":
    ini, scripts = _found(folder.absolute())
    home = ini.parent if ini else folder.absolute()
    script = Script([python_of(home)], "alembic_run.py", home, url, room)
    return Alembic(script, {"ini": str(ini or ""), "scripts": str(scripts or "")})


def _found(folder: Path) -> tuple[Path | None, Path | None]:
    """The settings, and the folder with env.py where that is what was given."""
    scripts = folder if (folder / "env.py").is_file() else None
    for above in (folder, *folder.parents) if scripts else (folder,):
        if (ini := above / "alembic.ini").is_file():
            return ini, scripts
    if scripts is None:
        raise RevisionError(
            f"There is neither alembic.ini nor env.py in {folder}.",
            hint="Give the folder that has one of them.",
        )
    return None, scripts


@dataclass
class Alembic:
    """Alembic's revisions; `ids` has each one's identifier by its name."""

    script: Script
    place: Mapping[str, str]
    tables: Sequence[str] = ("*.alembic_version",)
    ids: dict[str, str] = field(default_factory=dict)

    def migrations(self) -> Sequence[Migration]:
        try:
            found = self._ask(do="list")
        except ToolFails as error:
            raise RevisionError(
                f"Alembic cannot say which migrations there are: {error.message}",
                details=error.details,
                hint=_NEEDS,
            ) from None
        if len(found["heads"]) > 1:
            raise RevisionError(
                "The revisions have several heads.",
                details=found["heads"],
                hint="Join them, as `alembic merge heads` does.",
            )
        self.ids = {each["name"]: each["id"] for each in found["revisions"]}
        # Of a merge nothing is to be taken back.
        return [
            Migration(each["name"], each["done"], has_way_back=not each["merges"])
            for each in found["revisions"]
        ]

    def up(self, *names: str) -> None:
        self._ask(do="up", revisions=[self.ids[name] for name in names])

    def down(self, name: str) -> None:
        self._ask(do="down", revisions=[self.ids[name]])

    def _ask(self, **asked: Any) -> Any:
        return self.script.ask(**self.place, **asked)
