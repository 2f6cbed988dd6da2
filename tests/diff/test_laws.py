"""Laws of the diff, over generated snapshots: no server, no examples of our own choosing."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.renames import Renames
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change, Verb
from tests.diff.strategies import facts_of, snapshots

MIRROR: dict[Verb, Verb] = {
    "add": "remove",
    "remove": "add",
    "alter": "alter",
    "rename": "rename",
}


@given(snapshots())
def test_nothing_differs_from_itself(snapshot: Snapshot) -> None:
    assert compare(snapshot, snapshot) == ()


@given(snapshots(), snapshots())
def test_no_change_means_the_same_facts(source: Snapshot, target: Snapshot) -> None:
    assert (compare(source, target) == ()) == (facts_of(source) == facts_of(target))


@given(snapshots(), snapshots())
def test_the_changes_make_the_target_of_the_source(source: Snapshot, target: Snapshot) -> None:
    changed = applied(source, compare(source, target))
    assert facts_of(changed) == facts_of(target)


@given(snapshots(), snapshots())
def test_the_way_back_mirrors_the_way_there(source: Snapshot, target: Snapshot) -> None:
    there = {
        (
            MIRROR[change.verb],
            change.after and change.after.identity,
            change.before and change.before.identity,
            change.differing,
        )
        for change in compare(source, target)
    }
    back = {
        (
            change.verb,
            change.before and change.before.identity,
            change.after and change.after.identity,
            change.differing,
        )
        for change in compare(target, source)
    }
    assert {change[:3] for change in there} == {change[:3] for change in back}
    alters = {change for change in there if change[0] == "alter"}
    assert alters == {change for change in back if change[0] == "alter"}


@given(snapshots(), snapshots(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(
    source: Snapshot, target: Snapshot, random: Random
) -> None:
    one, other = list(source), list(target)
    random.shuffle(one)
    random.shuffle(other)
    assert compare(Snapshot.of(one), Snapshot.of(other)) == compare(source, target)


@given(snapshots(), snapshots())
def test_each_thing_is_renamed_at_most_once_and_to_its_like(
    source: Snapshot, target: Snapshot
) -> None:
    renames = [change for change in compare(source, target) if change.verb == "rename"]
    pairs = [(change.before, change.after) for change in renames]
    assert all(before and after and before.kind == after.kind for before, after in pairs)
    assert len({before for before, _ in pairs}) == len({after for _, after in pairs}) == len(pairs)


@given(snapshots(), snapshots(), st.data())
def test_what_the_user_says_is_the_same_is_not_removed(
    source: Snapshot, target: Snapshot, data: st.DataObject
) -> None:
    tables = [fact.identity for fact in source.of_kind("table")]
    pairs = [
        (old, new.identity)
        for old in tables
        for new in target.of_kind("table")
        if old.path[0] == new.identity.path[0]
    ]
    if not pairs:
        return
    old, new = data.draw(st.sampled_from(pairs))
    hints = Renames.of((old, new))
    changes = compare(source, target, hints)
    assert facts_of(applied(source, changes)) == facts_of(target)
    verbs = {(change.verb, change.identity) for change in changes}
    assert ("add", new) not in verbs
    assert len(compare(target, source, hints.inverse())) == len(changes)


def applied(source: Snapshot, changes: tuple[Change, ...]) -> Snapshot:
    """What PostgreSQL makes of the source: renames carry names into what mentions them."""
    removed = {
        change.before.identity for change in changes if change.verb == "remove" and change.before
    }
    renamed = {
        change.before.identity: change.after.identity
        for change in changes
        if change.verb == "rename" and change.before and change.after
    }
    altered = {
        change.before.identity: change.after
        for change in changes
        if change.verb == "alter" and change.before and change.after
    }
    moved: dict[Identity, Identity] = {}
    for fact in sorted(source, key=lambda fact: (fact.kind == "comment", len(fact.identity.path))):
        moved[fact.identity] = renamed.get(fact.identity) or _followed(fact, moved)
    kept = [
        altered.get(fact.identity) or _reworded(fact, moved)
        for fact in source
        if fact.identity not in removed
    ]
    added = [change.after for change in changes if change.verb == "add" and change.after]
    return Snapshot.of([*kept, *added])


def _followed(fact: Fact, moved: dict[Identity, Identity]) -> Identity:
    if fact.parent is None:
        return fact.identity
    parent = moved[fact.parent]
    if fact.kind == "comment":
        return Identity("comment", (parent.kind, *parent.path))
    return Identity(fact.kind, (*parent.path, *fact.identity.path[len(parent.path) :]))


def _reworded(fact: Fact, moved: dict[Identity, Identity]) -> Fact:
    payload = dict(fact.payload)
    if fact.kind == "constraint" and fact.parent is not None:
        columns = [Identity("column", (*fact.parent.path, name)) for name in payload["columns"]]
        payload["columns"] = [moved[column].name for column in columns]
        payload["definition"] = f"UNIQUE ({', '.join(payload['columns'])})"
    return Fact(moved[fact.identity], moved[fact.parent] if fact.parent else None, payload)
