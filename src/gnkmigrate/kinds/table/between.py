"""What a table is for a while, before it is all that it shall be."""

from typing import Any

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.hidden_rows import keys_at


def halfway(change: Change, context: Context) -> Fact | None:
    """The table as it is made first: of no type yet, and with an owner who sees all rows.

    The latter not where it gets another owner, who would see them all: but keys are made first.
    """
    before, after = change.before, change.fact
    if before is None:
        return None
    later: dict[str, Any] = {}
    types = frozenset[Any]()
    if after.payload.get("of_type") and not before.payload.get("of_type"):
        later["of_type"] = None  # until its columns are those of the type
        types = frozenset(each for each in after.depends_on if each.kind == "composite type")
    if is_bound(before, after) and (
        _has_keys(change, context) or _stays_owned(before, after, context)
    ):
        later |= _open(before)
    return after.has(later).replaced(depends_on=after.depends_on - types) if later else None


def is_bound(before: Fact, after: Fact) -> bool:
    """Whether row security comes to bind the owner: keys are validated before."""
    return _binds(after) and not _binds(before)


def _has_keys(change: Change, context: Context) -> bool:
    return any(next(keys_at(change.identity, side), None) for side in context.sides)


def _stays_owned(before: Fact, after: Fact, context: Context) -> bool:
    old = context.source.get("owner", before.kind, *before.identity.path)
    new = context.target.get("owner", after.kind, *after.identity.path)
    return (old and old.payload) == (new and new.payload)


def _binds(table: Fact) -> bool:
    # A foreign table has neither.
    return bool(table.payload.get("row_security") and table.payload.get("row_security_forced"))


def _open(before: Fact) -> dict[str, Any]:
    """FORCE comes last, or ENABLE where that is there already."""
    last = "row_security" if before.payload["row_security_forced"] else "row_security_forced"
    return {last: False}
