"""What is dropped under the new name of what it lives in.

Most of what goes is dropped before anything has another name. But a view, say, that no longer uses
a column of a renamed table is changed once the table has its new name, and the column goes after
that; a function goes by the new names of its types where its successor is called by these.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.new_names import NewNames
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.plan.action import Action, holders


def dropped_late(actions: Sequence[Action], target: Snapshot) -> tuple[Action, ...]:
    """The same, with the new names of what is dropped once others have changed under theirs."""
    renamed = {
        action.before.identity: action.after.identity
        for action in actions
        if action.verb == "rename" and action.before and action.after
        if action.after.identity in target
        if _is_in_names(action.before)
    }
    if not renamed:
        return tuple(actions)
    names = NewNames(renamed)
    dropped = {
        action.before.identity: action
        for action in actions
        if action.verb == "drop" and action.before and not action.waits_for
        if _called(action.before, names) != action.before.identity
    }
    late = _with_parts(_awaited(actions, dropped, names.inverse), dropped)
    return tuple(
        replace(action, placed=action.before.replaced(identity=_called(action.before, names)))
        if action in late and action.before
        else action
        for action in actions
    )


def _called(fact: Fact, names: NewNames) -> Identity:
    """What a thing is called once others have their new names, or what hangs on it."""
    parent, path = fact.parent, fact.identity.path
    if parent is None or not kind_of(fact.kind).is_satellite:
        return names.of(fact.identity)
    rest = path[len(parent.path) + 1 :]
    return Identity(fact.kind, (parent.kind, *names.of(parent).path, *rest))


def _is_in_names(fact: Fact) -> bool:
    """Whether others are called by it: what lives in it, or a function of a type."""
    known = kind_of(fact.kind)
    return known.is_relation or fact.kind == "schema" or known.catalog == "pg_type"


def _awaited(
    actions: Iterable[Action], dropped: Mapping[Identity, Action], before: NewNames
) -> set[Action]:
    """What is still used by something that is changed, or followed by another, under new names."""
    made = {action.fact.identity: action.fact for action in actions if action.verb == "create"}
    return {
        dropped[used]
        for action in actions
        if action.before
        for used in holders(action.before) & dropped.keys()
        if any(_is_named_anew(fact, before) for fact in _left(action, made))
    }


def _left(action: Action, made: Mapping[Identity, Fact]) -> Iterator[Fact]:
    """What comes of something that uses what goes: its new shape, or its successor."""
    if action.verb in {"alter", "finish"}:
        yield action.fact
    elif action.verb == "drop":
        yield from (made[each] for each in action.waits_for if each in made)


def _is_named_anew(fact: Fact, before: NewNames) -> bool:
    return any(before.of(each) != each for each in (fact.identity, *holders(fact)))


def _with_parts(late: set[Action], dropped: Mapping[Identity, Action]) -> set[Action]:
    """With what goes along with these."""
    found, waiting = set(late), [*late]
    while waiting:
        whole = waiting.pop().fact.identity
        parts = {action for action in dropped.values() if action.fact.parent == whole} - found
        found |= parts
        waiting += parts
    return found
