"""How far a plan has come in a database, and whether it may go on there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gnkmigrate import __version__
from gnkmigrate.apply import others
from gnkmigrate.apply.plan_run import PlanRun
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.objects import ObjectChange
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.plan.arrival import counted
from gnkmigrate.plan.document import facts_hash
from gnkmigrate.postgres.connection import Connection, DatabaseUrl
from gnkmigrate.run import journal
from gnkmigrate.run.called import called
from gnkmigrate.run.events import Direction
from gnkmigrate.run.rights import missing_rights
from gnkmigrate.run.rows_in_the_way import HINT, rows_in_the_way

State = Literal["pending", "partial", "done", "half undone"]

_DROPS_LANGUAGE = "DROP EXTENSION plpgsql"

_AGAIN = "Make the plan again: gnkmigrate plan --format json --output {file}"


class PlanRefused(GnkMigrateError):
    """A plan may not run here, or not now; the database is as it was."""


@dataclass(frozen=True)
class Standing:
    """Where a plan stands in one database.

    Attributes:
        state: "partial" and "half undone" wait for the same command again.
        done_steps: statements that stand, or that are taken back already.
        closed: whether the journal says of its last run that it is over.
        overtaken: what else was run since, by its name in the journal; "" for nothing.
    """

    state: State
    done_steps: int = 0
    closed: bool = True
    overtaken: str = ""


@dataclass(frozen=True)
class Outlook:
    """What is left to do.

    Attributes:
        pending: statements that will run.
        is_open: whether anything is to be done, if only in the journal.
        afresh: whether the database is back where it was before, so that all is done again.
        objects: hashes of what is there, before its first statement; None at any other time.
        drift: what others have changed since it stopped, and it does not.
    """

    pending: int
    is_open: bool
    afresh: bool = False
    objects: Mapping[str, str] | None = None
    drift: Sequence[ObjectChange] = ()


NOTHING = Outlook(0, is_open=False)


def standing(connection: Connection, plan: PlanRun) -> Standing:
    """Asks the journal."""
    states = [state for state in journal.steps(connection) if state.phase == plan.name]
    if not states:
        return Standing("pending")
    runs = journal.runs(connection)
    (last,) = [run for run in runs if run.phase == plan.name][-1:]
    since = [run for run in runs if run.number > last.number]
    overtaken = since[-1].phase if since else ""
    applied = [each.direction for each in states if each.state == "applied"]
    if any(each.direction == "down" for each in states):
        return Standing("half undone", applied.count("down"), overtaken=overtaken)
    done = applied.count("up")
    if done < len(plan.up_steps):
        return Standing("partial", done, overtaken=overtaken)
    closed = (last.direction, last.state) == ("up", "done")
    return Standing("done", done, closed)


def look(
    connection: Connection, plan: PlanRun, direction: Direction, *, losses_allowed: bool
) -> Outlook:
    """What is left to do of one direction of a plan.

    Raises:
        PlanRefused: it was made for another state of the database or another role, another command
            has to come first, or it would lose data.
    """
    found = standing(connection, plan)
    _require_session(connection, plan)
    outlook = (_up if direction == "up" else _down)(connection, plan, found)
    lost = plan.losses(direction)
    if outlook.pending and lost and not losses_allowed:
        raise PlanRefused(
            f"{plan.words} loses data.",
            details=lost,
            hint="Save what is needed, then add --allow data-loss.",
        )
    if outlook.pending and direction == "up":
        _require_rights(connection, plan)
        _require_language(plan)
    return outlook


def _up(connection: Connection, plan: PlanRun, found: Standing) -> Outlook:
    total = len(plan.up_steps)
    if found.state == "half undone":
        raise PlanRefused(
            f"{plan.words} is half taken back.",
            hint=f"Take it back whole: gnkmigrate apply {plan.file} --undo",
        )
    if found.state == "partial":
        drift = _require_nothing_since(connection, plan, found)
        return Outlook(total - found.done_steps, is_open=True, drift=drift)
    now = _snapshot_now(connection, plan)
    objects = _objects(now, plan)
    since = others.since_begun(connection, plan, objects) if found.state == "done" else ()
    if found.state == "done" and not since:
        return Outlook(0, is_open=not found.closed)
    if facts_hash(now) != plan.document.source.facts:
        when = "it was carried out" if found.state == "done" else "it was made"
        raise _changed(connection, plan, when, _AGAIN, since)
    return Outlook(total, is_open=total > 0, afresh=found.state == "done", objects=objects)


def _down(connection: Connection, plan: PlanRun, found: Standing) -> Outlook:
    total = len(plan.down_steps)
    if found.state == "pending":
        return NOTHING
    if found.state == "partial":
        raise PlanRefused(
            f"{plan.words} was carried out in part: {found.done_steps} of "
            f"{len(plan.up_steps)} statements. Only a plan that was carried out whole can be "
            "taken back.",
            hint=f"Carry it out first: gnkmigrate apply {plan.file}. Or plan from here: "
            "gnkmigrate plan",
        )
    if found.state == "half undone":
        drift = _require_nothing_since(connection, plan, found)
        return Outlook(total - found.done_steps, is_open=True, drift=drift)
    if plan.document.undo.impossible:
        raise PlanRefused(
            f"{plan.words} has no way back: {plan.document.undo.impossible}",
            hint="Plan the way back by hand: gnkmigrate plan --target SCHEMA",
        )
    if since := others.since_begun(connection, plan, objects_now(connection, plan)):
        hint = "Plan the way back from here: gnkmigrate plan --target SCHEMA"
        raise _changed(connection, plan, "it was carried out", hint, since)
    return Outlook(total, is_open=True)


def objects_now(connection: Connection, plan: PlanRun) -> Mapping[str, str]:
    """A hash of each object, read as the plan's maker has read them."""
    return _objects(_snapshot_now(connection, plan), plan)


def _objects(snapshot: Snapshot, plan: PlanRun) -> Mapping[str, str]:
    return counted(snapshot, plan.document.session.left_open)


def _snapshot_now(connection: Connection, plan: PlanRun) -> Snapshot:
    read = plan.document.session
    return read_snapshot(connection, ignore=read.ignore, schemas=read.schemas, roles=read.roles)


def _changed(
    connection: Connection,
    plan: PlanRun,
    since: str,
    hint: str,
    changes: Sequence[ObjectChange],
) -> PlanRefused:
    source, made_by = plan.document.source, plan.document.tool_version
    tools = f"made by gnkmigrate {made_by}, which may know other facts than {__version__}"
    return PlanRefused(
        f"The database {connection.info.dbname} is not as {plan.words[0].lower()}"
        f"{plan.words[1:]} knows it: its schema has changed since {since}.",
        details=[
            f"made for {source.name}, read as {source.role}",
            f"now {DatabaseUrl.of(connection)}, read as {connection.info.user}",
            *([tools] if made_by != __version__ else []),
            *map(str, changes),
        ],
        hint=hint.format(file=plan.file),
    )


def _require_nothing_since(
    connection: Connection, plan: PlanRun, found: Standing
) -> Sequence[ObjectChange]:
    """Refuses what others have done to the plan's objects; returns what they did to others."""
    if found.overtaken:
        raise PlanRefused(
            f"{plan.words} stopped in the middle, and something else has been run since: "
            f"{called(found.overtaken)}.",
            hint=_AGAIN.format(file=plan.file),
        )
    since = others.since_stopped(connection, plan, objects_now(connection, plan))
    if touched := others.of_the_plan(plan, since):
        raise PlanRefused(
            f"{plan.words} stopped in the middle, and what it changes is not as it was then.",
            details=list(map(str, touched)),
            hint=f"Take the change back. Or: {_AGAIN.format(file=plan.file)}",
        )
    return since


def _require_rights(connection: Connection, plan: PlanRun) -> None:
    lacking = missing_rights(connection, plan.document.rights)
    if lacking:
        role = connection.execute("SELECT current_user").fetchone() or ("",)
        raise PlanRefused(
            f"Role {role[0]} may not do all that {plan.words[0].lower()}{plan.words[1:]} does.",
            details=lacking,
            hint="Do what is listed, or connect as a role that may.",
        )


def require_no_rows(
    connection: Connection, plan: PlanRun, direction: Direction, outlook: Outlook
) -> None:
    """Reads the tables at whose rows a statement would stop, before the first of them runs.

    Reading a table may run code of others: whoever asks has been trusted with it.

    Raises:
        PlanRefused: there are such rows.
    """
    statements = plan.statements(direction)
    if outlook.pending != len(statements):
        return
    if found := rows_in_the_way(connection, statements):
        doing = "stop" if direction == "up" else "stop on its way back"
        raise PlanRefused(
            f"{plan.words} would {doing} at rows that are there.", details=found, hint=HINT
        )


def _require_language(plan: PlanRun) -> None:
    """The journal is kept by functions in PL/pgSQL, which has to be there to the end."""
    if any(each.sql == _DROPS_LANGUAGE for each in plan.document.statements):
        raise PlanRefused(
            f"{plan.words} drops the language plpgsql, in which the journal is kept.",
            hint="Run it with psql: gnkmigrate plan --format sql --output FILE",
        )


def _require_session(connection: Connection, plan: PlanRun) -> None:
    made = plan.document.source.server_version // 10000
    now = connection.info.server_version // 10000
    if made and made != now:
        raise PlanRefused(
            f"{plan.words} was made for PostgreSQL {made}, and this server is PostgreSQL {now}.",
            hint=_AGAIN.format(file=plan.file),
        )
    role = plan.document.session.role
    row = connection.execute("SELECT current_user").fetchone()
    if role and row and row[0] != role:
        raise PlanRefused(
            f"{plan.words} was made as role {role}, who is to own what it makes; this is {row[0]}.",
            hint=f"Connect as {role}, or make the plan as {row[0]}.",
        )
