"""What a job works on: a database, and the project as it is to be there."""

from dataclasses import dataclass

from gnkmigrate.errors import SettingsError
from gnkmigrate.facts.source import Load
from gnkmigrate.fleet.facts import as_tenant, shared_facts, tenant_facts
from gnkmigrate.fleet.target import Target
from gnkmigrate.fleet.task import Order, Project, project_of
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run.phase import Phase
from gnkmigrate.settings import Settings

_SCHEMA = "SELECT FROM pg_catalog.pg_namespace WHERE nspname = %s"


@dataclass(frozen=True)
class Subject:
    """What a job works on.

    Attributes:
        url: the database.
        settings: the project's, about the tenant's schema where there is one.
        load: gives the target's facts.
        project: the project.
        schema: the tenant's; "" for a database of its own.
        application_name: what the sessions are called.
    """

    url: DatabaseUrl
    settings: Settings
    load: Load
    project: Project
    schema: str
    application_name: str

    @classmethod
    def of(cls, order: Order, target: Target, url: DatabaseUrl) -> "Subject":
        """What an order is about for one target.

        Raises:
            SettingsError: the project cannot be read here, or is another one.
        """
        project = project_of(order.source)
        settings, load = project.settings, shared_facts(project)
        if target.schema:
            settings, load = as_tenant(settings, target.schema), tenant_facts(order.source)
        name = order.application_name
        return cls(url, settings, load, project, target.schema, name)

    @property
    def phases(self) -> tuple[Phase, ...]:
        return self.project.phases

    def session(self, *, read_only: bool = False) -> Connection:
        """A session with the database, which finds unqualified names in the project's schemas.

        Raises:
            ConnectionFailed: there is none.
            SettingsError: the tenant's schema is not there.
        """
        path = () if read_only else self.settings.schemas
        return connect(
            self.url,
            read_only=read_only,
            search_path=path,
            application_name=self.application_name,
        )

    def require_schema(self) -> None:
        """Refuses a tenant whose schema is gone: all of it would seem to be missing.

        Raises:
            SettingsError: it is not there.
        """
        if not self.schema:
            return
        with self.session(read_only=True) as connection:
            if connection.execute(_SCHEMA, (self.schema,)).fetchone() is None:
                raise SettingsError(
                    f"{self.url} has no schema {self.schema}.",
                    hint="Take it out of --schemas, or create it.",
                )
