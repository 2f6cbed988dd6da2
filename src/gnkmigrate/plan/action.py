"""One thing that a plan does to one thing of the database."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change

Verb = Literal["create", "alter", "finish", "rename", "drop"]


@dataclass(frozen=True, eq=False)
class Action:
    """A node of the plan's graph; two are never the same node.

    Attributes:
        verb: "finish" is an alter that nothing waits for: the second half of a creation.
        before: the fact that it finds; None when the verb is create.
        after: the fact that it leaves; None when the verb is drop.
        cause: what forces it, where the thing itself does not differ.
        waits_for: what must have its place before, beyond what `before` and `after` depend on.
        placed: what is dropped, by the name that it has once what it lives in has a new one; None
            where it is dropped before that.
        below: what it changes as well: tables below, by the same command.
    """

    verb: Verb
    before: Fact | None
    after: Fact | None
    cause: Identity | None = None
    waits_for: tuple[Identity, ...] = ()
    placed: Fact | None = None
    below: tuple[Identity, ...] = ()

    @property
    def fact(self) -> Fact:
        fact = self.after or self.before
        if fact is None:
            raise ValueError("an action has a before or an after")
        return fact

    @property
    def change(self) -> Change:
        """The action as the rules take it."""
        return Change("rename" if self.verb == "rename" else "alter", self.before, self.after)

    def __str__(self) -> str:
        return f"{self.verb} {self.fact.identity}"


def dependencies(fact: Fact) -> frozenset[Identity]:
    """Everything that must be there before `fact`: what it uses and lives in."""
    return fact.depends_on if fact.parent is None else fact.depends_on.union((fact.parent,))


def holders(fact: Fact) -> AbstractSet[Identity]:
    """Everything without which `fact` cannot stay: what it uses, lives in and goes with."""
    held = {*fact.depends_on, *kind_of(fact.kind).dies_with(fact)}
    if fact.parent is not None:
        held.add(fact.parent)
    return held


def names_of(fact: Fact) -> frozenset[tuple[str, ...]]:
    """The names that it occupies, each with its name space in front."""
    return kind_of(fact.kind).names(fact)
