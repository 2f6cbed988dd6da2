"""What a step works with: the pinned session, the parameters, and its place in the journal."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from psycopg import errors

from gnkmigrate.errors import CatalogLocked
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import events
from gnkmigrate.run.blockers import BlockerWatch
from gnkmigrate.run.encryption_key import load_key
from gnkmigrate.run.events import Direction
from gnkmigrate.run.lock_retry import LockRetry
from gnkmigrate.run.memory import Memory
from gnkmigrate.run.session import OURS
from gnkmigrate.settings import LimitSettings

if TYPE_CHECKING:
    from gnkmigrate.run.step import Step


def trust_all(tables: Sequence[str]) -> None:
    """Asks nothing."""
    del tables


def _no_target() -> Snapshot:
    raise TypeError("a plan has no target of its own")


@dataclass
class Work(LockRetry, Memory):
    """The session of a running phase, as its steps see it.

    Attributes:
        connection: the one session of the whole run, in autocommit outside `attempt`.
        phase: the phase's name, under which the journal keeps what a step remembers.
        parameters: values of the placeholders in a step's SQL; see template.py.
        atomic: True inside one transaction for the whole phase (--atomic, a dry run).
        limits: times and sizes that keep the application undisturbed.
        watch: knows who is in the way.
        observe: told of every event.
        step: the name of the running step.
        direction: which way the phase runs.
        project_path: the search_path of the project, for SQL that does not qualify its names.
        authors_path: the one for what the revision's author has written: its own, or the project's.
        beside: the steps that are asked together, before any of them has run.
        defers_cutover: whether a phase stops before its first cutover, with all in step.
        load_target: loads what the phase's target declares.
        require_trust: refuses tables, quoted, where code of others would run that nobody trusts.
        load_key: gives the key of encrypted columns, or refuses; it is kept nowhere.
        schemas: the schemas that are the project's; None for all.
        ignore: patterns of what in them is somebody else's.
    """

    connection: Connection
    phase: str
    parameters: Mapping[str, str]
    atomic: bool
    limits: LimitSettings
    watch: BlockerWatch
    observe: events.Observer = events.ignore
    step: str = ""
    direction: Direction = "up"
    project_path: str = OURS
    authors_path: str = OURS
    beside: Sequence["Step"] = ()
    defers_cutover: bool = False
    load_target: Callable[..., Snapshot] = _no_target
    require_trust: Callable[[Sequence[str]], None] = trust_all
    load_key: Callable[[], str] = load_key
    schemas: Sequence[str] | None = None
    ignore: Sequence[str] = ()

    @contextmanager
    def words_of(self, step: "Step") -> Iterator[None]:
        """Names in a step's SQL are found as its author expects; ours need no search path."""
        with self.settings(search_path=self.authors_path) if step.speaks else nullcontext():
            yield

    @property
    def target(self) -> Snapshot:
        """What the target declares; of a phase that was written long ago, its own target.

        Raises:
            SchemaError: the target cannot be loaded.
            ServerUnavailable: there is no server to load it into.
        """
        return self.load_target()

    @cached_property
    def facts(self) -> Snapshot:
        """The database as it is when a check first asks; no step that changes it may.

        Raises:
            psycopg.errors.LockNotAvailable: somebody's lock is in the way; see `attempt`.
        """
        return self.read_facts()

    def read_facts(
        self, schemas: Sequence[str] | None = None, ignore: Sequence[str] = ()
    ) -> Snapshot:
        """The database, or some schemas of it, as it is now; without what is somebody else's.

        Raises:
            psycopg.errors.LockNotAvailable: somebody's lock is in the way; see `attempt`.
        """
        try:
            return read_snapshot(self.connection, schemas=schemas, ignore=ignore)
        except CatalogLocked as error:
            if isinstance(error.__cause__, errors.LockNotAvailable):
                raise error.__cause__ from None
            raise

    @property
    def earlier(self) -> Iterator["Step"]:
        """Those of them that run before this one."""
        return itertools.takewhile(lambda step: step.name != self.step, self.beside)

    @property
    def dropped(self) -> frozenset[str]:
        """What they drop, as pg_describe_object says it; a view's rule goes with the view."""
        found = [each for step in self.earlier for each in step.clears]
        return frozenset([*found, *(f"rule _RETURN on {each}" for each in found)])
