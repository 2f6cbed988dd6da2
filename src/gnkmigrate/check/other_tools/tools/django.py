"""Django, by the team's manage.py and Python: `migrate`, one migration at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gnkmigrate.check.other_tools.process import Script, python_of
from gnkmigrate.check.other_tools.tools import Migration, ToolFails
from gnkmigrate.errors import RevisionError
from gnkmigrate.postgres.connection import DatabaseUrl

_NEEDS = (
    "See that `python manage.py showmigrations` works there, with Django and its driver in the "
    "environment of gnkmigrate, in the active one (VIRTUAL_ENV), or in .venv."
)


def open_(folder: Path, url: DatabaseUrl, room: Path) -> "Django":
    home = folder.absolute()
    if not (home / "manage.py").is_file():
        raise RevisionError(
            f"There is no manage.py in {folder}.", hint="Give the folder that has it."
        )
    return Django(Script([python_of(home)], "django_run.py", home, url, room))


@dataclass
class Django:
    """Django's migrations, of the team's applications and of its libraries', in one order.

    Attributes:
        script: what runs them.
        tables: Django's own.
        before: by a migration's name, the one of its application that comes before it.
    """

    script: Script
    tables: Sequence[str] = ("*.django_migrations", "*.django_content_type", "*.auth_permission")
    before: dict[str, str] = field(
        default_factory=dict
    )  # which one of its application comes before

    def migrations(self) -> Sequence[Migration]:
        try:
            found = self.script.ask(do="list")["migrations"]
        except ToolFails as error:
            raise RevisionError(
                f"Django cannot say which migrations there are: {error.message}",
                details=error.details,
                hint=_NEEDS,
            ) from None
        self.before = {each["name"]: each["before"] for each in found}
        return [Migration(each["name"], each["done"], each["theirs"]) for each in found]

    def up(self, *names: str) -> None:
        self._migrate_to([name.split(".", 1) for name in names])

    def down(self, name: str) -> None:
        self._migrate_to([[name.partition(".")[0], self.before[name]]])

    def _migrate_to(self, places: Sequence[Sequence[str]]) -> None:
        """Applications, each to one of its migrations."""
        self.script.ask(do="migrate", to=places)
