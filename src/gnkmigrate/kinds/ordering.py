"""What comes before what: of two actions of a plan, where the facts alone do not say."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.running import called
from gnkmigrate.kinds.showing import Shows
from gnkmigrate.kinds.traits import Traits


class Ordering(Traits):
    """What plan/graph.py asks a kind: names that are taken and freed, and what waits for what."""

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        """The names that `fact` occupies, each with its name space in front."""
        space = "relation" if self.is_relation else fact.kind
        return frozenset({(space, *fact.identity.path)})

    def reaches(self, fact: Fact, snapshot: Snapshot) -> frozenset[tuple[str, ...]]:
        """The names that `fact` occupies in tables below its own, which have it of that one."""
        del fact, snapshot
        return frozenset()

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        """What others may use `fact` for without naming it, such as a key of these columns."""
        del fact
        return frozenset()

    def calls(self, identity: Identity) -> frozenset[tuple[str, ...]]:
        """What others pick who use the thing called `identity`: one of several by one name."""
        del identity
        return frozenset()

    def picks(self, fact: Fact, target: Snapshot) -> frozenset[tuple[str, ...]]:
        """What PostgreSQL picks for a new `fact` from all that offer it, old ones among them."""
        del fact, target
        return frozenset()

    def alters_after(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        """What is altered before this, where both are."""
        del change, target
        return iter(())

    def alters_before(
        self, change: Change, source: Snapshot, target: Snapshot
    ) -> Iterator[Identity]:
        """What is made or altered after this, where both are."""
        del change, source, target
        return iter(())

    def renames_after(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        """What gets its new name before this, where both do."""
        del fact, target
        return iter(())

    def leaves(self, change: Change, source: Snapshot) -> Iterator[Identity]:
        """What an alteration takes it out of, in the source: it has its new name by then."""
        del change, source
        return iter(())

    def alters_with(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        """What is altered by the same command: what is in the way of this is in the way of that."""
        del change, target
        return iter(())

    def precedes(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        """What is made after `fact` where both are."""
        del fact, source, target
        return iter(())

    def goes_before(self, fact: Fact, source: Snapshot) -> Iterator[Identity]:
        """What is dropped after `fact` where both are, beyond what it depends on."""
        del fact, source
        return iter(())

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        """What is made before `fact` where both are made, beyond what it depends on."""
        del fact, target
        return iter(())

    def set_after(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        """What is dropped before `fact` is made or altered, where both are."""
        del fact, source, target
        return iter(())

    def runs(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        """What is read or called while `fact` is made, by whoever may: access to it comes first."""
        return called(fact, target) if self.calls_functions else iter(())

    def changes_with_guards(self, change: Change) -> bool:
        """Whether who may use it, and whose it is, changes at once with it."""
        del change
        return self.shows_others

    def shows(self, before: Fact | None, after: Fact | None) -> Shows | None:
        """What a change does to what others may do and see; None for nothing."""
        if not self.shows_others or (before is None and after is None):
            return None
        if before is None or after is None:
            return Shows.MORE if before is None else Shows.LESS
        return Shows.OTHER

    def retells(self, change: Change) -> bool:
        """Whether values of it say something else after `change`: what leaves it leaves before."""
        del change
        return False

    def is_told(self, change: Change, successor: Fact) -> bool:
        """Whether values go over to `successor` by what they say after `change`, not before."""
        del change, successor
        return False

    def is_indifferent(self, change: Change, gone: Fact) -> bool:
        """Whether a `change` that is altered is all the same to `gone`, which uses it and goes."""
        del change, gone
        return False

    def leaves_first(self, fact: Fact, dropped: AbstractSet[Identity]) -> bool:
        """Whether it takes a command of its own to part with `fact`, though what it lives in goes.

        Args:
            fact: what is dropped.
            dropped: everything else that is.
        """
        del fact, dropped
        return False

    def leaves_before(self, fact: Fact, source: Snapshot) -> Iterator[Identity]:
        """What is dropped after `fact`, where that takes a command of its own."""
        del fact, source
        return iter(())

    def begins(self, change: Change) -> bool:
        """Whether what `encloses` only begins to act with this change of it: then it comes last."""
        del change
        return False

    def silent(self, fact: Fact) -> Fact | None:
        """What `encloses`, as it is when it does nothing; None where it runs no code of its own."""
        del fact
        return None

    def text(self, fact: Fact) -> str:
        """Code in it, whose names PostgreSQL does not follow."""
        del fact
        return ""
