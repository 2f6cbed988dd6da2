"""What a statement locks besides is called by the name that it has by then.

A table that a foreign key refers to may have its new name, or be in a schema that has one, when the
key is dropped, or a column of it changes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.new_names import NewNames
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.plan.action import Action
from gnkmigrate.plan.group import Group
from gnkmigrate.postgres.quoting import names_in, qualified


def locked_by_now(
    groups: Iterable[Group], write: Callable[[Group], Statements]
) -> Iterator[Statement]:
    """The statements of groups in their order.

    Args:
        groups: in the order in which they run.
        write: gives a group's statements; those of a drop, and of some alterations, name others as
            they were at first.
    """
    renamed: dict[Identity, Identity] = {}
    at_first: dict[Identity, Identity] = {}  # the other way round
    names: NewNames | None = None
    for group in groups:
        leader, statements = group.leader, write(group)
        if renamed and _says_as_before(leader):
            names = known = names or NewNames(renamed)
            statements = tuple(_named(each, known) for each in statements)
        yield from statements
        if leader.verb == "rename" and leader.before and _holds_tables(leader.before.kind):
            now, new = leader.before.identity, leader.fact.identity
            at_first[new] = at_first.pop(now, now)
            renamed[at_first[new]] = new
            names = None


def _says_as_before(action: Action) -> bool:
    alters = action.verb in {"alter", "finish"}
    return action.verb == "drop" or (alters and kind_of(action.fact.kind).locks_as_before)


def _holds_tables(kind: str) -> bool:
    return kind_of(kind).is_relation or kind == "schema"


def _named(statement: Statement, names: NewNames) -> Statement:
    beside = tuple(
        (qualified(*names.of(Identity("table", names_in(relation))).path), lock)
        for relation, lock in statement.beside
    )
    return replace(statement, beside=beside)
