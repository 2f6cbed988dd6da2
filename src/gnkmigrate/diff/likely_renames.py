"""Removals and additions that may be one thing under two names, where data would be lost.

Nothing is paired here: it is for the user to say which it is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from gnkmigrate.diff.renames import NO_RENAMES, NOTHING_RENAMED, Renames, renamed_by
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.new_names import NewNames
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change

_COLUMN = "column"
_NOTHING = frozenset({"id"})  # a word that so many names have says nothing alone
_ALIKE = 0.6  # of the columns of two tables, as many as that are enough
_TOO_MANY = 250_000  # pairs of tables
_UNRENAMED = NewNames(NOTHING_RENAMED)


class Likely(NamedTuple):
    """What may be a rename.

    Attributes:
        old: what is gone.
        new: what is there instead.
        why: what speaks for it, in a few words.
    """

    old: Identity
    new: Identity
    why: str


def likely_renames(
    changes: Sequence[Change], source: Snapshot, target: Snapshot, hints: Renames = NO_RENAMES
) -> tuple[Likely, ...]:
    """What may be renames, of that which holds data: tables, their columns, what is inside types.

    Args:
        changes: as `compare` returned them.
        source: what was compared.
        target: with what.
        hints: what the user has said already; it is not asked again.
    """
    names = NewNames(renamed_by(changes))
    removed = [each.fact for each in changes if each.verb == "remove"]
    removed = [fact for fact in removed if fact.identity not in hints.gone]
    added = [each.fact for each in changes if each.verb == "add"]
    pairs = [
        (group, there[place])
        for there in [_by_place(added, _UNRENAMED)]
        for place, group in _by_place(removed, names).items()
        if place in there
    ]
    found = (
        *(each for old, new in pairs for each in _tables(old, new, source, target)),
        *(each for old, new in pairs for each in _columns(old, new, source, target)),
        *_inside(changes, hints),
    )
    # What has the same name on both sides is another thing there, and no rename makes it that.
    return tuple(each for each in found if each.old.name != each.new.name)


def _by_place(
    facts: Iterable[Fact], names: NewNames
) -> Mapping[tuple[str, Identity | None], Sequence[Fact]]:
    """Facts of one kind in one parent, under the name that the target has for it."""
    found: dict[tuple[str, Identity | None], list[Fact]] = {}
    for fact in facts:
        parent = None if fact.parent is None else names.of(fact.parent)
        found.setdefault((fact.kind, parent), []).append(fact)
    return found


def _tables(
    removed: Sequence[Fact], added: Sequence[Fact], source: Snapshot, target: Snapshot
) -> Iterator[Likely]:
    """Pairs of tables, each more like the other than like any third."""
    old = {fact: columns for fact in removed if (columns := _columns_of(fact, source))}
    new = {fact: columns for fact in added if (columns := _columns_of(fact, target))}
    if len(old) * len(new) > _TOO_MANY:
        return  # it is another schema, not another name
    scores = {
        (before, after): len(had & has) / max(len(had), len(has))
        for before, had in old.items()
        for after, has in new.items()
    }
    for before, after in _best_of_both(scores):
        shared, of = len(old[before] & new[after]), max(len(old[before]), len(new[after]))
        yield Likely(before.identity, after.identity, f"{shared} of {of} columns are the same")


def _best_of_both(scores: Mapping[tuple[Fact, Fact], float]) -> Iterator[tuple[Fact, Fact]]:
    """The pairs that are alike, and neither of which is as much like another."""
    by_one: dict[Fact, list[float]] = {}
    for pair, score in scores.items():
        for each in pair:
            by_one.setdefault(each, []).append(score)
    for pair, score in scores.items():
        best = all(max(by_one[each]) == score and by_one[each].count(score) == 1 for each in pair)
        if score >= _ALIKE and best:
            yield pair


def _columns_of(fact: Fact, snapshot: Snapshot) -> frozenset[tuple[str, str]]:
    """Names and types of the columns of what holds rows."""
    if not kind_of(fact.kind).holds_data:
        return frozenset()
    columns = snapshot.children(fact.identity, _COLUMN)
    return frozenset((each.identity.name, str(each.payload["type"])) for each in columns)


def _columns(
    removed: Sequence[Fact], added: Sequence[Fact], source: Snapshot, target: Snapshot
) -> Iterator[Likely]:
    """Columns of one table that may be the same under another name, with no third among them.

    Names that say the same are enough, whatever the type has become. Others have to be the same
    but for the name; where most of the columns that go have nothing of either kind, the table is
    of another design.
    """
    if removed[0].kind != _COLUMN:
        return
    pairs = [(old, new) for old in removed for new in added]
    named = [pair for pair in pairs if _says_the_same(*pair) and _may_become(*pair)]
    alike = [pair for pair in pairs if pair[0].is_alike(pair[1])]
    by_name = _in_turn([(old, new) for old, new in named if old.is_alike(new)], named)
    keys = {*_sole_keys(removed, source), *_sole_keys(added, target)}
    # A key that stands for the row alone is not what any other column of its type is.
    alike = [(old, new) for old, new in alike if (old.identity in keys) == (new.identity in keys)]
    taken = {fact.identity for pair in by_name for fact in pair}
    alike = [pair for pair in alike if taken.isdisjoint(fact.identity for fact in pair)]
    others = _in_turn([pair for pair in alike if _says_nearly_the_same(*pair)], alike)
    if len(by_name) + len(others) < len(removed) / 2:
        others = []
    found = {*by_name, *others}
    for before, after in pairs:
        if (before, after) in found:
            was, becomes = before.payload["type"], after.payload["type"]
            yield Likely(
                before.identity,
                after.identity,
                f"both are {was}" if was == becomes else f"by their names; {was} becomes {becomes}",
            )


def _in_turn(*tries: Sequence[tuple[Fact, Fact]]) -> Sequence[tuple[Fact, Fact]]:
    """The pairs that each try leaves no doubt about, among what the tries before have left."""
    found: list[tuple[Fact, Fact]] = []
    taken: set[Identity] = set()
    for pairs in tries:
        left = [pair for pair in pairs if taken.isdisjoint(fact.identity for fact in pair)]
        found += _unambiguous(left)
        taken |= {fact.identity for pair in found for fact in pair}
    return found


def _unambiguous(pairs: Sequence[tuple[Fact, Fact]]) -> Sequence[tuple[Fact, Fact]]:
    """The pairs whose two have no other partner."""
    old = Counter(before.identity for before, _ in pairs)
    new = Counter(after.identity for _, after in pairs)
    return [
        (before, after)
        for before, after in pairs
        if old[before.identity] == new[after.identity] == 1
    ]


def _says_the_same(before: Fact, after: Fact) -> bool:
    """Whether all words of the one name are in the other; "id" alone says nothing."""
    old, new = _words(before.identity.name), _words(after.identity.name)
    return (old <= new or new <= old) and bool((old & new) - _NOTHING)


def _says_nearly_the_same(before: Fact, after: Fact) -> bool:
    """Whether the names have a word in common, and each one of its own: "user_id", "owner_id"."""
    old, new = _words(before.identity.name), _words(after.identity.name)
    return bool(old & new and old - new and new - old)


@lru_cache(maxsize=4096)  # of a wide table each is laid beside every other
def _words(name: str) -> frozenset[str]:
    return frozenset(name.lower().split("_")) - {""}


def _may_become(before: Fact, after: Fact) -> bool:
    """Whether the values of the one can be those of the other: none can where it is computed."""
    computed = [fact.payload["generated"] is not None for fact in (before, after)]
    return computed[0] == computed[1]


def _sole_keys(columns: Sequence[Fact], snapshot: Snapshot) -> Iterator[Identity]:
    """Those of the columns of a table that are its primary key alone."""
    for table in {column.parent for column in columns if column.parent is not None}:
        for each in snapshot.children(table, "constraint"):
            if each.payload["type"] == "primary key" and len(each.payload["columns"]) == 1:
                yield Identity(_COLUMN, (*table.path, *each.payload["columns"]))


def _inside(changes: Sequence[Change], hints: Renames) -> Iterator[Likely]:
    """A label or an attribute in whose place another one stands, while all others stay."""
    for change in changes:
        known = kind_of(change.kind)
        if not known.inner_word or change.verb != "alter" or change.before is None:
            continue
        old, new = known.inner_names(change.before), known.inner_names(change.fact)
        unlike = [(was, is_) for was, is_ in zip(old, new, strict=False) if was != is_]
        if len(old) != len(new) or len(unlike) != 1:
            continue
        ((was, becomes),) = unlike
        gone = Identity(known.inner_word, (*change.before.identity.path, was))
        if was not in new and becomes not in old and gone not in hints.gone | hints.pairs.keys():
            there = Identity(gone.kind, (*change.identity.path, becomes))
            yield Likely(gone, there, f"it stands in its place among the {gone.kind}s")
