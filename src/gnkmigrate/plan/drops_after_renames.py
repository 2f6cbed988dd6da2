"""What is dropped under the new name of what it lives in.

Most of what goes is dropped before anything has another name. But a view, say, that no longer uses
a column of a renamed table is changed once the table has its new name, and the column goes after
that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Identity
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
        if kind_of(action.before.kind).is_relation or action.before.kind == "schema"
    }
    if not renamed:
        return tuple(actions)
    names = NewNames(renamed)
    dropped = {
        action.before.identity: action
        for action in actions
        if action.verb == "drop" and action.before and not action.waits_for
        if names.of(action.before.identity) != action.before.identity
    }
    late = _with_parts(_awaited(actions, dropped, renamed), dropped)
    return tuple(
        replace(action, placed=action.before.replaced(identity=names.of(action.before.identity)))
        if action in late and action.before
        else action
        for action in actions
    )


def _awaited(
    actions: Iterable[Action],
    dropped: Mapping[Identity, Action],
    renamed: Mapping[Identity, Identity],
) -> set[Action]:
    """What is still used by something that is changed under a new name."""
    return {
        dropped[used]
        for action in actions
        if action.verb in {"alter", "finish"} and action.before and action.after
        for used in holders(action.before) & dropped.keys()
        if _is_named_anew(action, renamed.values())
    }


def _is_named_anew(action: Action, new: Iterable[Identity]) -> bool:
    needed = (action.fact.identity, *holders(action.fact))
    return any(each.path[: len(above.path)] == above.path for above in new for each in needed)


def _with_parts(late: set[Action], dropped: Mapping[Identity, Action]) -> set[Action]:
    """With what goes along with these."""
    found, waiting = set(late), [*late]
    while waiting:
        whole = waiting.pop().fact.identity
        parts = {action for action in dropped.values() if action.fact.parent == whole} - found
        found |= parts
        waiting += parts
    return found
