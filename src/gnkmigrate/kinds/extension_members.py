"""Members of extensions, which no fact tells of, in the way of what is made or dropped.

ALTER EXTENSION ... ADD makes anything a member, rows and all, and no difference shows what is one.
"""

from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.postgres.quoting import identifier

_Name = tuple[str, ...]


def refuse_members(changes: Sequence[Change], context: Context) -> None:
    """Stops where a member of an extension that stays is in the way, on either side.

    Raises:
        Unplannable: something is to be made by the name of a member, or is to become one.
    """
    there, wanted = (_members(side, context) for side in (context.source, context.target))
    for change in changes if there or wanted else ():
        if change.verb in {"add", "rename"}:
            for name in _names(change.after) & there.keys():
                _refuse(change.fact, there[name], "which is its member in the database", "DROP")
        elif change.verb == "remove":
            for name in _names(change.before) & wanted.keys():
                _refuse(change.fact, wanted[name], "whose member it is in the target", "ADD")


def _refuse(fact: Fact, extension: str, why: str, word: str) -> None:
    raise Unplannable(
        f"{fact.identity} is in the way of extension {identifier(extension)}, {why}.",
        hint=f"Run ALTER EXTENSION {identifier(extension)} {word} "
        f"{kind_of(fact.kind).reference(fact)} in a revision of your own, and plan again.",
    )


def _members(snapshot: Snapshot, context: Context) -> Mapping[_Name, str]:
    """The extension of each member, by the member's name in its name space."""
    return {
        tuple(name): extension.identity.name
        for extension in _that_stay(snapshot, context)
        for name in extension.payload.get("members", ())
    }


def _that_stay(snapshot: Snapshot, context: Context) -> Iterator[Fact]:
    for extension in snapshot.of_kind("extension"):
        if extension.identity in context.source and extension.identity in context.target:
            yield extension


def _names(fact: Fact | None) -> frozenset[_Name]:
    return frozenset() if fact is None else kind_of(fact.kind).names(fact)
