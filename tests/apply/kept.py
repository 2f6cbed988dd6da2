"""A plan that was kept, and the database that it was made for."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from psycopg import conninfo, sql

from gnkmigrate.apply.plan_run import PlanRun
from gnkmigrate.apply.standing import Outlook
from gnkmigrate.apply.workflow import Application, apply
from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.diff.renames import renamed_by
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.plan.document import write_plan
from gnkmigrate.plan.planned import Planned
from gnkmigrate.plan.planner import Planner
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import events
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.plan.support import pair


@dataclass(frozen=True)
class Kept:
    """A plan in a file.

    Attributes:
        url: the database that it was made for.
        file: where it is.
        source: the database's facts.
        target: those that it arrives at.
        server: where the database is.
        role: who carries it out; "" for whoever made it.
    """

    url: DatabaseUrl
    file: Path
    source: Snapshot
    target: Snapshot
    server: Server
    role: str = ""

    @property
    def plan(self) -> PlanRun:
        return PlanRun.read(self.file)

    def apply(
        self,
        url: DatabaseUrl | None = None,
        observe: events.Observer = events.ignore,
        limits: Mapping[str, Any] | None = None,
        *,
        trusted: bool = False,
        **how: Any,
    ) -> Outlook:
        """Carries it out in the database, or in a copy of it."""

        def open_session() -> Connection:
            session = connect(url or self.url, search_path=["public"])
            if self.role:
                session.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(self.role)))
            return session

        settings = Settings.model_validate({"limits": limits or {}, "trust_triggers": trusted})
        return apply(open_session, self.plan, Application(**how), settings, observe)

    @contextmanager
    def copy(self) -> Iterator[DatabaseUrl]:
        """A copy of the database, to which nobody may be connected."""
        name = str(conninfo.conninfo_to_dict(self.url.conninfo)["dbname"])
        with self.server.database(template=name) as url:
            yield url

    def left(self, url: DatabaseUrl | None = None, *, undone: bool = False) -> list[str]:
        """What still differs from the target, or from the source."""
        wanted = self.source if undone else self.target
        with connect(url or self.url) as connection:
            found = compare(read_snapshot(connection), wanted)
        return [f"{each.verb} {each.identity}" for each in found]


@contextmanager
def kept(
    server: Server,
    before: str,
    after: str,
    folder: Path,
    rows: str = "",
    role: str = "",
    renames: Sequence[str] = (),
) -> Iterator[Kept]:
    """The plan from one schema to the other, and a database with the first.

    Args:
        server: where the database is made.
        before: the SQL of its schema.
        after: the SQL of the target.
        folder: where the plan is kept.
        rows: SQL that puts rows into the database.
        role: who plans it and carries it out; "" for a superuser.
        renames: what has another name in the target, as a user says it.
    """
    with pair(server, before, after) as given:
        if rows:
            with connect(given.url, search_path=["public"]) as connection:
                connection.execute(rows.encode())
        hints = read_renames(renames)
        source = replace(given.source, role=role or given.source.role)
        changes = compare(source, given.target, hints)
        planner = Planner(source, given.target, renamed=renamed_by(changes))
        file = folder / "plan.json"
        statements, rights = planner.plan_with_rights(changes)
        planned = Planned(
            statements,
            source,
            given.target,
            str(given.url),
            "target.sql",
            hints=hints,
            rights=rights,
        )
        file.write_text(write_plan(planned))
        yield Kept(given.url, file, given.source, given.target, server, role)
