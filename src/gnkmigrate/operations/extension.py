"""op.create_extension and op.drop_extension."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.run.names import column
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work


def _installed(work: Work, extension: str) -> bool:
    query = "SELECT FROM pg_catalog.pg_extension WHERE extname = %s"
    return work.connection.execute(query, (extension,)).fetchone() is not None


@operation("create_extension")
@dataclass(frozen=True)
class CreateExtension(Step):
    """Installs an extension, and remembers when it was there before.

    Attributes:
        extension: its name.
        schema: where its objects go.
    """

    prepares: ClassVar[bool] = True

    extension: str
    schema: str = "public"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropExtension(self.extension),)

    @property
    def name(self) -> str:
        return f"extension {self.extension}"

    def check(self, work: Work) -> Sequence[Refusal]:
        available = work.connection.execute(
            "SELECT FROM pg_catalog.pg_available_extensions WHERE name = %s", (self.extension,)
        ).fetchone()
        if available is not None:
            return ()
        return (
            Refusal(
                f"The server does not have the extension {self.extension}.",
                hint="Install the package with PostgreSQL's additional modules "
                "(postgresql-contrib) on the database server.",
            ),
        )

    def run(self, work: Work) -> int:
        if _installed(work, self.extension):
            work.remember(self.name, "was there before")
        else:
            work.execute(self.script(work.parameters)[0])
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        name, schema = column(self.extension), column(self.schema)
        return (f"CREATE EXTENSION IF NOT EXISTS {name} WITH SCHEMA {schema}",)


@operation("drop_extension")
@dataclass(frozen=True)
class DropExtension(Step):
    """Removes an extension that create_extension installed; leaves one that was there before."""

    extension: str

    @property
    def name(self) -> str:
        return f"extension {self.extension}"

    def run(self, work: Work) -> int:
        if work.recall(self.name) is None:
            work.execute(self.script(work.parameters)[0])
        work.forget(self.name)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"DROP EXTENSION IF EXISTS {column(self.extension)}",)
