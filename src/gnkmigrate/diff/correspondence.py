"""Which fact of the source is which fact of the target, and how names translate between them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from gnkmigrate.diff.places import Places
from gnkmigrate.diff.wording import Wording
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of, kinds, satellites
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.postgres.routine import parted, retyped

_Moved: TypeAlias = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
_SHARED = frozenset({"relation", "type"})  # the spaces of names that kinds share
_OBJECT_LEVELS = 2  # schema and object; deeper are the parts of an object


class Correspondence:
    """The pairs that are known, from the outermost facts inwards.

    Attributes:
        source, target: what is compared.
        to_target: by the source's identity, the target's.
        to_source: the other way round.
        renamed: the source's identities of those that have a new name of their own.
    """

    def __init__(self, source: Snapshot, target: Snapshot) -> None:
        self.to_target: dict[Identity, Identity] = {}
        self.to_source: dict[Identity, Identity] = {}
        self.renamed: set[Identity] = set()
        self.source = source
        self.target = target
        self._reuses_names = False
        self._taken: dict[tuple[str, ...], bool] = {}
        self._places: Places | None = None
        self._constants_of = {
            fact.identity: constants
            for name, known in kinds().items()
            if type(known).constants is not Kind.constants
            for fact in source.of_kind(name)
            if (constants := known.constants(fact))
        }
        self._movers = {
            before.identity: before
            for name, known in kinds().items()
            if type(known).moved_members is not Kind.moved_members
            for before in source.of_kind(name)
            if (after := target.facts.get(before.identity)) is None
            or any(known.moved_members(before, after))
        }
        self._members: dict[tuple[Identity, Identity], _Moved] = {}

    def add(self, source: Identity, target: Identity, *, renamed: bool = False) -> None:
        self.to_target[source] = target
        self.to_source[target] = source
        if renamed:
            self.renamed.add(source)
            # Only the user can say so, and only then can equal texts mean different things.
            self._reuses_names |= source in self.target or self._is_taken(source)

    @property
    def has_new_names(self) -> bool:
        """Whether anything is called otherwise in the target."""
        return bool(self.renamed) or any(map(self._moved, self._movers))

    def begin(self, places: Places) -> None:
        """Starts from what is in place; before anything else is known."""
        self.to_target = dict(places.same)
        self.to_source = dict(places.same)
        self._places = places

    def expected(self, fact: Fact) -> Identity:
        """What a fact of the source is called once those it lives in have their new names.

        A function is called by the types of its arguments as well.
        """
        name, path = fact.identity
        if path[-1].endswith(")") and name not in satellites():
            placed = self._placed(fact, name, path)
            return Identity(name, (*placed.path[:-1], self._with_types(placed.name, fact)))
        return self._placed(fact, name, path)

    def _placed(self, fact: Fact, name: str, path: tuple[str, ...]) -> Identity:
        prefix, own = (path[:1], path[1:]) if name in satellites() else ((), path)
        parent = fact.parent
        while parent is not None and parent in self.to_target:
            renamed = self.to_target[parent]
            if renamed == parent:
                return fact.identity
            if own[: len(parent.path)] == parent.path:
                return Identity(name, (*prefix, *renamed.path, *own[len(parent.path) :]))
            parent = self.source.facts[parent].parent
        return fact.identity

    def _with_types(self, name: str, function: Fact) -> str:
        """A function's name with the new names of the types that its arguments are of."""
        moved = list[tuple[tuple[str, ...], tuple[str, ...]]]()
        for old in sorted(function.depends_on):
            new = self.to_target.get(old, old)
            moved += [(old.path, new.path)] if new != old else ()
            moved += self._moved(old)
        return retyped(name, moved)

    def _moved(self, old: Identity) -> _Moved:
        """What is no fact, and goes along with a thing of the source: its names on either side."""
        before, new = self._movers.get(old), self.to_target.get(old, old)
        if before is None or new not in self.target:
            return ()
        if (old, new) not in self._members:
            found = kind_of(old.kind).moved_members(before, self.target.facts[new])
            self._members[old, new] = tuple(found)
        return self._members[old, new]

    def doubtful(self) -> Iterator[Fact]:
        """The source's facts that are not the same under the same name, as by far the most are."""
        if self._texts_mislead:
            yield from self.source
            return
        if self._places is not None:
            yield from self._places.unlike
            yield from self._places.left_over(self.source)
            return
        there, becomes = self.target.facts, self.to_target
        for identity, fact in self.source.facts.items():
            other = there.get(identity)
            if other is None or becomes.get(identity) != identity or not fact.is_alike(other):
                yield fact

    @property
    def _texts_mislead(self) -> bool:
        """Whether equal texts of both sides can mean different things."""
        return self._reuses_names or bool(self._constants_of)

    def differing(self, before: Fact, after: Fact) -> frozenset[str]:
        """The payload keys of a pair whose values differ in more than names of renamed things."""
        if not self._texts_mislead and before.is_alike(after):
            return frozenset()
        wording, known = self.wording(before, after), kind_of(before.kind)
        old, new = before.payload, after.payload
        return frozenset(
            key
            for key in old.keys() | new.keys()
            if known.counts(key)
            and not (key in known.hidden and (old.get(key) is None or new.get(key) is None))
            and not (
                key in known.unordered and _same_set(wording.renamed(old.get(key)), new.get(key))
            )
            and not known.is_enough(key, old.get(key), new.get(key))
            and not (key in known.own_names and old.get(key) == new.get(key))
            and not (
                key in old
                and key in new
                and (wording.of_its_own() if key in known.own_names else wording).same(
                    old[key], new[key]
                )
            )
        )

    def told_otherwise(self, before: Fact, after: Fact) -> frozenset[str]:
        """The same of keys that merely describe: what of the source must not be taken for new."""
        wording, known = self.wording(before, after), kind_of(before.kind)
        old, new = before.payload, after.payload
        return frozenset(
            key
            for key in old.keys() & new.keys()
            if not known.counts(key) and not wording.same(old[key], new[key])
        )

    def wording(self, before: Fact, after: Fact) -> Wording:
        """How names translate within a pair: of what it needs, goes with, and is in."""
        known = self.renamed or self._constants_of or self._movers
        if before.kind in satellites() or not known:
            return Wording()  # every name stands for itself
        goes_with = frozenset(kind_of(before.kind).dies_with(before))
        needed = (
            before.depends_on
            | goes_with
            | {self.to_source[need] for need in after.depends_on if need in self.to_source}
        )
        nested = self._is_nested(before)
        if nested and before.parent is not None:
            needed |= {before.parent}
        said = Wording({}, {}, {}, dict(self._constants(needed)))
        for old in needed:
            self._learn(said, old, nested=nested)
        for mover in needed & self._movers.keys():
            for was, becomes in (
                pair for moved in self._moved(mover) for pair in zip(*moved, strict=True)
            ):
                said.learn(was, {was, becomes}, (said.names, said.words))
        for part in kind_of(before.kind).mentions(before, self.source):
            was, becomes = part.name, self.to_target.get(part, part).name
            allowed = {was, becomes} if part not in self.target else {becomes}
            said.learn(was, allowed, (said.words, said.alone))
        for was, becomes in self._passed_on(before, after):
            said.names[was] = said.words[was] = {becomes}
        return said

    def _learn(self, said: Wording, old: Identity, *, nested: bool) -> None:
        """Takes over what a thing that is used is called."""
        free = old not in self.target
        taken = self._reuses_names and self._is_taken(old)
        for level, (was, becomes) in enumerate(_names(old, self.to_target.get(old, old))):
            is_part = level >= _OBJECT_LEVELS
            # Where the old name is free, whoever still says it means something else by it.
            is_free = free and not (taken and not is_part)
            # A view keeps the names of its own columns when those of a table change.
            is_said = nested or not is_part or not free
            stands_alone = is_said and (is_part or _lives_nowhere(old))
            where = [said.names, *([said.words] * is_said), *([said.alone] * stands_alone)]
            said.learn(was, {was, becomes} if is_free else {becomes}, where)

    def _passed_on(self, before: Fact, after: Fact) -> Iterator[tuple[str, str]]:
        """Names that a pair says on both sides, of what is another thing in the target.

        They are on neither side of a text the same then, whatever else in it is called so.
        """
        if not self._reuses_names:
            return
        used = {each.path[:_OBJECT_LEVELS] for each in after.depends_on}
        for old in before.depends_on:
            was = old.path[:_OBJECT_LEVELS]
            becomes = self.to_target.get(old, old).path[:_OBJECT_LEVELS]
            if was != becomes and was in used and becomes not in used:
                yield from zip(was, becomes, strict=True)

    def _is_taken(self, old: Identity) -> bool:
        """Whether a relation or type of the target's bears the name of what `old` is, or is in."""
        path = old.path[:_OBJECT_LEVELS]
        if path not in self._taken:
            found = (self.target.facts.get(Identity(kind, path)) for kind in kinds())
            self._taken[path] = any(
                space in _SHARED for each in found if each for space, *_ in _spaces(each)
            )
        return self._taken[path]

    def _constants(self, needed: Iterable[Identity]) -> Iterator[tuple[str, Mapping[str, str]]]:
        if not self._constants_of:
            return
        for identity in needed:
            if identity in self._constants_of:
                yield qualified(*identity.path), self._constants_of[identity]

    def _is_nested(self, fact: Fact) -> bool:
        """Does it live inside a table or the like, rather than in a schema?"""
        return fact.parent is not None and fact.parent.kind != "schema"


def _lives_nowhere(identity: Identity) -> bool:
    """Whether it is in no schema, such as a language, so that its name stands alone."""
    return len(identity.path) == 1 and identity.kind != "schema"


def _spaces(fact: Fact) -> Iterable[tuple[str, ...]]:
    return kind_of(fact.kind).names(fact)


def _same_set(one: Any, other: Any) -> bool:
    return bool(one and other) and sorted(one) == sorted(other)


def _names(old: Identity, new: Identity) -> Iterator[tuple[str, str]]:
    """The names that an identity is made of, before and after; a function's without arguments."""
    for was, becomes in zip(old.path, new.path, strict=False):
        if was.endswith(")") and becomes.endswith(")"):
            yield parted(was)[0], parted(becomes)[0]
        else:
            yield was, becomes
