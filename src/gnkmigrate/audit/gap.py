"""Changes that belong together, folded into one gap each.

What is missing with its table or its column is no gap of its own; what differs about one column
is one gap; names of constraints that differ are one gap a table. An index is always a gap of its
own where its table exists, because it is created and dropped alone, with those of the partitions.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gnkmigrate.audit.describe import table_of
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change, Verb

GapKind = Literal["missing", "extra", "different"]
Shape = Literal["object", "names", "design"]


@dataclass(frozen=True)
class Gap:
    """Changes that one finding tells about.

    Attributes:
        kind: what the live database's side is, compared with the target's.
        shape: "object" for one thing; "names" for a table's constraints that are merely
            called otherwise; "design" for a table that the project folds into one gap.
        subject: the fact that it is about: the target's, or the live one where extra.
        changes: the subject's own first, then in the order of the diff.
    """

    kind: GapKind
    shape: Shape
    subject: Fact
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class _Anchor:
    """What changes with an equal anchor have in common."""

    shape: Shape
    thing: Identity


def fold(
    changes: Sequence[Change],
    live: Snapshot,
    target: Snapshot,
    designs: Collection[Identity] = frozenset(),
) -> tuple[Gap, ...]:
    """The gaps that the changes make up, in the order of their first change.

    Args:
        changes: from `live` to `target`.
        live: the database as it is.
        target: the database as it shall be.
        designs: tables whose columns and constraints, where they differ, make up one gap.
    """
    known = _Known.of(changes)
    grouped: dict[_Anchor, list[Change]] = {}
    for change in changes:
        grouped.setdefault(_anchor(change, known, designs), []).append(change)
    return tuple(
        _gap(anchor, group, _subject(anchor.thing, group, live, target))
        for anchor, group in grouped.items()
    )


def _subject(thing: Identity, group: Sequence[Change], live: Snapshot, target: Snapshot) -> Fact:
    """The thing as the target has it, else as it is; what a script names no role of, as meant."""
    known = target.facts.get(thing) or live.facts.get(thing)
    return known or next(change.fact for change in group if change.identity == thing)


def _gap(anchor: _Anchor, group: Sequence[Change], subject: Fact) -> Gap:
    own = [change for change in group if change.identity == anchor.thing]
    others = [change for change in group if change.identity != anchor.thing]
    verbs = {change.verb for change in own}
    kind: GapKind = "different"
    if verbs == {"add"}:
        kind = "missing"
    elif verbs == {"remove"}:
        kind = "extra"
    return Gap(kind, anchor.shape, subject, (*own, *others))


@dataclass(frozen=True)
class _Known:
    """The changes by what they change.

    Attributes:
        by_identity: the changes of each thing, under the target's identity where it has one.
        renamed: the target's identity of each thing that has another one in the live database.
    """

    by_identity: Mapping[Identity, Sequence[Change]]
    renamed: Mapping[Identity, Identity]

    @classmethod
    def of(cls, changes: Sequence[Change]) -> "_Known":
        by_identity: dict[Identity, list[Change]] = {}
        for change in changes:
            by_identity.setdefault(change.identity, []).append(change)
        renamed = {
            change.before.identity: change.identity
            for change in changes
            if change.verb == "rename" and change.before is not None
        }
        return cls(by_identity, renamed)

    def in_target(self, live: Identity) -> Identity:
        """What a thing of the live database is called in the target."""
        return self.renamed.get(live, live)


def _anchor(change: Change, known: _Known, designs: Collection[Identity]) -> _Anchor:
    home = _home(change, known)
    if home.kind not in {"column", "constraint"}:
        return _Anchor("object", home)
    table = Identity("table", home.path[:2])
    if table in designs:
        return _Anchor("design", table)
    renamed = {each.verb for each in known.by_identity.get(home, ())} == {"rename"}
    if home.kind == "constraint" and renamed and change.fact.parent == table:
        return _Anchor("names", table)
    return _Anchor("object", home)


def _home(change: Change, known: _Known) -> Identity:
    """The outermost thing that comes, goes or changes together with the change's own."""
    fact = change.fact
    for outer in _outer(change, known):
        for outer_change in known.by_identity.get(outer, ()):
            if _comes_along(outer_change, change.verb):
                return _home(outer_change, known)
    if kind_of(fact.kind).of_column and fact.parent is not None:
        return fact.parent if change.after else known.in_target(fact.parent)
    return change.identity


def _outer(change: Change, known: _Known) -> Iterator[Identity]:
    """What may bring a change about: an owner of a sequence, a partitioned table's index, ...

    All under the target's names, which may be another thing's in the live database.
    """
    before, after = (
        () if side is None else kind_of(side.kind).dies_with(side)
        for side in (change.before, change.after)
    )
    before = tuple(known.in_target(each) for each in before)
    if change.verb in {"add", "remove"}:
        yield from (*before, *after)
        sole = _sole_column(change.fact)
        if sole is not None:
            yield sole if change.after else known.in_target(sole)
    elif len(change.differing) == 1:
        yield from sorted({*before} ^ {*after})


def _comes_along(outer: Change, verb: Verb) -> bool:
    """Whether something is added, removed or changed because of what happens to `outer`."""
    retyped = outer.kind == "column" and outer.verb == "alter" and "type" in outer.differing
    comes = outer.verb in {"add", "remove"}
    return retyped or (comes and verb in {outer.verb, "alter"})


def _sole_column(fact: Fact) -> Identity | None:
    """The one column that a constraint is about; a primary key is about its table."""
    table = table_of(fact)
    if fact.kind != "constraint" or fact.payload["type"] == "primary key" or table is None:
        return None
    names = fact.payload["columns"]
    return Identity("column", (*table.path, names[0])) if len(names) == 1 else None
