"""Materialized views that keep rows of a table as their values.

As with columns of tables, PostgreSQL does not write the table anew as long as they are there; but
they can be made again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.column_obstacles import tables_below
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import tables_below as below
from gnkmigrate.kinds.user_type import attributes_of
from gnkmigrate.postgres.quoting import qualified


def in_the_way(part: Fact, context: Context) -> Iterator[Identity]:
    """Those that keep rows of the table that a part is of, or of one below it.

    Where that is partitioned itself it is not written anew, but they may be of partitions too.
    """
    tables = (part.identity.path[:-1], *tables_below(part, context))
    yield from keeping(tables, context.source)


def above(table: Sequence[str], snapshot: Snapshot) -> Iterator[Identity]:
    """Those that keep rows of this table, or of one below it."""
    return keeping((tuple(table), *below(table, snapshot)), snapshot)


def keeping(tables: Iterable[Sequence[str]], snapshot: Snapshot) -> Iterator[Identity]:
    """Those that keep rows of one of these tables, be it inside of other values."""
    users = snapshot.once(_users)
    waiting, known = [qualified(*table) for table in tables], set[Identity]()
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in known:
                known.add(user)
                waiting.append(qualified(*user.path))
                if user.kind == "materialized view":
                    yield user


def _users(snapshot: Snapshot) -> Mapping[str, Sequence[Identity]]:
    """What is made of values of a type, by the type's name."""
    found: defaultdict[str, list[Identity]] = defaultdict(list)
    for kind in ("view", "materialized view", "composite type", "domain", "range type"):
        for fact in snapshot.of_kind(kind):
            for type_ in _types(fact):
                found[type_.removesuffix("[]")].append(fact.identity)
    return found


def _types(fact: Fact) -> Iterable[str]:
    match fact.kind:
        case "domain":
            return (fact.payload["type"],)
        case "range type":
            return (fact.payload["subtype"],)
        case "composite type":
            return attributes_of(fact).values()
    return attributes_of(fact, "columns").values()
