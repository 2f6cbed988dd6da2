"""Changes that others bring about, and what is left to do of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gnkmigrate.diff.renames import renamed_by
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.new_names import NewNames
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import tables_below
from gnkmigrate.kinds.joining import tables_above
from gnkmigrate.plan.action import Action


def passed_on(change: Change, context: Context) -> Change:
    """The same; an alteration where a table merely inherits on one side what is its own then."""
    known, fact = kind_of(change.kind), change.fact
    if change.after is None and (
        inherited := known.inherited(_as_in_target(fact, context), context.target)
    ):
        return Change("alter", fact, inherited)
    if change.before is None and (inherited := known.inherited(fact, context.source)):
        return Change("alter", inherited, fact)
    return change


def _as_in_target(fact: Fact, context: Context) -> Fact:
    """What is of a column that a table inherits, under the name that this has then."""
    of_inherited = kind_of(fact.kind).of_column and fact.parent and fact.parent.kind != "column"
    path = context.column_left(fact.identity.path, fact.parent) if of_inherited else ()
    return fact.replaced(identity=Identity(fact.kind, path)) if path else fact


def not_carried(changes: Sequence[Change], context: Context) -> Iterator[Change]:
    """The changes that no alteration of what they live in, or of its type, brings about.

    What a table has, too, may come to be what it has of those above it.
    """
    carriers: defaultdict[Identity, list[Change]] = defaultdict(list)
    for change in changes:
        if change.verb == "alter":
            carriers[change.identity].append(change)
        if kind_of(change.kind).carries_siblings and change.fact.parent is not None:
            carriers[change.fact.parent].append(change)
    for change in changes:
        parent = context.find(change.fact.parent)
        above = [] if parent is None else [parent.identity, *parent.depends_on]
        if parent is not None and parent.parent is not None:
            above.append(parent.parent)  # a column's default goes where the column goes
        if parent is not None:
            above += [each.identity for each in tables_above(parent.identity, context.source)]
        found = (carrier for each in above for carrier in carriers.get(each, ()))
        if not any(kind_of(each.kind).carries(each, change, context) for each in found):
            yield change


def taken_along(changes: Sequence[Change], context: Context) -> Iterator[Change]:
    """The changes as they are left by each other, and what some of them change besides."""
    taken = {
        fact.identity: (fact, values)
        for change in changes
        if change.verb == "alter"
        for fact, values in kind_of(change.kind).takes_along(change, context)
    }
    if not taken:
        yield from changes
        return
    names = NewNames(renamed_by(changes))
    for change in changes:
        before = change.before if change.verb == "alter" else None
        known = None if before is None else taken.pop(before.identity, None)
        if known is None:
            yield change
        elif left := _left(before, change.fact, known[1], change.differing):
            yield left
    gone = {each.before.identity for each in changes if each.before and each.after is None}
    for fact, values in taken.values():
        after = context.target.facts.get(names.of(fact.identity) or fact.identity)
        if after is None or fact.identity in gone:
            continue
        if left := _left(fact, after, values, ()):
            yield left


def brought_about(actions: Sequence[Action], context: Context) -> tuple[Action, ...]:
    """The actions, with what is altered where something is dropped and made again."""
    made_anew = {each.fact.identity for each in actions if each.verb in {"create", "drop"}}
    brought = {
        change.identity: change
        for action in actions
        if action.verb in {"create", "drop"}
        and (change := kind_of(action.fact.kind).brings_about(action.fact, context))
        and change.identity not in made_anew
    }
    altered = {each.fact.identity: each for each in actions if each.verb == "alter"}
    merged = {identity: altered[identity] for identity in brought if identity in altered}
    others = (each for each in actions if merged.get(each.fact.identity) is not each)
    changed = (_with(merged.get(each.identity), each, context) for each in brought.values())
    return (*others, *changed)


def _with(action: Action | None, change: Change, context: Context) -> Action:
    """The alteration of a table and of those below, with what another alters of it as well."""
    paths = tables_below(change.identity.path, context.source)
    below = tuple(each for path in paths if context.stays(each := Identity("table", path)))
    if action is None:
        return Action("alter", change.before, change.after, below=below)
    before, after = (
        one and other and one.replaced(depends_on=one.depends_on | other.depends_on)
        for one, other in ((action.before, change.before), (action.after, change.after))
    )
    return replace(action, before=before, after=after, below=below)


def _left(
    before: Fact | None, after: Fact, values: Mapping[str, Any], differing: Iterable[str]
) -> Change | None:
    """What is left to do for a thing that has these values by then."""
    unlike = {key for key, value in values.items() if value != after.payload[key]}
    counted = frozenset(differing) - values.keys() | unlike
    if before is None or not counted:
        return None
    return Change("alter", before.has(values), after, counted)
