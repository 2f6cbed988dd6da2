"""Differences between entities and target that are nobody's mistake."""

import re
from collections.abc import Collection, Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.orm.typeorm.model import Limit

# TypeORM puts whole numbers into quotes: PostgreSQL prints such a default with its type.
_QUOTED_NUMBER = re.compile(r"'(-?\d+)'::[a-z ]+")


def set_aside(
    changes: Sequence[Change], limits: Collection[Limit], target: Snapshot
) -> frozenset[Change]:
    """The changes that are there because of TypeORM, and not of the entities.

    An index that TypeORM cannot make and the team has made in another form is none of them: it
    says something else than the target.

    Args:
        changes: from what the entities make to the target.
        limits: what TypeORM has no word for in the target.
        target: the target.
    """
    unsaid = {limit.identity for limit in limits}
    found = {change for change in changes if _is_own(change) or _is_unsaid(change, unsaid)}
    lacking = {change.identity for change in found if change.verb == "add"}
    return frozenset(found) | {
        change
        for change in changes
        if change.verb == "add" and not lacking.isdisjoint(_above(change.fact, target))
    }


def _is_unsaid(change: Change, unsaid: Collection[Identity]) -> bool:
    """Whether it is what TypeORM has no word for; the default of such a column is so, too."""
    about = {change.identity, change.fact.parent if change.kind == "default" else None}
    match change.verb:
        case "add":
            return change.identity in unsaid
        case "alter":
            return change.kind != "index" and not about.isdisjoint(unsaid)
        case _:
            # An enum of another schema is made in that of its table.
            names = {each.name for each in unsaid if each.kind == "enum"}
            return change.kind == "enum" and change.identity.name in names


def _is_own(change: Change) -> bool:
    """Whether TypeORM does it by itself: its extensions, and how it writes whole numbers."""
    if change.verb == "remove":
        return "extension" in {change.kind, change.identity.path[0]}
    if change.kind != "default" or change.before is None or change.after is None:
        return False
    written = _QUOTED_NUMBER.fullmatch(change.before.payload["expression"])
    return written is not None and written[1] == change.after.payload["expression"]


def _above(fact: Fact, target: Snapshot) -> Iterator[Identity]:
    """What a thing lives in, from the inside out."""
    above: Fact | None = fact
    while above is not None and above.parent is not None:
        yield above.parent
        above = target.facts.get(above.parent)
