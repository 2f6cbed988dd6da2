"""A plan proven on a copy of the live database.

Every statement runs, no difference to the target is left, and every row is there, with the values
of all columns that the plan leaves alone.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import psycopg

from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.kinds.change import Change
from gnkmigrate.diff.compare import compare
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.phases.compare import Fingerprint, fingerprint
from gnkmigrate.plan.proof import Proof
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.plan.session import Planned
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.rehearsal.clone import Transfer, clone
from gnkmigrate.rehearsal.moment import row_differences
from gnkmigrate.rehearsal.room import NoRoom
from gnkmigrate.rehearsal.sample import EVERYTHING, Selection
from gnkmigrate.settings import Settings

# What decides on the values of a column, of all that can differ in one.
_OF_VALUES = frozenset({"type", "collation", "generated", "generation"})
_RELATIONS = frozenset({"table", "sequence"})
_SHOWN = 10


def _untold(step: str) -> None:
    del step


class NotProven(GnkMigrateError):
    """A plan does not do on a copy what it promises; the live database was only read."""


def prove(
    planned: Planned,
    settings: Settings,
    live: DatabaseUrl,
    transfer: Transfer,
    selection: Selection = EVERYTHING,
    begin: Callable[[str], None] = _untold,
) -> Proof:
    """Runs a plan on a copy, each statement in a transaction of its own, as psql does.

    Args:
        planned: the plan.
        settings: the project; its server settings say where the copy is made.
        live: the database that the plan is for, to which nothing is done but reading.
        transfer: gives the observer of the copying.
        selection: which of its rows the copy has.
        begin: told what is done next: copy, statements, comparison.

    Raises:
        NotProven: a statement fails, a difference is left, or rows are not as before.
        ConnectionFailed: no session with the live database.
        ServerUnavailable: no throwaway server of its major version.
        NoRoom: a disk is too small.
        CloneFailed: there can be no copy.
    """
    changes = compare(planned.source, planned.target)
    columns = frozenset(_changing(changes))
    begin("copy")
    with clone(settings, live, transfer, selection) as copy, connect(copy.url) as session:
        copied = _read(session, settings)
        lacking = compare(copied, planned.source)
        changed = () if selection.without else _shown(compare(planned.source, copied))
        if changed or copy.differences:
            raise NotProven(
                "The copy is not what the plan was made for: the live database has changed.",
                details=[*changed, *copy.differences[:_SHOWN]],
                hint="Make the plan again when nobody else changes it.",
            )
        before = fingerprint(session, settings.schemas, columns)
        begin("statements")
        seconds = tuple(_run(session, *each) for each in enumerate(planned.statements, 1))
        begin("comparison")
        left = compare(_read(session, settings), planned.target)
        _require_arrival([change for change in left if change not in lacking])
        _require_rows(_renamed(before, changes), fingerprint(session, settings.schemas, columns))
    server = copy.server
    return Proof(seconds, copy.rows, copy.live_rows, server.version, server.provider)


def _read(session: Connection, settings: Settings) -> Snapshot:
    return read_snapshot(session, ignore=settings.ignore, schemas=settings.read_schemas)


def _run(session: Connection, number: int, statement: Statement) -> float:
    """Runs a statement and gives the seconds that it took, to the millisecond."""
    started = time.monotonic()
    try:
        session.execute(statement.sql.encode())
    except psycopg.errors.DiskFull as error:
        raise NoRoom(
            f"The throwaway server's disk is full: {error.diag.message_primary}",
            hint="Name a server with more room in GNKMIGRATE_SERVER__URL, or copy a part: "
            "--sample ROWS",
        ) from error
    except psycopg.Error as error:
        raise NotProven(
            f"Statement {number} of the plan fails on a copy of the live database: "
            f"{error.diag.message_primary or error}",
            details=[statement.reason, *statement.sql.splitlines()],
            hint="Mend the rows that are in its way, or write a phase that does: gnkmigrate audit "
            "names them. The live database was only read.",
        ) from error
    return round(time.monotonic() - started, 3)


def _require_arrival(left: Sequence[Change]) -> None:
    if left:
        raise NotProven(
            "The plan runs on a copy of the live database, but does not make it the target.",
            details=_shown(left),
            hint="This is a defect of gnkmigrate: please report it with both schemas.",
        )


def _require_rows(before: Mapping[str, Fingerprint], after: Mapping[str, Fingerprint]) -> None:
    """Of a table that is gone the plan has said so, since the target has been reached."""
    both = before.keys() & after.keys()
    problems = row_differences(
        {name: before[name] for name in both}, {name: after[name] for name in both}
    )
    if problems:
        raise NotProven(
            "The plan runs on a copy of the live database, but not every row is as before.",
            details=problems[:_SHOWN],
            hint="Look at triggers and rules of these tables, and at their generated columns.",
        )


def _changing(changes: Sequence[Change]) -> Iterator[tuple[str, ...]]:
    """The columns whose values the plan may change, under their names before and after."""
    for change in changes:
        if change.kind != "column" or (
            change.verb == "alter" and _OF_VALUES.isdisjoint(change.differing)
        ):
            continue
        yield from (side.identity.path for side in (change.before, change.after) if side)


def _renamed(
    before: Mapping[str, Fingerprint], changes: Sequence[Change]
) -> Mapping[str, Fingerprint]:
    """Fingerprints under the names that their relations get."""
    names = {
        qualified(*change.before.identity.path): qualified(*change.after.identity.path)
        for change in changes
        if change.kind in _RELATIONS and change.verb == "rename" and change.before and change.after
    }
    found = [replace(each, relation=names.get(name, name)) for name, each in before.items()]
    return {each.relation: each for each in found}


def _shown(changes: Sequence[Change]) -> Sequence[str]:
    return [f"{change.verb} {change.identity}" for change in changes[:_SHOWN]]
