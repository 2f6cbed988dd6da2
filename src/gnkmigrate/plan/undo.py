"""The way back of a plan: a plan of its own, from what the first one arrives at to the source."""

from dataclasses import dataclass, replace

from gnkmigrate.diff.applying import applicable
from gnkmigrate.diff.beside import completed, inherited_otherwise
from gnkmigrate.diff.compare import compare, other_names
from gnkmigrate.diff.renames import NO_RENAMES, Renames, renamed_by
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.kinds.statement import Rows, Statements, least
from gnkmigrate.plan.planner import plan
from gnkmigrate.plan.summary import summarise
from gnkmigrate.postgres.quoting import listing


@dataclass(frozen=True)
class Undo:
    """What takes a database back to where a plan found it, as far as a plan can.

    Attributes:
        statements: in the order in which they run.
        not_restored: what the plan loses, and this does not bring back.
        impossible: why there is no way back; "" where there is one.
        exact: whether every definition comes back as it was.
    """

    statements: Statements = ()
    not_restored: tuple[str, ...] = ()
    impossible: str = ""
    exact: bool = True


def undo_of(
    statements: Statements,
    source: Snapshot,
    target: Snapshot,
    *,
    online: bool = True,
    source_timezone: str = "UTC",
    hints: Renames = NO_RENAMES,
) -> Undo:
    """The way back of a plan.

    Args:
        statements: the plan.
        source: what it starts from.
        target: what it arrives at.
        online: as for `plan`.
        source_timezone: as for `plan`.
        hints: renames that the user knows of.
    """
    hints = applicable(hints, source, target)
    renamed = renamed_by(compare(source, target, hints))
    arrived = arrived_at(source, target, hints)
    known = replace(hints, pairs={**hints.pairs, **renamed})
    lost = summarise(statements).loses_data
    changes = compare(arrived, source, known.inverse())
    try:
        back = plan(changes, arrived, source, online=online, source_timezone=source_timezone)
    except Unplannable as error:
        return Undo((), lost, error.message)
    unlike = [*inherited_otherwise(arrived, source, renamed_by(changes))]
    inherited = (f"the way of inheriting {each}" for each in unlike)
    return Undo(back, (*lost, *inherited, *_not_with_rows(back)), exact=not unlike)


def _not_with_rows(back: Statements) -> tuple[str, ...]:
    """What does not come back, and stops the way back, as long as there are rows."""
    found = dict.fromkeys(rows for each in back for rows in each.stops_at)
    return tuple(f"anything while {rows[0]} {_why(rows)}" for rows in found)


def _why(rows: Rows) -> str:
    if rows[1]:
        return f"has values in {listing(rows[1])}: they do not fit what comes back"
    if least(rows) > 1:
        return "holds several rows: a unique key comes back with the same in all of them"
    return "holds rows: a column comes back without a value that fits in them"


def arrived_at(source: Snapshot, target: Snapshot, hints: Renames) -> Snapshot:
    """The target's facts with what it leaves open as the source has it, read by the same role."""
    names = other_names(source, target, hints)
    return replace(completed(target, source, names), role=source.role, unstated=frozenset())
