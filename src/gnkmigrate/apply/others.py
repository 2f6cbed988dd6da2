"""What others have changed since a plan was begun, as far as hashes of objects tell.

The journal keeps them from before the first statement, and again where a run ends before its time;
the plan knows those that it leaves behind. A run that was killed can write nothing down: what was
done to the plan's own objects since is seen at its end.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gnkmigrate.apply.plan_run import PlanRun
from gnkmigrate.facts.objects import ObjectChange, object_changes
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import journal_notes, journal_schema
from gnkmigrate.run.events import Direction

# What the journal has the hashes under.
_BEFORE = "objects before"
_STOPPED = "objects where it stopped"


def remember_before(connection: Connection, plan: PlanRun, objects: Mapping[str, str]) -> None:
    """Notes what is there before a plan's first statement."""
    journal_notes.note(connection, plan.name, _BEFORE, dict(objects))


def remember_stop(connection: Connection, plan: PlanRun, objects: Mapping[str, str]) -> None:
    """Notes what is there where a run of it ends before its time."""
    journal_notes.note(connection, plan.name, _STOPPED, dict(objects))


def forget_stop(connection: Connection, plan: PlanRun) -> None:
    """From now on what is there is not what it was at the stop."""
    journal_notes.erase_note(connection, plan.name, _STOPPED)


def since_begun(
    connection: Connection, plan: PlanRun, now: Mapping[str, str]
) -> Sequence[ObjectChange]:
    """What is not as a plan that was carried out whole leaves it; nothing where it never began."""
    then = left(connection, plan, "up")
    return () if then is None else object_changes(then, now)


def left(connection: Connection, plan: PlanRun, direction: Direction) -> Mapping[str, str] | None:
    """What is there once a direction of a plan is done; None where it was never begun.

    The journal forgets a plan that was taken back: whoever takes it back asks before.
    """
    before = _noted(connection, plan, _BEFORE)
    if before is None or direction == "down":
        return before
    leaves = plan.document.leaves
    there = {name: hash_ for name, hash_ in leaves.items() if hash_ is not None}
    return {name: hash_ for name, hash_ in before.items() if name not in leaves} | there


def since_stopped(
    connection: Connection, plan: PlanRun, now: Mapping[str, str]
) -> Sequence[ObjectChange]:
    """What is not as it was where the last run stopped; nothing where that is not known."""
    stopped = _noted(connection, plan, _STOPPED)
    return () if stopped is None else object_changes(stopped, now)


def of_the_plan(plan: PlanRun, changes: Sequence[ObjectChange]) -> Sequence[ObjectChange]:
    """Those of what the plan itself changes."""
    return [each for each in changes if each.name in plan.document.leaves]


def _noted(connection: Connection, plan: PlanRun, key: str) -> Mapping[str, str] | None:
    if not journal_schema.exists(connection):
        return None
    found: Any = journal_notes.recall(connection, plan.name, key)
    return None if found is None else {str(name): str(hash_) for name, hash_ in found.items()}
