"""What a rule module knows: how things of one kind are made, changed, renamed and removed."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import ClassVar

from gnkmigrate.catalog.model import Fact, Identity, Snapshot
from gnkmigrate.diff.change import Change
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.plan.quoting import identifier
from gnkmigrate.plan.statement import Statements


class Unplannable(GnkMigrateError):
    """A difference that no statement of ours can close."""


class Effect(Enum):
    """What a change of one thing does to another that depends on it."""

    NONE = auto()
    REBUILT = auto()  # PostgreSQL carries it along, unless it changes too: then it makes way
    ALTERED = auto()  # it holds data and is altered so that it uses the new thing
    REPLACED = auto()  # it makes way before the change, and is made again afterwards


class Replacement(Enum):
    """How a thing that cannot be altered gets its new shape."""

    DROP = auto()  # the old one goes first
    ASIDE = auto()  # the old one is renamed, and goes when nothing uses it any more


@dataclass(frozen=True)
class Context:
    """What the rules may look at.

    Attributes:
        source: the database as it is.
        target: the database as it shall be.
        online: whether to let others read and write meanwhile, at the price of more statements.
        source_timezone: the zone in which timestamps without one were written.
        created: what the plan itself makes; nobody uses it yet, so it may be locked.
    """

    source: Snapshot
    target: Snapshot
    online: bool = True
    source_timezone: str = "UTC"
    created: frozenset[Identity] = field(default=frozenset())

    def find(self, identity: Identity) -> Fact | None:
        """A thing as it shall be, or as it is where it has no future."""
        return self.target.facts.get(identity) or self.source.facts.get(identity)

    def is_busy(self, relation: Identity) -> bool:
        """Whether others may be using `relation`, so that locks on it are to be kept short.

        Partitioned tables know none of the online forms (CREATE INDEX, ALTER TABLE: Notes).
        """
        table = self.find(relation)
        partitioned = table is not None and table.payload.get("partitioned_by")
        return self.online and not self.is_new(relation) and not partitioned

    def is_new(self, relation: Identity) -> bool:
        """Whether the plan itself makes `relation`, so that it holds no rows yet."""
        return relation in self.created


class Rule(ABC):
    """The interface of a rule module; `rules/KIND.py` holds one as RULE.

    Attributes:
        kind: the kind of fact it knows.
    """

    kind: ClassVar[str]

    @abstractmethod
    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        """Statements that make `fact` together with `parts`, which go into its own command."""

    @abstractmethod
    def drop(self, fact: Fact, context: Context) -> Statements:
        """Statements that remove `fact`, on which nothing depends any more."""

    def alter(self, change: Change, context: Context) -> Statements | None:
        """Statements that give the thing its new payload under its new name; None: replace it."""
        del change, context
        return None

    def rename(self, change: Change, context: Context) -> Statements:
        """Statements that give the thing its new name; its parent has its own already."""
        del context
        raise Unplannable(
            f"{change.before and change.before.identity} cannot be renamed to {change.identity}.",
            hint="Drop the one and create the other in a revision of your own.",
        )

    def carries(self, change: Change, inner: Change, context: Context) -> bool:
        """Whether `alter` of this thing brings about `inner`, a change of what lives in it."""
        del change, inner, context
        return False

    def effect(self, change: Change, dependent: Fact) -> Effect:
        """What `alter` of this thing does to `dependent`."""
        del change, dependent
        return Effect.NONE

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

    def is_derived(self, fact: Fact) -> bool:
        """Whether it holds no data of its own, so that it may be dropped and made again."""
        del fact
        return True

    def is_inline(self, fact: Fact) -> bool:
        """Whether `fact` can be written inside the command that creates its parent."""
        del fact
        return False

    def first_form(self, fact: Fact, context: Context) -> Fact:
        """As much of a new thing as can exist before what depends on it; `alter` adds the rest."""
        del context
        return fact

    def owner(self, fact: Fact) -> Identity | None:
        """What `fact` dies with; a schema must be empty before it goes."""
        return None if fact.parent is None or fact.parent.kind == "schema" else fact.parent

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        """The names that `fact` occupies, each with its name space in front."""
        return frozenset({(fact.kind, *fact.identity.path)})

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        """What others may use `fact` for without naming it, such as a key of these columns."""
        del fact
        return frozenset()

    def picks(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        """What PostgreSQL picks for a new `fact` from all that offer it, old ones among them."""
        del fact
        return frozenset()


def last_names(change: Change) -> tuple[str, str]:
    """The last part of the old and of the new name of what is renamed, quoted."""
    before = change.before or change.fact
    return identifier(before.identity.name), identifier(change.identity.name)
