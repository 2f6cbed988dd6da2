"""Finding out which fact of the source is which fact of the target.

From the outside in: a fact is what has its name in its matched parent. What is left over on both
sides is then paired by the user's hints, by spelling, and by subject, in that order; subjects
come last because they name columns and tables, which must be known by then.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from gnkmigrate.diff.correspondence import Correspondence
from gnkmigrate.diff.families import Children, Family, by_parent, in_order, left_over
from gnkmigrate.diff.places import in_place
from gnkmigrate.diff.renames import Renames, by_spelling
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of, kinds, satellites, subject
from gnkmigrate.kinds.joining import tables_above
from gnkmigrate.kinds.kind import Kind

_Parents: TypeAlias = tuple[Identity | None, Identity | None]
# Siblings of one kind that have no counterpart yet.
_Left: TypeAlias = tuple[list[Fact], list[Fact]]


def match(source: Snapshot, target: Snapshot, hints: Renames) -> Correspondence:
    """All pairs of facts that are the same thing.

    Args:
        source: the database as it is.
        target: the database as it should be.
        hints: renames that the user knows of, all of which apply.
    """
    known = Correspondence(source, target)
    matcher = _Matcher(known, hints.pairs, hints.gone)
    if hints.pairs or hints.gone:
        matcher.match_names((None, None))
    else:
        matcher.match_places()
    matcher.match_subjects()
    matcher.match_inherited()
    matcher.match_passed_on()
    return known


class _Matcher:
    def __init__(
        self,
        known: Correspondence,
        hints: Mapping[Identity, Identity],
        gone: frozenset[Identity],
    ) -> None:
        self._known = known
        self._hints = hints
        self._hinted = frozenset(hints.values())
        self._renamed = {identity.path for pair in hints.items() for identity in pair}
        self._gone = gone
        self._undecided: list[_Left] = []

    @cached_property
    def _source(self) -> Children:
        return by_parent(self._known.source)

    @cached_property
    def _target(self) -> Children:
        return by_parent(self._known.target)

    def match_places(self) -> None:
        """Matches everything where nobody has said that anything has another name.

        By far the most has its place on both sides, which is seen at once; only what is left over
        beside something else that is left over needs a closer look.
        """
        known = self._known
        places = in_place(known.source, known.target)
        known.begin(places)
        old, new = left_over(known.source, places), left_over(known.target, places)
        waiting, undecided = list[_Parents](), list[_Left]()
        for parent, kind in old.keys() & new.keys():
            if kind not in satellites() and (parent is None or parent in places.same):
                left = in_order(old[parent, kind]), in_order(new[parent, kind])
                waiting += self._by_other_name(*left)
                undecided.append(left)
        self._match(waiting, undecided)

    def match_names(self, parents: _Parents) -> None:
        """Matches all that lives in a matched pair, however deep."""
        self._match([parents], [])

    def _match(self, waiting: list[_Parents], undecided: list[_Left]) -> None:
        late: list[Family] = []
        while waiting or late:
            if not waiting:
                waiting += self._paired(late.pop(), undecided)
                continue
            within = waiting.pop()
            for kind, old, new in self._siblings(within):
                # What is called by types is known once these are.
                by_types = kind_of(kind).named_by_types
                family = Family(kind, old, new, by_types or within[0] != within[1])
                if by_types:
                    late.append(family)
                else:
                    waiting += self._paired(family, undecided)
        # What is decided first has a say in the rest: so it does not come in the catalog's order.
        self._undecided += sorted(undecided, key=lambda siblings: siblings[0][0].identity)

    def _paired(self, family: Family, undecided: list[_Left]) -> Iterator[_Parents]:
        """Matches siblings by their names, and what is left of them by others."""
        kind, old, new, moved = family
        found = self._by_name(old, new, moved=moved)
        yield from (pair for pair in found if pair[0] in self._source)
        if kind in satellites() or len(found) in {len(old), len(new)}:
            return
        left = self._left(old, new)
        if all(left):
            yield from self._by_other_name(*left)
            undecided.append(left)

    def match_subjects(self) -> None:
        """Matches what has another name but is about the same, and what lives in it."""
        for siblings in self._undecided:
            for alike in (self._same_thing, self._same_payload, self._same_subject):
                for pair in self._alike(*self._left(*siblings), alike):
                    self.match_names(pair)
            # What has belonged to something that is not there any more still has its name.
            for named in self._by_name(*self._left(*siblings), moved=True, whatever=True):
                self.match_names(named)

    def match_inherited(self) -> None:
        """Matches what is said of columns that tables have of those above them, as these are."""
        known = self._known
        columns = {old for old in known.renamed if old.kind == "column"}
        said = [
            fact
            for kind in sorted(kinds() if columns else ())
            if kind in satellites() or kinds()[kind].of_column or kinds()[kind].is_aspect
            for fact in known.source.of_kind(kind)
            if fact.identity not in known.to_target
        ]
        for fact in said:
            table, name = fact.parent, fact.identity.name
            if table is None or table not in known.to_target:
                continue
            above = tables_above(table, known.source)
            inherited = (Identity("column", (*each.identity.path, name)) for each in above)
            for column in columns.intersection(inherited):
                head = fact.identity.path[: -len(table.path) - 1]
                path = (*head, *known.to_target[table].path, known.to_target[column].name)
                expected = Identity(fact.kind, path)
                if expected in known.target and expected not in known.to_source:
                    known.add(fact.identity, expected)

    def match_passed_on(self) -> None:
        """Matches what a table sets on a column that is its own here and inherited there."""
        known = self._known
        if len(known.to_source) == len(known.target):
            return
        for name, kind in kinds().items():
            if type(kind).inherited is Kind.inherited:
                continue
            for fact in known.source.of_kind(name):
                same = fact.identity
                taken = same in known.to_target or same in known.to_source
                if same in known.target and not taken and known.expected(fact) == same:
                    known.add(same, same)

    def _by_name(
        self, old: Sequence[Fact], new: Sequence[Fact], *, moved: bool, whatever: bool = False
    ) -> list[_Parents]:
        """Matches siblings of one kind.

        Args:
            old: the siblings in the source.
            new: those in the target.
            moved: whether what they live in may have another name.
            whatever: whether what they belong to has no say in it.
        """
        there = {fact.identity: fact for fact in new}
        is_free = whatever or not (old and kind_of(old[0].kind).follows)
        found: list[_Parents] = []
        for fact in old:
            expected = self._known.expected(fact) if moved else fact.identity
            if (
                expected in there
                and not (self._hints and self._contradicted(fact.identity, expected))
                and (is_free or not self._may_follow(fact, there[expected]))
            ):
                self._known.add(fact.identity, expected)
                found.append((fact.identity, expected))
        return found

    def _by_other_name(self, old: list[Fact], new: list[Fact]) -> list[_Parents]:
        there = {fact.identity for fact in new}
        hinted = {
            fact.identity: self._hints[fact.identity]
            for fact in old
            if self._hints.get(fact.identity) in there
        }
        told = self._hints.keys() | self._gone
        spelled = by_spelling(
            (fact for fact in old if subject(fact) is None and fact.identity not in told),
            (fact for fact in new if subject(fact) is None and fact.identity not in self._hinted),
        )
        found = hinted | spelled
        for before, after in found.items():
            self._known.add(before, after, renamed=True)
        return list(found.items())

    def _may_follow(self, before: Fact, after: Fact) -> bool:
        """Whether it belongs to something that has, or may have, another name."""
        owner = subject(before)
        if not isinstance(owner, Identity):
            return False
        path = owner.path
        return owner != subject(after) or any(
            path[:length] in self._renamed for length in range(1, len(path) + 1)
        )

    def _alike(
        self, old: list[Fact], new: list[Fact], alike: Callable[[Fact, Fact], bool]
    ) -> Iterator[tuple[Identity, Identity]]:
        left = {fact.identity: fact for fact in new}
        for before in old:
            found = next((after for after in left.values() if alike(before, after)), None)
            if found is not None:
                del left[found.identity]
                renamed = found.identity != self._known.expected(before)
                self._known.add(before.identity, found.identity, renamed=renamed)
                yield before.identity, found.identity

    def _same_thing(self, before: Fact, after: Fact) -> bool:
        return self._known.expected(before) == after.identity and self._same_subject(before, after)

    def _same_subject(self, before: Fact, after: Fact) -> bool:
        old, new = subject(before), subject(after)
        if isinstance(old, Identity):
            return new is not None and self._known.to_target.get(old) == new
        return (
            old is not None
            and new is not None
            and self._known.wording(before, after).same(old, new)
        )

    def _same_payload(self, before: Fact, after: Fact) -> bool:
        return self._same_subject(before, after) and not self._known.differing(before, after)

    def _siblings(self, parents: _Parents) -> Iterator[tuple[str, Sequence[Fact], Sequence[Fact]]]:
        """What lives directly in a matched pair, kind by kind, where both sides have any."""
        old, new = self._source.get(parents[0], {}), self._target.get(parents[1], {})
        for kind in sorted(old.keys() & new.keys()):
            yield kind, old[kind], new[kind]

    def _left(self, old: Iterable[Fact], new: Iterable[Fact]) -> tuple[list[Fact], list[Fact]]:
        """What has no counterpart yet."""
        decided, taken = self._known.to_target, self._known.to_source
        return (
            in_order(
                fact
                for fact in old
                if fact.identity not in decided and fact.identity not in self._gone
            ),
            in_order(fact for fact in new if fact.identity not in taken),
        )

    def _contradicted(self, old: Identity, new: Identity) -> bool:
        """Has the user said that one of these is something else?"""
        return self._hints.get(old, new) != new or (new in self._hinted and old not in self._hints)
