"""A database made from the target, with which the result of a plan is compared."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gnkmigrate.facts.declared import declared
from gnkmigrate.facts.files import Script
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.facts.source import is_database, is_loaded
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.proof.schema import Schema, dumped, restored, schema
from gnkmigrate.proof.scope import Scope
from gnkmigrate.proof.views_and_functions import Answers, read_answers
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """A database that is as the target says.

    Attributes:
        url: where it is.
        server: a throwaway server of the same version; most often the database is on it.
        scope: what of it counts.
        schema: what pg_dump says of it.
        answers: what its views and functions answer.
        loader: the role that has made it; "" where it is a database of its own.
    """

    url: DatabaseUrl
    server: Server
    scope: Scope
    schema: Schema
    answers: Answers
    loader: str = ""

    @classmethod
    def of(cls, url: DatabaseUrl, server: Server, scope: Scope, settings: Settings) -> "Wanted":
        with connect(url, read_only=True, search_path=settings.schemas) as session:
            answers = read_answers(session)
        return cls(url, server, scope, schema(url, server.major, scope), answers)

    def settled(self) -> Schema:
        """What pg_dump says of it once it was dumped and restored."""
        return restored(dumped(self.url, self.server.major, self.scope), self.server, self.scope)


@contextmanager
def target_database(
    source: str, settings: Settings, scope: Scope, major: int
) -> Iterator[Wanted | None]:
    """A database made from the target, for as long as the block lasts.

    Args:
        source: a database URL, a .sql file or a folder of them, models, or a snapshot (.json), of
            which no database can be made: then there is None.
        settings: the project; its server settings say where the database is made.
        scope: what of it counts.
        major: the version of PostgreSQL that it is compared on.

    Raises:
        SchemaError: its SQL cannot be run.
        ConnectionFailed: no session with a target that is a database.
        ServerUnavailable: there is no throwaway server of that version.
    """
    if not (is_database(source) or is_loaded(source)):
        yield None
        return
    same = settings.server.model_copy(update={"major": major})
    with ExitStack() as stack:
        server = stack.enter_context(throwaway(same, major))
        if is_database(source):
            url, loader = DatabaseUrl.parse(source), ""
            if (there := _major(url)) != major:  # as PostgreSQL of the copy's version says it
                script = Script(Path(f"pg_dump of {url}"), dumped(url, there, scope))
                url = stack.enter_context(_restored(server, script))
        else:
            url = stack.enter_context(declared(source, server, settings)).url
            loader = _user(url)
        yield replace(Wanted.of(url, server, scope, settings), loader=loader)


@contextmanager
def _restored(server: Server, dump: Script) -> Iterator[DatabaseUrl]:
    """A database made by a dump."""
    with server.database() as url:
        with connect(server.as_loader(url)) as session:
            run_scripts(session, (dump,), (), makes_roles=server.is_ours)
        yield url


def _user(url: DatabaseUrl) -> str:
    with connect(url, read_only=True) as session:
        return session.info.user


def _major(url: DatabaseUrl) -> int:
    with connect(url, read_only=True) as session:
        return session.info.server_version // 10000
