"""An index that a finding proposes: the statements, as its table takes them, by a free name."""

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kinds
from gnkmigrate.postgres.quoting import beside, identifier, qualified


def proposed(snapshot: Snapshot, table: Fact, base: str, keys: str) -> tuple[str, str]:
    """SQL that makes an index, and SQL that takes it away.

    Args:
        snapshot: the database.
        table: its table; one that is partitioned takes none CONCURRENTLY (manual, CREATE INDEX).
        base: the name that it would have, which may be taken, or too long.
        keys: what stands between its parentheses.
    """
    schema = table.identity.path[0]
    taken, number, name = snapshot.once(_relations).get(schema, frozenset()), 2, beside(base, "")
    while name in taken:
        name, number = beside(base, f"_{number}"), number + 1
    online = concurrently(table)
    on = f"{qualified(*table.identity.path)} ({keys})"
    return (
        f"CREATE INDEX{online} {identifier(name)} ON {on}",
        f"DROP INDEX{online} {qualified(schema, name)}",
    )


def concurrently(table: Fact) -> str:
    """The word with which an index of a table comes and goes while others write."""
    return "" if table.value("partitioned_by") else " CONCURRENTLY"


def _relations(snapshot: Snapshot) -> Mapping[str, AbstractSet[str]]:
    """By schema the names that no index may have any more."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, kind in kinds().items():
        if not (kind.is_relation or kind.brings_relation):
            continue  # a hundred thousand columns for one
        for fact in snapshot.of_kind(name):
            for space, *path in kind.names(fact):
                if space == "relation":
                    found[path[0]].add(path[-1])
    return found
