"""Who may do what with a side table: what he could do with the columns that it takes over.

A row of it comes, changes and goes as these columns get values, others, or none. So all three are
for whoever may UPDATE the columns, and for nobody else.
"""

from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.operations.moves.spec import Move
from gnkmigrate.operations.splits.aside import kept_pairs
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import by_hand, granted, privileges
from gnkmigrate.run.work import Work

_KINDS = ("SELECT", "UPDATE", "REFERENCES")


def refusals(work: Work, said: Move) -> Iterator[Refusal]:
    """Roles that may give a new row such values, and not change those of a row that is there."""
    lacking = [
        f"GRANT UPDATE ({', '.join(map(column, wanted))}) ON {quoted(said.table)} TO {holder.role};"
        for holder in granted.holders(work, said.table, _moved(said))
        if not holder.may_all("UPDATE", wanted := _wanted(said, holder))
    ]
    if lacking:
        yield Refusal(
            f"Roles may insert what {said.entity} takes over, or update a part of it, and not"
            " update all of it: with a side table the one is the other.",
            lacking,
            len(lacking),
            "Grant them these, if they may have them, or take from them what they have of it.",
        )


def _wanted(said: Move, holder: granted.Holder) -> Sequence[str]:
    """The columns that a role has to be able to update, to lose nothing and to gain nothing."""
    updated = holder.may.get("UPDATE", frozenset())
    if updated and len(said.parts) > 1:
        return _moved(said)  # parts share their columns
    return sorted(holder.may.get("INSERT", frozenset()))


def carry(work: Work, said: Move, table: str, side: str) -> None:
    """Gives whom it concerns his rights on the side table.

    Args:
        work: the session, in the transaction in which the side table takes over.
        said: the move.
        table: the quoted table.
        side: the quoted side table.
    """
    moved = {change.column: change.new_name for change in said.columns}
    renames = {**dict(said.key), **moved}
    privileges.carry_to_part(work, table, side, renames)
    for holder in granted.holders(work, said.table, _moved(said)):
        for statement in _statements(said, side, holder, renames):
            work.connection.execute(statement.encode())


def face(said: Move) -> by_hand.Face:
    """Where what moves is seen: who writes there what nobody has said yet does no INSERT."""
    side = quoted(said.entity)
    by = [(side, name) for name in said.own_key]
    return by_hand.Face(side, kept_pairs(said.columns), by=by, kinds=_KINDS)


def _statements(
    said: Move, side: str, holder: granted.Holder, renames: Mapping[str, str]
) -> Iterator[str]:
    names = _moved(said)
    yield f"REVOKE INSERT, DELETE, TRUNCATE ON {side} FROM {holder.role}"
    updated = sorted(holder.given.get("UPDATE", frozenset()))
    if not updated:
        return
    others = [change.new_name for change in said.new]
    written = dict.fromkeys((*said.own_key, *(renames[name] for name in updated), *others))
    option = holder.grantable.get("UPDATE", frozenset()).issuperset(updated)
    passed_on = " WITH GRANT OPTION" if option else ""
    yield f"GRANT INSERT ({', '.join(map(column, written))}) ON {side} TO {holder.role}{passed_on}"
    if set(updated) == set(names):
        yield f"GRANT DELETE ON {side} TO {holder.role}{passed_on}"


def _moved(said: Move) -> Sequence[str]:
    return [change.column for change in said.columns]
