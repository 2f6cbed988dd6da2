"""What goes before columns change, and comes back when they have."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from gnkmigrate.authoring.columns import ColumnChange
from gnkmigrate.diff.renames import renamed_by
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.plan.action import holders

# What op.convert_columns carries over to the columns that it makes, or leaves as it is.
_CARRIED = frozenset({"default", "policy", "column"})
_ON_COLUMNS = frozenset({"index", "constraint", "statistics"})


def making_way(
    converted: Sequence[ColumnChange],
    dropped: AbstractSet[Identity],
    carried: AbstractSet[Identity],
    source: Snapshot,
) -> Mapping[Identity, Fact]:
    """What hangs on the columns and is not carried over, with all that hangs on that.

    Args:
        converted: the columns that change.
        dropped: those that go.
        carried: what goes over to the new columns beside what op.convert_columns carries.
        source: the database as it is.
    """
    moved = {each.before.identity for each in converted} | dropped
    retyped = {each.before.identity for each in converted if each.is_retyped}
    found: dict[Identity, Fact] = {}
    waiting = [
        fact
        for fact in source
        if (fact.kind in _ON_COLUMNS and holders(fact) & dropped)
        or (fact.kind in _ON_COLUMNS and holders(fact) & retyped and not _is_carried(fact))
        or (
            fact.kind not in _ON_COLUMNS | _CARRIED
            and fact.parent not in moved
            and holders(fact) & moved
        )
    ]
    while waiting:
        fact = waiting.pop()
        if fact.identity not in found and fact.identity not in carried:
            found[fact.identity] = fact
            waiting += [each for each in source if fact.identity in holders(each)]
    return found


def _is_carried(fact: Fact) -> bool:
    """Whether it is an index, or a constraint that is one, of plain columns."""
    payload = fact.payload
    if fact.kind == "constraint":
        return bool(payload["type"] == "unique")
    names = {each.name for each in fact.depends_on if each.kind == "column"}
    plain = {
        key.removesuffix(" DESC").removesuffix(" NULLS FIRST").strip('"') for key in payload["keys"]
    }
    return fact.kind == "index" and payload["predicate"] is None and plain <= names


def apart(
    left: Sequence[Change],
    moved: Mapping[Identity, Fact],
    changes: Sequence[Change],
    source: Snapshot,
    target: Snapshot,
) -> Iterator[Change]:
    """Changes in which what makes way, or is made anew anyhow, goes first and comes last."""
    new_names = renamed_by(changes)
    gone = {change.identity for change in changes if change.verb == "remove"}
    going = {
        *moved,
        *(each.before.identity for each in left if each.before and _is_made_anew(each)),
    }
    going |= {fact.identity for fact in source if going.intersection(above(fact, source))}
    becomes = {new_names.get(identity, identity) for identity in going - gone} & target.facts.keys()
    coming = becomes | {
        fact.identity for fact in target if becomes.intersection(above(fact, target))
    }
    for change in left:
        is_old = change.before is not None and change.before.identity in going
        if not is_old and (change.after is None or change.identity not in coming):
            yield change
    for identity in sorted(going):
        yield Change("remove", source.facts[identity], None)
    for identity in sorted(coming):
        yield Change("add", None, target.facts[identity])


def _is_made_anew(change: Change) -> bool:
    """An index or a constraint that changes in more than its name is another one."""
    return change.kind in {"index", "constraint"} and bool(
        {key for key in change.differing if kind_of(change.kind).counts(key)}
        & {
            "definition",
            "unique",
            "keys",
            "include",
            "predicate",
            "expression",
            "method",
            "columns",
        }
    )


def above(fact: Fact, snapshot: Snapshot) -> Iterator[Identity]:
    """What it lives in, from the inside out."""
    parent = fact.parent
    while parent is not None:
        yield parent
        found = snapshot.facts.get(parent)
        parent = None if found is None else found.parent
