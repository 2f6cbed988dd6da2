"""Which fact of the source is which fact of the target.

From the outside in: a fact is what has its name in its matched parent. What is left over on both
sides is then paired by the user's hints, by spelling, and by subject, in that order; subjects
come last because they name columns and tables, which must be known by then.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from gnkmigrate.catalog.model import Fact, Identity, Snapshot
from gnkmigrate.diff.renames import Renames, by_spelling
from gnkmigrate.diff.wording import Wording

# Kinds that hang on a thing and take their path from it. They have no name that could change,
# and their text is the user's own: PostgreSQL does not rewrite it after a rename.
ATTACHED = frozenset({"comment"})


class Matching:
    """The pairs that were found, and how names translate from the source to the target.

    Attributes:
        pairs: by the source's identity, the target's.
        renamed: the source's identities of those that have a new name of their own.
    """

    def __init__(self, source: Snapshot, target: Snapshot, hints: Renames) -> None:
        self.pairs: dict[Identity, Identity] = {}
        self.renamed: set[Identity] = set()
        self._backwards: dict[Identity, Identity] = {}
        self._source = source
        self._target = target
        self._hints = {
            old: new
            for old, new in hints.pairs.items()
            if old in source and new in target and old.kind == new.kind
        }
        self._hinted = frozenset(self._hints.values())
        self._children = (_by_parent_and_kind(source), _by_parent_and_kind(target))
        self._match_names()
        self._match_subjects()
        # Only the user can say so, and only then can equal texts mean different things.
        self._reuses_names = any(identity in target for identity in self.renamed)

    def is_target(self, identity: Identity) -> bool:
        """Has this fact of the target got a counterpart?"""
        return identity in self._backwards

    def differing(self, before: Fact, after: Fact) -> frozenset[str]:
        """The payload keys of a pair whose values differ in more than names of renamed things."""
        if before.payload == after.payload and not self._reuses_names:
            return frozenset()
        wording = self._wording(before, after)
        shared = before.payload.keys() & after.payload.keys()
        same = {key for key in shared if wording.same(before.payload[key], after.payload[key])}
        return frozenset((before.payload.keys() | after.payload.keys()) - same)

    def _match_names(self) -> None:
        inside: list[tuple[Identity | None, Identity | None]] = [(None, None)]
        while inside:
            inside = list(chain.from_iterable(self._match_inside(*pair) for pair in inside))

    def _match_inside(
        self, source: Identity | None, target: Identity | None
    ) -> Iterator[tuple[Identity, Identity]]:
        """Matches what lives in a matched pair of parents, and yields the new pairs."""
        for kind, old, new in self._siblings(source, target):
            there = {fact.identity for fact in new}
            for fact in old:
                expected = self._expected(fact)
                if expected in there and not self._contradicted(fact.identity, expected):
                    yield self._pair(fact.identity, expected)
            if kind not in ATTACHED:
                for pair in self._renames(old, new):
                    self.renamed.add(pair[0])
                    yield self._pair(*pair)

    def _renames(
        self, old: Iterable[Fact], new: Iterable[Fact]
    ) -> Iterator[tuple[Identity, Identity]]:
        there = {fact.identity for fact in self._left(new, self._backwards)}
        for fact in self._left(old, self.pairs):
            if self._hints.get(fact.identity) in there:
                yield fact.identity, self._hints[fact.identity]
        yield from by_spelling(
            (fact for fact in self._left(old, self.pairs) if fact.subject is None),
            (fact for fact in self._left(new, self._backwards) if fact.subject is None),
        ).items()

    def _match_subjects(self) -> None:
        for source, target in list(self.pairs.items()):
            for kind, old, new in self._siblings(source, target):
                del kind
                for alike in (self._same_payload, self._same_subject):
                    self._match_alike(old, new, alike)

    def _match_alike(
        self, old: Iterable[Fact], new: Iterable[Fact], alike: Callable[[Fact, Fact], bool]
    ) -> None:
        left = {fact.identity: fact for fact in self._left(new, self._backwards)}
        for before in self._left(old, self.pairs):
            found = next((after for after in left.values() if alike(before, after)), None)
            if found is not None:
                del left[found.identity]
                self.renamed.add(before.identity)
                inside = [self._pair(before.identity, found.identity)]
                while inside:
                    inside = list(chain.from_iterable(self._match_inside(*pair) for pair in inside))

    def _same_subject(self, before: Fact, after: Fact) -> bool:
        return (
            before.subject is not None
            and after.subject is not None
            and self._wording(before, after).same(before.subject, after.subject)
        )

    def _same_payload(self, before: Fact, after: Fact) -> bool:
        return self._same_subject(before, after) and self._wording(before, after).same(
            before.payload, after.payload
        )

    def _pair(self, source: Identity, target: Identity) -> tuple[Identity, Identity]:
        self.pairs[source] = target
        self._backwards[target] = source
        return source, target

    def _siblings(
        self, source: Identity | None, target: Identity | None
    ) -> Iterator[tuple[str, list[Fact], list[Fact]]]:
        old, new = self._children[0].get(source, {}), self._children[1].get(target, {})
        for kind in sorted(old.keys() & new.keys()):
            yield kind, old[kind], new[kind]

    @staticmethod
    def _left(facts: Iterable[Fact], matched: Mapping[Identity, Identity]) -> list[Fact]:
        return [fact for fact in facts if fact.identity not in matched]

    def _contradicted(self, old: Identity, new: Identity) -> bool:
        """Has the user said that one of these is something else?"""
        return self._hints.get(old, new) != new or (new in self._hinted and old not in self._hints)

    def _expected(self, fact: Fact) -> Identity:
        """What a fact of the source is called once those it lives in have their new names."""
        kind, path = fact.identity.kind, fact.identity.path
        prefix, own = (path[:1], path[1:]) if kind in ATTACHED else ((), path)
        parent = fact.parent
        while parent is not None and parent in self.pairs:
            if self.pairs[parent] == parent:
                return fact.identity
            if own[: len(parent.path)] == parent.path:
                new = (*prefix, *self.pairs[parent].path, *own[len(parent.path) :])
                return Identity(kind, new)
            parent = self._source.facts[parent].parent
        return fact.identity

    def _wording(self, before: Fact, after: Fact) -> Wording:
        """How names translate within a pair: those of what it needs, and of what it is in."""
        if before.kind in ATTACHED:
            return Wording({}, {})
        nested = _is_nested(before, self._source)
        names: dict[str, set[str]] = {}
        words: dict[str, set[str]] = {}
        needed = before.depends_on | {
            self._backwards[need] for need in after.depends_on if need in self._backwards
        }
        if nested and before.parent is not None:
            needed |= {before.parent}
        for old in needed:
            new = self.pairs.get(old, old)
            free = old not in self._target
            for level, (was, becomes) in enumerate(_parts(old, new)):
                # Where the old name is free, whoever still says it means something else by it.
                allowed = {was, becomes} if free else {becomes}
                names.setdefault(was, set()).update(allowed)
                # A view keeps the names of its own columns when those of a table change.
                if nested or level < _OBJECT_LEVELS:
                    words.setdefault(was, set()).update(allowed)
        return Wording(_frozen(names), _frozen(words))


_OBJECT_LEVELS = 2  # schema and object; deeper are the parts of an object


def _parts(old: Identity, new: Identity) -> Iterator[tuple[str, str]]:
    """The names that an identity is made of, before and after; a function's without arguments."""
    for was, becomes in zip(old.path, new.path, strict=False):
        if was.endswith(")") and becomes.endswith(")"):
            yield was.partition("(")[0], becomes.partition("(")[0]
        else:
            yield was, becomes


def _is_nested(fact: Fact, snapshot: Snapshot) -> bool:
    """Does it live inside a table or the like, rather than in a schema?"""
    parent = snapshot.facts.get(fact.parent) if fact.parent is not None else None
    return parent is not None and parent.parent is not None


def _by_parent_and_kind(snapshot: Snapshot) -> dict[Identity | None, dict[str, list[Fact]]]:
    """The children of every fact; None has the outermost, and those whose parent is not there."""
    grouped: dict[Identity | None, dict[str, list[Fact]]] = {}
    for fact in snapshot:
        parent = fact.parent if fact.parent in snapshot.facts else None
        grouped.setdefault(parent, {}).setdefault(fact.kind, []).append(fact)
    return grouped


def _frozen(names: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(allowed) for name, allowed in names.items()}
