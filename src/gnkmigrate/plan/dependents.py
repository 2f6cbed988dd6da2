"""From changes to actions: what has to make way for a change, and what is made in two steps.

A view on a column whose type changes, a foreign key on a primary key that is made anew, a comment
on a dropped index: none of these differs, and each must be dropped and made again. The rules say
what a change does to one dependent; here it is followed along the dependencies, as far as it goes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import Effect, Replacement
from gnkmigrate.plan.action import Action, holders, names_of
from gnkmigrate.plan.carried import not_carried, passed_on, taken_along
from gnkmigrate.plan.picking import offered, picked
from gnkmigrate.plan.replacing import goes_with, in_turn, left_of, name_in_target, set_aside
from gnkmigrate.plan.satellites import hanging, implied
from gnkmigrate.plan.users import Users


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
        self._moved: dict[Identity, Fact] = {}  # with what they use by its name aside
        self._disturbing: list[Fact] = []
        self._inherited: defaultdict[Identity, list[Fact]] = defaultdict(list)
        changes = tuple(passed_on(change, context) for change in changes)
        self._changes = tuple(taken_along(tuple(not_carried(changes, context)), context))
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
                self._set_aside(self.context.before_rename(change.fact.parent))
        self.removed.update(self._gone)
        self._disturbing += self._gone.values()
        for identity in tuple(self.altered):
            self._alter(identity)
        for fact in tuple(self.added.values()):
            self._clear_the_way(Change("add", None, fact))
        while self._disturbing:
            self._disturb(self._disturbing.pop())
        for fact in tuple(self.added.values()):
            self._add_children(fact)
        new = (*self.added.values(), *(change.fact for change in self.aside.values()))
        for fact in (*hanging(self.altered, self.context.target), *implied(new, self.context)):
            self.added.setdefault(fact.identity, fact)

    def actions(self) -> tuple[Action, ...]:
        actions = [Action("rename", each.before, each.after) for each in self.renamed.values()]
        for identity, change in self.altered.items():
            cause, left = self.causes.get(identity), self._between.get(identity)
            known = kind_of(change.kind)
            between = left_of(change.fact, left) or known.halfway(change, self.context)
            actions.append(Action("alter", change.before, between or change.after, cause))
            if between is not None:
                actions.append(Action("finish", between, change.after, cause))
        there = {change.fact.identity for change in self.renamed.values()}
        for change in self.aside.values():
            actions += in_turn(change, self._used_aside(self._set_aside_as(change)), there)
        for identity, fact in self.removed.items():
            if not goes_with(fact, self.aside, self.removed):
                actions.append(Action("drop", fact, None, self.causes.get(identity)))
        for identity, fact in self.added.items():
            first = kind_of(fact.kind).first_form(fact, self.context)
            actions.append(Action("create", None, first, self.causes.get(identity)))
            if first is not fact:
                actions.append(Action("finish", first, fact))
        return tuple(actions)

    def _alter(self, identity: Identity) -> None:
        """Settles how one thing gets its new payload, and what that does to others."""
        change = self.altered.get(identity)
        if change is None or change.before is None:
            return
        before, known = change.before, kind_of(change.before.kind)
        self._clear_the_way(change)
        if known.alter(change, self.context) is not None:
            for user in self._users_of(identity):
                self._apply(known.effect(change, user, self.context), user, identity)
        elif known.replacement(before, self.context) is Replacement.DROP:
            # It goes before anything has a new name, be it what it is part of.
            self._replace(self.context.source.facts.get(identity, before), None)
        else:
            self.aside[identity] = self.altered.pop(identity)
            self.renamed.pop(identity, None)
            self._disturbing.append(before)

    def _succeed(self) -> None:
        """Makes one thing the successor of another that goes, is in use, and has had its name."""
        if not self._gone:
            return
        news = (*self.added.values(), *(change.fact for change in self.renamed.values()))
        taken = {name: new for new in news for name in names_of(new)}
        for identity, old in tuple(self._gone.items()):
            new = next((taken[name] for name in names_of(old) if name in taken), None)
            if new is None or not self._holds(old):
                continue
            if kind_of(old.kind).replacement(old, self.context) is Replacement.ASIDE:
                self.added.pop(new.identity, None)
                self.aside[identity] = Change("alter", self._gone.pop(identity), new)
                self._disturbing.append(old)

    def _clear_the_way(self, change: Change) -> None:
        for identity in kind_of(change.kind).in_the_way(change, self.context):
            if identity not in self.removed:
                self._replace(self.context.source.facts[identity], change.identity)

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
        before = None if identity in self.aside else self.context.source.facts.get(identity)
        after = None if before is None else self._counterpart(before)
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
        if offered(gone, self.context.names) & picked(change.fact, self.context.target):
            return False  # as long as it is there, PostgreSQL may take it for its successor
        successor, needed = self._counterpart(gone), holders(change.fact)
        there = self.context.target.facts
        if any(names_of(gone) & names_of(there[each]) for each in needed & there.keys()):
            return False  # what it comes to need waits for the name
        without = kind_of(user.kind).without(user, cause)
        if without is not None and not needed.isdisjoint(self.altered):
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
            moved = self._set_aside_as(replaced).identity
            before = self._adapted(user, before, cause, moved)
        else:
            between = kind_of(user.kind).without(self._between.get(user.identity, before), cause)
            if between is not None:
                self._between[user.identity] = between
        if known is None:
            self.causes[user.identity] = cause
        self.altered[user.identity] = Change("alter", before, after)
        self._alter(user.identity)

    def _adapted(self, user: Fact, before: Fact, cause: Identity, aside: Identity) -> Fact:
        """`before`, which may read as after all renames, with what is set aside by that name."""
        was = self._moved.get(user.identity, user)
        now = self._moved[user.identity] = kind_of(user.kind).adapted(was, cause, aside)
        values = {key: value for key, value in now.payload.items() if value != user.payload[key]}
        return before.has(values).replaced(depends_on=now.depends_on)

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
        return self.context.target.facts.get(name_in_target(fact, self.context, self._new_names))

    def _add_children(self, fact: Fact) -> None:
        for child in self.context.target.children(fact.identity):
            there = child.identity in self.altered or child.identity in self.kept
            if fact.kind != "schema" and child.identity not in self.added and not there:
                self.added[child.identity] = child
                self._add_children(child)

    def _set_aside_as(self, change: Change) -> Fact:
        return set_aside(change.before or change.fact, self.context, self._new_names)

    def _used_aside(self, fact: Fact) -> Fact:
        """The same with what it uses by the names that things have until they go."""
        gone = fact.depends_on & self.aside.keys()
        moved = {self._set_aside_as(self.aside[each]).identity for each in gone}
        return fact.replaced(depends_on=fact.depends_on - gone | moved)
