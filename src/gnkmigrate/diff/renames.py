"""Things that go on under another name: what the user says, and what a name gives away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change

NOTHING_RENAMED: Mapping[Identity, Identity] = MappingProxyType({})


@dataclass(frozen=True)
class Renames:
    """What the user knows to be the same thing under another name.

    Attributes:
        pairs: the source's identity of a thing, and the target's. Both are of one kind and in
            one parent, which may itself be renamed. A pair of which the source has no longer
            the one, or the target not yet the other, is without effect, so that it may stay in
            the settings after its day. A part that is no fact of its own has a kind that its
            thing's kind knows (`Kind.inner_word`): the label of an enum.
        gone: identities of the source that are nothing in the target, whatever it looks like.
        standing: the old identities of pairs that were said once for all, in the settings, and
            may have been done.
    """

    pairs: Mapping[Identity, Identity] = field(default_factory=lambda: NOTHING_RENAMED)
    gone: frozenset[Identity] = frozenset()
    standing: frozenset[Identity] = frozenset()

    @classmethod
    def of(cls, *pairs: tuple[Identity, Identity], gone: Iterable[Identity] = ()) -> Self:
        return cls(MappingProxyType(dict(pairs)), frozenset(gone))

    def inverse(self) -> "Renames":
        """The same knowledge for the way back."""
        return Renames(MappingProxyType({new: old for old, new in self.pairs.items()}))

    def and_also(self, other: "Renames") -> "Renames":
        """What both know."""
        return Renames(
            MappingProxyType({**self.pairs, **other.pairs}),
            self.gone | other.gone,
            (self.standing - other.pairs.keys()) | other.standing,
        )


NO_RENAMES = Renames()


def renamed_by(changes: Iterable[Change]) -> Mapping[Identity, Identity]:
    """What changes give another name, by its old identity, and the types that go along."""
    found: dict[Identity, Identity] = {}
    for change in changes:
        before, after = change.before, change.after
        if before is not None and after is not None:
            if change.verb == "rename":
                found[before.identity] = after.identity
            for old, new in kind_of(change.kind).moved_members(before, after):
                found[Identity("type", old)] = Identity("type", new)
    return found


def by_spelling(source: Iterable[Fact], target: Iterable[Fact]) -> dict[Identity, Identity]:
    """Pairs of facts whose names differ in nothing but case and underscores.

    "isActive" and is_active are one name in two customs. Where more than one fact of a side
    could be meant, none is paired: a wrong rename would lose data, a missed one only shows as a
    removal and an addition, which the user can correct with a hint.

    Args:
        source: facts of one kind in one parent, which the target lacks.
        target: facts of that kind in the same parent, which the source lacks.
    """
    old, new = _unambiguous(source), _unambiguous(target)
    return {old[spelling]: new[spelling] for spelling in sorted(old.keys() & new.keys())}


def _unambiguous(facts: Iterable[Fact]) -> dict[str, Identity]:
    by_spelling: dict[str, list[Identity]] = {}
    for fact in facts:
        spelling = fact.identity.name.replace("_", "").casefold()
        by_spelling.setdefault(spelling, []).append(fact.identity)
    return {spelling: found[0] for spelling, found in by_spelling.items() if len(found) == 1}
