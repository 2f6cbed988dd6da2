"""The lasting verifications of all phases that are done, run again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import events, foreign_code, journal
from gnkmigrate.run.blockers import BlockerWatch
from gnkmigrate.run.foreign_queries import OthersCode
from gnkmigrate.run.names import quoted
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.runner import _parameters
from gnkmigrate.run.runner_session import pathless, work_of
from gnkmigrate.run.status import Request, status
from gnkmigrate.run.verification import Verification
from gnkmigrate.settings import Settings


def verify(
    connection: Connection,
    phases: Sequence[Phase],
    settings: Settings,
    observe: events.Observer = events.ignore,
) -> tuple[events.Verified, ...]:
    """Runs the lasting verifications of every phase that is done, in one snapshot.

    The observer hears each as it comes; none of them raises.

    Raises:
        PhaseRefused: what they name may be taken for a function of a role with fewer rights, or
            reading what they read would run such a one.
    """
    results = []
    with (
        pathless(connection) as path,
        BlockerWatch(connection) as watch,
        connection.transaction(),
    ):
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        done = [found.phase for found in status(connection, phases) if found.state == "done"]
        schemas = {*settings.schemas, *(name for phase in done for name in phase.search_path or ())}
        if any(map(_lasting, done)):
            foreign_code.require_trust(
                connection, (), sorted(schemas), trusted=settings.trust_triggers
            )
        if not settings.trust_triggers:
            foreign_code.require_no_code(
                connection, sorted({*_code(connection, done, sorted(schemas))})
            )
        states = journal.steps(connection)
        everything = work_of(connection, settings, Request(), watch, observe, path)
        for phase in done:
            work = replace(everything, phase=phase.name)
            work = replace(work, parameters=_parameters(phase, "down", states, work))
            work = replace(work, authors_path=phase.search_path or work.project_path)
            for step in _lasting(phase):
                with work.words_of(step):
                    results.append(step.result(work))
    for result in results:
        observe(result)
    return tuple(results)


def _code(connection: Connection, done: Sequence[Phase], path: Sequence[str]) -> Iterator[str]:
    """What of others would run by reading the tables of phases, and what their queries name."""
    others = OthersCode.of(connection, path)
    for phase in done:
        if claims := _lasting(phase):
            said = (*map(quoted, phase.tables), *(claim.reads for claim in claims))
            yield from others.run_by("; ".join(said))


def _lasting(phase: Phase) -> list[Verification]:
    """What a phase claims for good."""
    return [step for step in phase.up_steps if isinstance(step, Verification) and not step.once]
