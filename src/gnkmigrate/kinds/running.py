"""What PostgreSQL runs in the name of others while a statement makes a thing.

A materialized view is filled by its query, which reads through views with their owners' rights, and
an index or a default calls functions: what others own, may do and see of all that is as it shall
be by then (manual: CREATE VIEW, 5.9, 41.5).
"""

from collections.abc import Iterable, Iterator

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot


def called(fact: Fact, target: Snapshot) -> Iterator[Identity]:
    """The functions that an expression calls, and all that they are known to use."""
    functions = [each for each in fact.depends_on if each.kind == "function"]
    return reached(functions, target) if functions else iter(())


def reached(begin: Iterable[Identity], target: Snapshot) -> Iterator[Identity]:
    """All that is used from there, however indirectly: schemas too, and what policies ask.

    What a function in another's name reads is not known: it may be any table that has policies.
    """
    waiting, seen = [*begin], set[Identity]()
    while waiting:
        identity = waiting.pop()
        fact = target.facts.get(identity)
        if fact is None or identity in seen:
            continue
        seen.add(identity)
        yield identity
        waiting += fact.depends_on
        if fact.parent is not None:
            waiting.append(fact.parent)
        if fact.kind == "table":
            waiting += (each.identity for each in target.children(identity, "policy"))
        if fact.kind == "function" and fact.value("security_definer"):
            waiting += target.once(_hidden)


def _hidden(target: Snapshot) -> tuple[Identity, ...]:
    """The tables that show others not all of their rows."""
    tables = target.of_kind("table")
    return tuple(each.identity for each in tables if each.payload["row_security"])
