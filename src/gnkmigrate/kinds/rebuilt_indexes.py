"""What indexes lose when ALTER COLUMN makes them anew (tablecmds.c, ATPostAlterTypeCleanup).

PostgreSQL keeps their names, parameters, comments, CLUSTER ON and REPLICA IDENTITY, and forgets
the statistics targets of expressions, and which extensions they depend on. Of a partition's share
of its parent's index it keeps nothing: that one is made as for a new partition.
"""

import re
from collections.abc import Iterator

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.index.kind import statistics
from gnkmigrate.kinds.index_marks import attached_children, is_whole
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import qualified

_WITHOUT_INDEX = frozenset({"check", "foreign key"})
# Shares are not given the comment of their parent's index since this release.
_COMMENTS_STAY = 170000
_ANEW = frozenset({"type", "collation", "generated"})


def loses_more(index: Fact, context: Context) -> bool:
    """Whether no statement gives it back what it had: it makes way, and is made as it was.

    Args:
        index: an index of the source, or a key.
        context: what lives in it, and what becomes of that.
    """
    if index.payload.get("type") in _WITHOUT_INDEX:
        return False
    shares = tuple(_shares(index, context))
    if shares and not is_whole(index, context.source):
        return True  # made anew it would be whole, in all partitions
    named = (index.identity.path[0], index.identity.name)
    if context.source.get("extension dependency", "index", *named):
        return True
    if index.payload.get("statistics") and index.identity not in context.target:
        return True  # whether it has its new name by then cannot be told
    return any(not _is_as_new(share, above, context) for share, above in shares)


def given_back(change: Change, context: Context) -> Iterator[Statement]:
    """The statistics targets of all indexes that a change of their column has made anew."""
    if change.before is None or _ANEW.isdisjoint(change.differing):
        return
    for index in context.source.of_kind("index"):
        if index.identity in context.dropped or not index.payload["statistics"]:
            continue
        if change.before.identity in index.depends_on:
            yield from statistics(index, ())
    yield from _unsaid(change.before, context)


def _unsaid(column: Fact, context: Context) -> Iterator[Statement]:
    """Takes the comment of a parent's index from the shares that are made with it."""
    if context.source.server_version >= _COMMENTS_STAY:
        return
    for index in (*context.source.of_kind("index"), *context.source.of_kind("constraint")):
        if index.identity in context.dropped or column.identity not in index.depends_on:
            continue
        named = ("index", index.identity.path[0], index.identity.name)
        if any(side.get("comment", *named) for side in context.sides):
            for share, _ in _shares(index, context):
                name = qualified(share.identity.path[0], share.identity.name)
                yield Statement(
                    f"COMMENT ON INDEX {name} IS NULL",
                    f"Index {name} has been given the comment of its parent's.",
                    lock=locks.COMMENT_ON_RELATION,
                    relation=name,
                )


def _shares(index: Fact, context: Context) -> Iterator[tuple[Fact, Fact]]:
    """The shares that partitions have of `index`, however deep, each with what it is part of."""
    for identity in attached_children(index, context.source):
        share = context.source.facts[identity]
        yield share, index
        yield from _shares(share, context)


def _is_as_new(share: Fact, above: Fact, context: Context) -> bool:
    """Whether it is, and remains, just what PostgreSQL makes of its parent's."""
    after = context.target.facts.get(share.identity)
    payload = share.payload
    own = ("index", share.identity.path[0], share.identity.name)
    return (
        share.kind == above.kind
        and after is not None
        and after.is_alike(share)
        and share.identity.name == _usual_name(share)
        and payload.get("options") == above.payload.get("options")
        and not payload["tablespace"]
        and not above.payload["tablespace"]
        and not payload["clustered"]
        and not payload["replica_identity"]
        and not payload.get("statistics")
        and context.source.get("comment", share.kind, *share.identity.path) is None
        and context.source.get("comment", *own) is None
    )


_LONGEST = 63
_COLUMN = re.compile(r'(?:"(?P<quoted>(?:[^"]|"")+)"|(?P<plain>\w+))(?: |$)')


def _usual_name(share: Fact) -> str | None:
    """The name that it surely gets where it is free; None where that takes a closer look."""
    if share.parent is None:
        return None
    payload, table = share.payload, share.parent.name
    match payload.get("type", "index"):
        case "primary key":
            parts: list[str] = [table, "pkey"]
        case "unique":
            parts = [table, *payload["columns"], "key"]
        case "index":
            found = [_COLUMN.match(key) for key in payload["keys"]]
            if not all(found):
                return None
            names = [_unquoted(each) for each in found if each]
            parts = [table, *names, *payload["include"], "idx"]
        case _:
            return None
    name = "_".join(parts)
    return name if len(name.encode()) <= _LONGEST else None


def _unquoted(found: re.Match[str]) -> str:
    return found["plain"] or found["quoted"].replace('""', '"')
