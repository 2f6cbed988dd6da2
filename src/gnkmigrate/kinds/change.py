"""One difference between two snapshots."""

from dataclasses import dataclass, field
from typing import Literal

from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.fact import Fact, Identity

Verb = Literal["add", "remove", "alter", "rename"]


@dataclass(frozen=True)
class Change:
    """One difference: what must happen to `source` so that it becomes as in `target`.

    Attributes:
        verb: add (only the target has it), remove (only the source has it), alter (same
            identity, other payload), rename (same thing, other name).
        before: the source's fact; None when the verb is add. With alter after a rename it
            carries its old identity.
        after: the target's fact; None when the verb is remove.
        counted: the payload keys whose values differ in more than how they are told; None where
            all that differ count.
    """

    verb: Verb
    before: Fact | None
    after: Fact | None
    counted: frozenset[str] | None = field(default=None, compare=False)

    @property
    def fact(self) -> Fact:
        """The target's fact, or the source's where the target has none."""
        fact = self.after or self.before
        if fact is None:
            raise ValueError("a change has a before or an after")
        return fact

    @property
    def identity(self) -> Identity:
        return self.fact.identity

    @property
    def kind(self) -> str:
        return self.fact.kind

    @property
    def differing(self) -> tuple[str, ...]:
        """Payload keys whose values differ, in order; empty unless both sides exist."""
        if self.before is None or self.after is None:
            return ()
        if self.counted is not None:
            return tuple(sorted(self.counted))
        keys = sorted({*self.before.payload, *self.after.payload})
        before, after = self.before.payload, self.after.payload
        return tuple(key for key in keys if before.get(key) != after.get(key))


class Unplannable(GnkMigrateError):
    """A difference that no statement of ours can close."""
