"""A small project of a test's own: revisions in a folder, and an empty database."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.revision import load_phases
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.migrations.project import Project

_REVISION = '''"""{title}"""

from alembic import op
import sqlalchemy as sa

from gnkmigrate.run.sync.conversion import Conversion

revision = "{number}"
down_revision = {before}
phase = "{phase}"
irreversible = "{irreversible}"


def upgrade() -> None:
{up}


def downgrade() -> None:
{down}
'''


_REVERSIBLE = '''"""{title}"""

from gnkmigrate import op

revision = "{number}"
down_revision = {before}
phase = "{phase}"


@op.reversible
def upgrade() -> None:
{up}
'''


@dataclass(frozen=True)
class Small:
    """Revisions and a database; a test adds the one and runs them on the other."""

    folder: Path
    url: DatabaseUrl
    server: Server

    def revision(
        self, number: int, up: str, down: str = "pass", *, phase: str = "", irreversible: str = ""
    ) -> Path:
        """Writes a revision; `up` and `down` are the bodies of its functions."""
        return self._write(_REVISION, number, up, down, phase=phase, irreversible=irreversible)

    def reversible(self, number: int, up: str) -> Path:
        """Writes a revision whose downgrade is made from its upgrade."""
        return self._write(_REVERSIBLE, number, up)

    def _write(
        self,
        template: str,
        number: int,
        up: str,
        down: str = "",
        *,
        phase: str = "",
        irreversible: str = "",
    ) -> Path:
        name = phase or f"phase{number}"
        versions = self.folder / "versions"
        versions.mkdir(parents=True, exist_ok=True)
        file = versions / f"{number}.py"
        text = template.format(
            title=f"What {name} does.",
            number=number,
            before=repr(str(number - 1)) if number > 1 else None,
            phase=name,
            irreversible=irreversible,
            up=indent(dedent(up).strip(), "    "),
            down=indent(dedent(down).strip(), "    "),
        )
        file.write_text(text)
        return file

    @property
    def phases(self) -> tuple[Phase, ...]:
        return load_phases(self.folder)

    def project(self, **given: Any) -> Project:
        """The database with these revisions, as they are now."""
        return Project(self.url, self.server, self.phases, Settings(**given))
