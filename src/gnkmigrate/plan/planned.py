"""A plan, what it is between, and how it came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from gnkmigrate.diff.applying import applicable
from gnkmigrate.diff.beside import not_compared
from gnkmigrate.diff.renames import NO_RENAMES, Renames, renamed_by
from gnkmigrate.facts.objects import object_changes
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.kinds import kinds
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.statement import Statements
from gnkmigrate.plan.arrival import counted
from gnkmigrate.plan.proof import Proof
from gnkmigrate.plan.rights import Right
from gnkmigrate.plan.undo import Undo, arrived_at, undo_of


@dataclass(frozen=True)
class Circumstances:
    """How a plan came about; whoever runs it looks at the database in the same way.

    Attributes:
        search_path: where its statements find names that are not qualified, as in functions.
        schemas: those that were read; None for all.
        ignore: patterns of what was not read.
        roles: whether roles and their settings were read.
        online: whether it keeps locks short.
        source_timezone: the zone in which timestamps without one were written.
    """

    search_path: tuple[str, ...] = ("public",)
    schemas: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    roles: bool = False
    online: bool = True
    source_timezone: str = "UTC"


@dataclass(frozen=True)
class Planned:
    """A plan and what it is between.

    Attributes:
        statements: in the order in which they run.
        source: the live database's facts.
        target: the target's.
        source_name: the live database's address, without a password.
        target_name: the target as people know it.
        target_source: the target as it was given, which may hold a password.
        changes: what the statements bring about.
        hints: renames that the user knows of.
        rights: what a role must be allowed to do.
        beyond: optional phases, by which the live database goes beyond what the target declares.
        code: what would run with the rights of whoever runs it, of roles with fewer.
        circumstances: how it came about.
        proof: what running it on a copy has shown; None where nobody has asked for that.
    """

    statements: Statements
    source: Snapshot
    target: Snapshot
    source_name: str
    target_name: str
    circumstances: Circumstances = Circumstances()
    target_source: str = field(default="", repr=False)
    changes: tuple[Change, ...] = field(default=(), repr=False)
    hints: Renames = field(default=NO_RENAMES, repr=False)
    rights: tuple[Right, ...] = ()
    beyond: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    proof: Proof | None = None

    @cached_property
    def not_compared(self) -> tuple[Unread, ...]:
        """What the plan knows nothing of."""
        return not_compared(self.source, self.target, renamed_by(self.changes))

    @property
    def left_open(self) -> frozenset[str]:
        """Kinds of which the target says nothing, or not all."""
        silent = self.target.silent_beside(self.source)
        if not self.target.is_script:
            return silent
        return silent | {name for name, kind in kinds().items() if kind.leaves_open}

    @cached_property
    def leaves(self) -> Mapping[str, str | None]:
        """A hash of each object that it changes, as it leaves it; None of what is gone.

        Nothing of what the target leaves open counts in it: a script says of no new table who owns
        it.
        """
        hints = applicable(self.hints, self.source, self.target)
        arrived = arrived_at(self.source, self.target, hints)
        before, after = (counted(each, self.left_open) for each in (self.source, arrived))
        return {name: after.get(name) for name, _ in object_changes(before, after)}

    @cached_property
    def undo(self) -> Undo:
        """The way back."""
        return undo_of(
            self.statements,
            self.source,
            self.target,
            online=self.circumstances.online,
            source_timezone=self.circumstances.source_timezone,
            hints=self.hints,
        )
