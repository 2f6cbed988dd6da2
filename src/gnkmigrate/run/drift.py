"""What has become of the schema since the last phase, by other hands than ours.

After a run, while phases are still to come, the journal keeps a hash of each table, view, function
and so on, and of each part of the tables that phases work on. Before the next upgrade these are
compared with what is there: a fix made by hand is shown, and stops the upgrade where it is in a
table that the upgrade changes.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from gnkmigrate import __version__
from gnkmigrate.errors import GnkMigrateError, PhaseRefused
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.objects import CHANGED, facts_by_object, hash_of, object_changes
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import events, journal, journal_notes
from gnkmigrate.run.names import split
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.status import status
from gnkmigrate.run.work import Work
from gnkmigrate.settings import Settings

# The policy that says "checked" where somebody has looked at what has changed.
POLICY = "drift"

# By which a database is known from a copy of it.
_ITSELF = """
SELECT pg_database.oid::text, 'gnkmigrate.run'::regclass::oid::text
FROM pg_catalog.pg_database WHERE datname = current_database()
"""


@dataclass(frozen=True)
class Drift:
    """Something that is not as the last phase left it.

    Attributes:
        object: what, such as "table public.users".
        change: what has become of it: "is new", "is gone", "has changed".
        parts: the same of its parts, where they are known: "column public.users.nick is new".
    """

    object: str
    change: str
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.object} {self.change}" + (f": {', '.join(self.parts)}" if self.parts else "")


def drifted(
    connection: Connection,
    phases: Sequence[Phase],
    settings: Settings,
    read: Callable[..., Snapshot] | None = None,
) -> tuple[Drift, ...]:
    """What is not as the last run left it; nothing where that is not known.

    It is not known before the first phase, after a run that stopped in the middle, after a plan
    that was carried out, in a copy of the database, and when another gnkmigrate, PostgreSQL or role
    wrote it down, or with other settings of what is read.

    Args:
        connection: a session with the database.
        phases: all of the project's.
        settings: which schemas are the project's.
        read: reads the facts, with the arguments of read_snapshot but the session.

    Raises:
        CatalogLocked: somebody's lock is in the way.
    """
    kept = journal_notes.notes(connection, journal_notes.FACTS).get(
        (journal_notes.ALL, journal_notes.FACTS)
    )
    if kept is None or kept["of"] != _circumstances(connection, settings):
        return ()
    now = _facts(read or partial(read_snapshot, connection), phases, settings)
    found = []
    for name, change in object_changes(kept["objects"], now["objects"]):
        parts = object_changes(kept["parts"].get(name, {}), now["parts"].get(name, {}))
        told = tuple(map(str, parts)) if change == CHANGED else ()
        found.append(Drift(name, change, told))
    return tuple(found)


def look(
    phases: Sequence[Phase],
    chosen: Sequence[Phase],
    settings: Settings,
    work: Work,
    *,
    refuses: bool,
) -> None:
    """Tells what others have changed since the last run.

    Args:
        phases: all of the project's.
        chosen: those that the upgrade is about.
        settings: which schemas are the project's.
        work: the session.
        refuses: whether it may stop the upgrade.

    Raises:
        PhaseRefused: it is in a table that the upgrade changes, and nobody says to have looked.
        NoLock: somebody's lock is in the way of looking.
    """
    outside = replace(work, phase=chosen[0].name, step="what has changed since the last run")
    found = outside.attempt(
        lambda: drifted(work.connection, phases, settings, outside.read_facts), limited=False
    )
    if found:
        work.observe(events.Drifted(tuple(map(str, found))))
    if refuses and work.parameters.get(POLICY) != "checked":
        _require_none(found, chosen)


def _require_none(found: Sequence[Drift], chosen: Sequence[Phase]) -> None:
    altered = {
        str(Identity("table", split(table)))
        for phase in chosen
        for step in phase.up_steps
        for table in step.altered
    }
    touched = [drift for drift in found if drift.object in altered]
    if touched:
        raise PhaseRefused(
            "Tables that the upgrade changes are not as the last run left them; nothing was "
            "changed.",
            details=list(map(str, touched)),
            hint="Take the change back. Or, where the revisions still fit, say that you have "
            "looked, with the same command and --drift checked",
        )


def keep(connection: Connection, phases: Sequence[Phase], settings: Settings) -> None:
    """Notes after a run what there is now, unless no phase stands or all of them do.

    Where it cannot be read, nothing is known.
    """
    states = {found.state for found in status(connection, phases) if not found.phase.optional}
    facts = None
    if states not in ({"pending"}, {"done"}):
        with suppress(GnkMigrateError):
            facts = _facts(partial(read_snapshot, connection), phases, settings)
    if facts is None:
        journal_notes.erase_memory(connection, journal_notes.ALL)
    else:
        journal_notes.note_facts(connection, {"of": _circumstances(connection, settings), **facts})


def _circumstances(connection: Connection, settings: Settings) -> list[Any]:
    """What has to be the same for two sets of facts to be compared, the last run among them."""
    runs = journal.runs(connection)
    last = [runs[-1].number, runs[-1].state] if runs else None
    schemas = None if settings.read_schemas is None else list(settings.read_schemas)
    session = [connection.info.server_version, connection.info.user]
    # PostgreSQL prints some expressions in another way once they were restored from a dump.
    itself = connection.execute(_ITSELF).fetchall()[0]
    return [last, __version__, *session, *itself, schemas, list(settings.ignore)]


def _facts(
    read: Callable[..., Snapshot], phases: Sequence[Phase], settings: Settings
) -> Mapping[str, Mapping[str, Any]]:
    snapshot = read(ignore=settings.ignore, schemas=settings.read_schemas)
    of_objects = facts_by_object(snapshot)
    tables = {str(Identity("table", split(name))) for phase in phases for name in phase.tables}
    return {
        "objects": {name: hash_of(facts) for name, facts in of_objects.items()},
        "parts": {
            name: {str(fact.identity): hash_of([fact]) for fact in of_objects[name]}
            for name in tables & of_objects.keys()
        },
    }
