"""A whole rehearsal: what must be so before, the copy, the course on it, and what came of it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from gnkmigrate.audit.rehearsed import checksums
from gnkmigrate.copies.clone import Clone, Transfer, clone
from gnkmigrate.copies.sample import EVERYTHING, Selection
from gnkmigrate.copies.unhurried import unhurried
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.proof.stage import Found
from gnkmigrate.proof.testbed import Ground
from gnkmigrate.rehearsal.measure import WatchedSession
from gnkmigrate.rehearsal.outcome import Rehearsal, StageName
from gnkmigrate.rehearsal.stage import ended
from gnkmigrate.rehearsal.workflow import Course
from gnkmigrate.run import events
from gnkmigrate.run.phase import Phase, read_steps
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.run.runner_session import pathless
from gnkmigrate.run.selection import select_with
from gnkmigrate.run.status import status
from gnkmigrate.settings import Settings
from gnkmigrate.settings_fit import require_fitting


@dataclass(frozen=True)
class Listener:
    """Who is told how far a rehearsal is.

    Attributes:
        stage: told the name of each stage as it begins.
        transfer: gives the observer of the copying.
        phase: told of what the phases do.
    """

    stage: Callable[[StageName], None]
    transfer: Transfer
    phase: events.Observer


def rehearse(
    settings: Settings,
    live: DatabaseUrl,
    parameters: Mapping[str, str],
    listener: Listener,
    selection: Selection = EVERYTHING,
) -> Rehearsal:
    """Runs the pending phases on a copy of the live database, there, back and there again.

    With them run the optional phases that the settings name.

    What does not hold is part of the result, and no error.

    Args:
        settings: the project.
        live: the database, to which nothing is done but reading.
        parameters: answers to the revisions' questions, over those of the settings.
        listener: receives the progress.
        selection: which of the live database's rows the copy has.

    Raises:
        RevisionError: migrations/ cannot be read, or does not fit the journal.
        PhaseRefused: a phase is half done, so there is no state to come back to; or the role
            may not read the journal.
        ConnectionFailed: no session with the live database.
        ServerUnavailable: no throwaway server of its major version.
        NoRoom: a disk is too small.
        CloneFailed: there can be no copy.
        SchemaError: the target cannot be loaded.
    """
    # What speaks against it is said before anything is copied.
    phases = load_all_phases(settings.path(settings.migrations))
    read_steps(phases)
    _require_steps(phases)
    with connect(live, read_only=True) as session:
        require_fitting(session, settings)
        _pending(session, phases, settings)
    started = time.monotonic()
    listener.stage("copy")
    with clone(settings, live, listener.transfer, selection) as copy:
        copied = ended("copy", started, _copied(copy, selection))
        with _watched_session(settings, copy) as session:
            with pathless(session):
                pending = _pending(session, phases, settings)
            major = copy.server.major
            own = unhurried(settings, major)
            ground = Ground(session, copy.url, major, own, phases, parameters, listener.phase)
            course = Course(session, copy, ground, pending)
            stages = (copied, *course.run(copied, listener.stage))
    return Rehearsal(
        database=str(live),
        server_version=copy.server.version,
        provider=copy.server.provider,
        size=copy.size,
        tables=copy.tables,
        rows=copy.rows,
        live_rows=copy.live_rows,
        masked=copy.masked,
        phases=tuple(phase.name for phase in pending),
        stages=stages,
        runs=tuple(course.runs),
        revisions=checksums(phases),
    )


@contextmanager
def _watched_session(settings: Settings, copy: Clone) -> Iterator[WatchedSession]:
    path = settings.schemas
    with connect(copy.url, search_path=path, session_class=WatchedSession) as session:
        if not isinstance(session, WatchedSession):
            raise TypeError("a session is of the class that was asked for")
        yield session


def _require_steps(phases: Sequence[Phase]) -> None:
    """Has every revision say its steps, which is when a mistake in one shows.

    Raises:
        RevisionError: its steps are not sound.
    """
    for phase in phases:
        _ = phase.up_steps, phase.down_steps


def _pending(session: Connection, phases: Sequence[Phase], settings: Settings) -> tuple[Phase, ...]:
    statuses = status(session, phases)
    half = [found.phase.name for found in statuses if found.state in {"failed", "running"}]
    if half:
        raise PhaseRefused(
            f"Phase {half[0]} is half done, so there is no state that a rehearsal could come "
            "back to.",
            hint=f"Finish it: gnkmigrate upgrade --phase {half[0]}; or take it back: "
            f"gnkmigrate downgrade --phase {half[0]}",
        )
    return select_with(statuses, settings.optional_phases)


def _copied(copy: Clone, selection: Selection) -> Found:
    done = f"{copy.tables:,} tables, {copy.rows:,} rows"
    if copy.rows < copy.live_rows:
        done += f" of {copy.live_rows:,}"
    if copy.masked:
        done += f"; masked: {', '.join(copy.masked)}"
    if selection.without:
        done += f"; without the extensions {', '.join(selection.without)}"
    return Found(done, copy.differences)
