"""From changes to actions: what has to make way for a change, and what is made in two steps.

A view on a column whose type changes, a foreign key on a primary key that is made anew, a comment
on a dropped index: none of these differs, and each must be dropped and made again. The rules say
what a change does to one dependent; here it is followed along the dependencies, as far as it goes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gnkmigrate.diff.renames import NewNames, renamed_by
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of, satellites
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.joining import tables_above
from gnkmigrate.kinds.kind import Context, Effect, Replacement
from gnkmigrate.plan.action import Action, holders
from gnkmigrate.plan.picking import picked
from gnkmigrate.postgres.quoting import beside

Users = Mapping[Identity, Sequence[Fact]]


def users_of(snapshot: Snapshot) -> Users:
    """What depends on each fact directly."""
    users: defaultdict[Identity, list[Fact]] = defaultdict(list)
    for fact in snapshot:
        for identity in holders(fact):
            users[identity].append(fact)
    return users


def expand(changes: Iterable[Change], context: Context, users: Users) -> tuple[Action, ...]:
    """Every action that `changes` need, in no order.

    Raises:
        Unplannable: there is no rule for one of the kinds.
    """
    expansion = _Expansion(changes, context, users)
    expansion.run()
    return expansion.actions()


class _Expansion:
    """What is to be done so far. A thing's lot only ever gets harder, so this comes to an end.

    Attributes:
        altered, renamed, aside: by the identity in the source; aside ones are to be replaced
            once their successor is there.
        kept: what passes from a parent to a table below it, or back, and stays as it is.
        removed: facts of the source that are dropped.
        added: facts of the target that are created.
        causes: what forces a removal or an addition that is no change by itself.
    """

    def __init__(self, changes: Iterable[Change], context: Context, users: Users) -> None:
        self.context, self.users = context, users
        self.altered: dict[Identity, Change] = {}
        self.renamed: dict[Identity, Change] = {}
        self.aside: dict[Identity, Change] = {}
        self.kept: dict[Identity, Change] = {}
        self.removed: dict[Identity, Fact] = {}
        self.added: dict[Identity, Fact] = {}
        self.causes: dict[Identity, Identity] = {}
        self._new_names: dict[Identity, Fact] = {}
        self._gone: dict[Identity, Fact] = {}
        self._between: dict[Identity, Fact] = {}
        self._disturbing: list[Fact] = []
        self._inherited: defaultdict[Identity, list[Fact]] = defaultdict(list)
        changes = tuple(_passed_on(change, context) for change in changes)
        self._changes = tuple(_taken_along(tuple(_not_carried(changes, context)), context))
        for change in self._changes:
            self._enter(change)

    def _enter(self, change: Change) -> None:
        before, after = change.before, change.after
        if before is None:
            self.added[change.identity] = change.fact
        elif after is None:
            self._gone[before.identity] = before
        elif change.verb == "rename":
            self.renamed[before.identity] = change
            self._new_names[before.identity] = after
        else:
            lot = self.kept if before.is_alike(after) else self.altered
            lot[before.identity] = change
            if before.identity not in self.context.source:
                for identity in holders(before):
                    self._inherited[identity].append(before)

    def run(self) -> None:
        self._succeed()
        for change in self._changes:
            if kind_of(change.kind).remakes_parent(change, self.context) and change.fact.parent:
                self._set_aside(change.fact.parent)
        self.removed.update(self._gone)
        self._disturbing += self._gone.values()
        for identity in tuple(self.altered):
            self._alter(identity)
        while self._disturbing:
            self._disturb(self._disturbing.pop())
        for fact in tuple(self.added.values()):
            self._add_children(fact)
        for fact in (*self._hanging(), *self._implied()):
            self.added.setdefault(fact.identity, fact)

    def actions(self) -> tuple[Action, ...]:
        actions = [Action("rename", each.before, each.after) for each in self.renamed.values()]
        for identity, change in self.altered.items():
            cause = self.causes.get(identity)
            between = self._between.get(identity) or kind_of(change.kind).halfway(change)
            actions.append(Action("alter", change.before, between or change.after, cause))
            if between is not None:
                actions.append(Action("finish", between, change.after, cause))
        for change in self.aside.values():
            actions += _in_turn(change, self._used_aside(self._aside_fact(change)))
        for identity, fact in self.removed.items():
            if not self._goes_with_aside(fact):
                actions.append(Action("drop", fact, None, self.causes.get(identity)))
        for identity, fact in self.added.items():
            first = kind_of(fact.kind).first_form(fact, self.context)
            actions.append(Action("create", None, first, self.causes.get(identity)))
            if first is not fact:
                actions.append(Action("finish", first, fact))
        return tuple(actions)

    def _goes_with_aside(self, fact: Fact) -> bool:
        """Whether it goes with something that is replaced, or with a part of that."""
        owners = kind_of(fact.kind).dies_with(fact)
        return any(
            each in self.aside
            or (each in self.removed and self._goes_with_aside(self.removed[each]))
            for each in owners
        )

    def _alter(self, identity: Identity) -> None:
        """Settles how one thing gets its new payload, and what that does to others."""
        change = self.altered.get(identity)
        if change is None or change.before is None:
            return
        before = change.before
        known = kind_of(before.kind)
        if known.alter(change, self.context) is not None:
            for user in self._users_of(identity):
                self._apply(known.effect(change, user, self.context), user, identity)
        elif known.replacement(before, self.context) is Replacement.DROP:
            self._replace(before, None)
        else:
            self.aside[identity] = self.altered.pop(identity)
            self.renamed.pop(identity, None)
            self._disturbing.append(before)

    def _succeed(self) -> None:
        """Makes one thing the successor of another that goes, is in use, and has had its name."""
        if not self._gone:
            return
        taken = {name: new for new in self.added.values() for name in _names(new)}
        for identity, old in tuple(self._gone.items()):
            new = next((taken[name] for name in _names(old) if name in taken), None)
            if new is None or new.identity not in self.added or not self._holds(old):
                continue
            if kind_of(old.kind).replacement(old, self.context) is Replacement.ASIDE:
                del self._gone[identity], self.added[new.identity]
                self.aside[identity] = Change("alter", old, new)
                self._disturbing.append(old)

    def _users_of(self, identity: Identity) -> Iterator[Fact]:
        """What depends on it directly, be it by what a table inherits and is to have itself."""
        yield from self.users.get(identity, ())
        yield from self._inherited.get(identity, ())

    def _holds(self, old: Fact) -> bool:
        """Whether something that stays holds data by `old`."""
        known = kind_of(old.kind)
        return any(
            known.effect_of_replacing(user) is Effect.ALTERED
            for user in self.users.get(old.identity, ())
            if user.identity not in self._gone
        )

    def _set_aside(self, identity: Identity) -> None:
        before, after = self.context.source.facts.get(identity), None
        if before is not None and identity not in self.aside:
            after = self._counterpart(before)
        if before is not None and after is not None:
            self.aside[identity] = self.altered.pop(identity, Change("alter", before, after))
            self.renamed.pop(identity, None)
            self._disturbing.append(before)

    def _remove(self, fact: Fact, cause: Identity | None) -> None:
        if fact.identity in self.removed:
            return
        self.removed[fact.identity] = fact
        if cause is not None:
            self.causes[fact.identity] = cause
        for lots in (self.altered, self.renamed, self.aside, self.kept):
            lots.pop(fact.identity, None)
        self._disturbing.append(fact)

    def _replace(self, before: Fact, cause: Identity | None) -> None:
        """Drops a fact of the source and creates its counterpart in the target."""
        after = self._counterpart(before)
        if after is not None:
            self.added.setdefault(after.identity, after)
            if cause is not None:
                self.causes.setdefault(after.identity, cause)
            self._add_children(after)
        self._remove(before, cause)

    def _disturb(self, fact: Fact) -> None:
        for identity in kind_of(fact.kind).held_by(fact, self.context):
            holder = self.context.source.facts.get(identity)
            if holder is not None and identity not in self.removed:
                self._replace(holder, fact.identity)
        for user in self._users_of(fact.identity):
            if not kind_of(user.kind).outlives(user, fact.identity, self.context):
                self._apply(kind_of(fact.kind).effect_of_replacing(user), user, fact.identity)

    def _apply(self, effect: Effect, user: Fact, cause: Identity) -> None:
        if effect is Effect.NONE or user.identity in self.removed:
            return
        known = kind_of(user.kind)
        changes = user.identity in self.altered or user.identity in self.aside
        if effect is Effect.REBUILT:
            if changes:
                self._replace(user, cause)
        elif self._leaves(user, cause):
            return
        elif effect is Effect.ALTERED or not (
            known.is_derived(user) or cause in known.dies_with(user)
        ):
            self._move_away(user, cause)
        else:
            self._replace(user, cause)

    def _leaves(self, user: Fact, cause: Identity) -> bool:
        """Whether the alteration of `user` already does without the thing that goes."""
        change = self.altered.get(user.identity) or self.aside.get(user.identity)
        if change is None or cause in self.altered or cause in self.aside:
            return False
        gone = self.context.source.facts[cause]
        if kind_of(gone.kind).offers(gone) & picked(change.fact):
            return False  # as long as it is there, PostgreSQL may take it for its successor
        successor = self._counterpart(gone)
        needed = holders(change.fact)
        known = kind_of(user.kind)
        if known.without(user, cause) is not None and not needed.isdisjoint(self.altered):
            return False  # what it comes to need may wait for the thing that goes
        return cause not in needed and (successor is None or successor.identity not in needed)

    def _move_away(self, user: Fact, cause: Identity) -> None:
        """Alters what holds data so that it does without `cause`, or uses its successor."""
        known = self.altered.get(user.identity)
        before, after = user, known.fact if known else self._counterpart(user) or user
        if known is not None and known.before is not None:
            before = known.before
        replaced = self.aside.get(cause)
        if replaced is not None:
            moved = self._aside_fact(replaced).identity
            before = kind_of(user.kind).adapted(before, cause, moved)
        else:
            between = kind_of(user.kind).without(self._between.get(user.identity, before), cause)
            if between is not None:
                self._between[user.identity] = between
        if known is None:
            self.causes[user.identity] = cause
        self.altered[user.identity] = Change("alter", before, after)
        self._alter(user.identity)

    def _counterpart(self, fact: Fact) -> Fact | None:
        """The same thing in the target, by whatever name; None where the target has none."""
        if fact.identity in self._gone:
            return None
        lots = (self.altered, self.aside, self.renamed, self.kept)
        change = next((lot[fact.identity] for lot in lots if fact.identity in lot), None)
        if change is not None:
            return change.after
        if fact.identity in self._new_names:
            return self._new_names[fact.identity]
        return self.context.target.facts.get(self._name_in_target(fact))

    def _name_in_target(self, fact: Fact) -> Identity:
        """The identity once the things above have their new names."""
        above = self.context.source.facts.get(fact.parent) if fact.parent else None
        if above is None:
            return fact.identity
        called = self._new_names.get(above.identity)
        new = called.identity if called else self._name_in_target(above)
        head = (
            (above.kind, *above.identity.path)
            if kind_of(fact.kind).is_satellite
            else above.identity.path
        )
        rest = fact.identity.path[len(head) :]
        if new == above.identity or fact.identity.path[: len(head)] != head:
            return fact.identity
        prefix = (new.kind,) if kind_of(fact.kind).is_satellite else ()
        return Identity(fact.kind, (*prefix, *new.path, *rest))

    def _add_children(self, fact: Fact) -> None:
        for child in self.context.target.children(fact.identity):
            there = child.identity in self.altered or child.identity in self.kept
            if fact.kind != "schema" and child.identity not in self.added and not there:
                self.added[child.identity] = child
                self._add_children(child)

    def _hanging(self) -> Iterator[Fact]:
        """What hangs on things that an alteration makes anew."""
        for change in self.altered.values():
            if kind_of(change.kind).renews(change):
                for fact in self.context.target.children(change.identity):
                    if kind_of(fact.kind).is_satellite and fact.identity not in self.altered:
                        yield fact

    def _implied(self) -> Iterator[Fact]:
        """What new things need to be as the target has them, though it does not say so."""
        new = (*self.added.values(), *(change.fact for change in self.aside.values()))
        context = replace(self.context, created=frozenset(fact.identity for fact in new))
        for kind in (kind_of(name) for name in satellites()):
            for fact in new:
                yield from kind.implied(fact, context)

    def _used_aside(self, fact: Fact) -> Fact:
        """The same with what it uses by the names that things have until they go."""
        needed = frozenset(
            self._aside_fact(self.aside[each]).identity if each in self.aside else each
            for each in fact.depends_on
        )
        return fact.replaced(depends_on=needed)

    def _aside_fact(self, change: Change) -> Fact:
        """The old fact under the name that it has until it goes."""
        before = change.before or change.fact
        schema, *path, name = before.identity.path
        renamed = self._new_names.get(Identity("schema", (schema,)))
        path = [schema if renamed is None else renamed.identity.name, *path]
        suffix = "_replaced"
        while True:
            identity = Identity(before.kind, (*path, beside(name, suffix)))
            if identity not in self.context.source and identity not in self.context.target:
                return before.replaced(identity=identity)
            suffix += "_"


def _names(fact: Fact) -> frozenset[tuple[str, ...]]:
    return kind_of(fact.kind).names(fact)


def _passed_on(change: Change, context: Context) -> Change:
    """The same; an alteration where a table merely inherits on one side what is its own then."""
    known, fact = kind_of(change.kind), change.fact
    if change.after is None and (inherited := known.inherited(fact, context.target)):
        return Change("alter", fact, inherited)
    if change.before is None and (inherited := known.inherited(fact, context.source)):
        return Change("alter", inherited, fact)
    return change


def _not_carried(changes: Sequence[Change], context: Context) -> Iterator[Change]:
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


def _taken_along(changes: Sequence[Change], context: Context) -> Iterator[Change]:
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


def _left(
    before: Fact | None, after: Fact, values: Mapping[str, Any], differing: Iterable[str]
) -> Change | None:
    """What is left to do for a thing that has these values by then."""
    unlike = {key for key, value in values.items() if value != after.payload[key]}
    counted = frozenset(differing) - values.keys() | unlike
    if before is None or not counted:
        return None
    return Change("alter", before.has(values), after, counted)


def _in_turn(change: Change, moved: Fact) -> tuple[Action, ...]:
    """The old thing is renamed, the new one made, and then the old one dropped."""
    return (
        Action("rename", change.before, moved),
        Action("create", None, change.after),
        Action("drop", moved, None, waits_for=(moved.identity, change.identity)),
    )
