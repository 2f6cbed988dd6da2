"""What a change of a thing does to what depends on it, lives in it or goes with it."""

from collections.abc import Iterator, Mapping
from typing import Any

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import Effect, Replacement
from gnkmigrate.kinds.traits import Traits


class Dependents(Traits):
    """What plan/dependents.py asks a kind."""

    def effect(self, change: Change, dependent: Fact, context: Context) -> Effect:
        """What `alter` of this thing does to `dependent`."""
        del change, dependent, context
        return Effect.NONE

    def renews(self, change: Change) -> bool:
        """Whether `alter` makes the thing anew, so that what hangs on it has to be put back."""
        del change
        return False

    def replacement(self, fact: Fact, context: Context) -> Replacement:
        """How the thing is replaced where `alter` gives None."""
        del fact, context
        return Replacement.DROP

    def effect_of_replacing(self, dependent: Fact) -> Effect:
        """What it does to `dependent` when this thing is replaced."""
        del dependent
        return Effect.REPLACED

    def adapted(self, fact: Fact, old: Identity, aside: Identity) -> Fact:
        """`fact` as it is once `old`, which it uses, has been renamed to `aside`."""
        del old, aside
        return fact

    def without(self, fact: Fact, needed: Identity) -> Fact | None:
        """What is left of `fact` while `needed` is dropped and made again; None: it stays."""
        del fact, needed
        return None

    def is_derived(self, fact: Fact) -> bool:
        """Whether it holds no data of its own, so that it may be dropped and made again."""
        del fact
        return not self.holds_data

    def takes_along(
        self, change: Change, context: Context
    ) -> Iterator[tuple[Fact, Mapping[str, Any]]]:
        """Things of the source that `alter` of this one changes too, and the values they get."""
        del change, context
        return iter(())

    def carries(self, change: Change, inner: Change, context: Context) -> bool:
        """Whether `alter` of this thing brings about `inner`, a change of what lives in it."""
        del change, inner, context
        return False

    def brings_about(self, fact: Fact, context: Context) -> Change | None:
        """What else is altered between the drop of `fact` and its creation, if anything."""
        del fact, context
        return None

    def remakes_parent(self, change: Change, context: Context) -> bool:
        """Whether no statement brings about `change` in the parent as it is, only in a new one."""
        del change, context
        return False

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        """What `fact` goes with when that is dropped; a schema must be empty before it goes."""
        if fact.parent is None or (fact.parent.kind == "schema" and not self.is_satellite):
            return ()
        return (fact.parent,)

    def outlives(self, fact: Fact, cause: Identity, context: Context) -> bool:
        """Whether `fact` is rid of `cause`, which it depends on, before that goes."""
        del fact, cause, context
        return False

    def held_by(self, fact: Fact, context: Context) -> Iterator[Identity]:
        """What makes way along with `fact`, which cannot go as long as that is there."""
        del fact, context
        return iter(())

    def in_the_way(self, change: Change, context: Context) -> Iterator[Identity]:
        """What makes way while `change` is made, though it depends on nothing that changes."""
        del change, context
        return iter(())

    def implied(self, fact: Fact, context: Context) -> Iterator[Fact]:
        """What a satellite has to see to where `fact` is made, though the target says nothing."""
        del fact, context
        return iter(())
