"""`fleet status`: where every phase stands in one database, or what a tenant's schema lacks."""

from collections.abc import Sequence

from gnkmigrate.fleet.jobs.plan import planned_for
from gnkmigrate.fleet.result import Found
from gnkmigrate.fleet.subject import Subject
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.status import PhaseStatus, status


def run(subject: Subject, request: object) -> Found:
    """Where every phase stands.

    A tenant's schema has no phases of its own, since the journal is the database's: there it is
    what separates it from the target.
    """
    del request
    if subject.schema:
        planned = planned_for(subject, online=True)
        number = len(planned.changes)
        return Found(
            state="pending" if number else "clean",
            text=f"{number} change{'s' * (number != 1)} from the target" if number else "as it is",
            traits=(f"{number} changes",) if number else (),
            server_version=planned.source.server_version,
            numbers={"changes": number},
        )
    with subject.session(read_only=True) as connection:
        return standing(connection, status(connection, subject.phases))


def standing(connection: Connection, statuses: Sequence[PhaseStatus]) -> Found:
    """Where the phases stand, in a few words."""
    asked_for = [each for each in statuses if not each.phase.optional or each.state != "pending"]
    statuses = asked_for  # optional phases count where somebody wants them
    open_ = [each for each in statuses if each.state != "done" or each.edited]
    done = len(statuses) - len(open_)
    text = f"{done} of {len(statuses)} phases done" if open_ else "all phases done"
    said = [f"{each.phase.name} {'edited' if each.edited else each.state}" for each in open_]
    if open_:
        text += f"; {said[0]}" + (f" and {len(said) - 1} more" if len(said) > 1 else "")
    return Found(
        state="pending" if open_ else "done",
        text=text if statuses else "migrations/ has no revision yet",
        traits=tuple(said),
        server_version=connection.info.server_version,
        numbers={"phases": len(statuses), "done": done},
        phases=tuple((each.phase.name, each.state) for each in statuses),
    )
