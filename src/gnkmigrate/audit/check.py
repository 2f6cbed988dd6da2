"""What a check is, and what it hands over.

A module of `checks/` holds one check: its docstring explains it to people, its CHECK says what it
is, and a function finds what is wrong. Structure checks read facts, so they judge the live
database and the target alike, without a query; comparisons read both; data checks make one
listing query for each concerned gap; server checks ask the server itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from gnkmigrate.audit.finding import Category, DatabaseObject, Finding, Kind, Severity
from gnkmigrate.audit.numbers import Numbers
from gnkmigrate.audit.obstacle import Obstacle
from gnkmigrate.audit.roles import Roles
from gnkmigrate.audit.row_query import Bounds
from gnkmigrate.audit.trend import PastNumbers
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.connection import MINIMUM_VERSION, Connection


@dataclass(frozen=True)
class Observation:
    """One thing that a check found, in its own words.

    Attributes:
        object: what it is about.
        message: what is the case, in one sentence.
        subject: what tells it from others of the same check about the same object.
        evidence: JSON values by label.
        fix: SQL statements that put it right.
        undo: SQL statements that take `fix` back.
        severity: where it is not the check's own.
        change: the gap whose closing it blocks; None for what concerns no gap.
        obstacle: rows that may be in the way of the fix.
    """

    object: DatabaseObject
    message: str
    subject: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    fix: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    severity: Severity | None = None
    change: Change | None = None
    obstacle: Obstacle | None = None


class CannotRun(GnkMigrateError):
    """A check cannot say anything here; its message is the reason that the report gives."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """What all checks have in common.

    Attributes:
        id: stable for ever, e.g. "GNK-S002"; reports and accepted findings refer to it. S is
            structure, D data against the target, T the target, A security (access),
            P performance, O operations.
        slug: the same for people, e.g. "foreign-key-without-index"; the module's name.
        title: what a database that passes has, e.g. "Every foreign key has an index".
        category: the group that its findings are listed under.
        severity: of what it finds, where the project has no other opinion.
        impact: why it matters.
        recommendation: what to do about it.
        minimum_version: the first PostgreSQL that it can run on, as server_version_num.
        privileges: what the role must be allowed to do, in words; empty where reading the
            catalog is enough.
        documentation: what its page says: the module's docstring, which `discover` fills in.
        runtime: whether it asks a running server; else it judges facts alone (static).
    """

    id: str
    slug: str
    title: str
    category: Category
    severity: Severity
    impact: str
    recommendation: str
    minimum_version: int = MINIMUM_VERSION
    privileges: tuple[str, ...] = ()
    documentation: str = ""
    runtime: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True)
class StructureCheck(Check):
    """Judges a snapshot, be it of the live database or of the target.

    Attributes:
        find: given the snapshot and the schema that goes without saying in messages.
    """

    category: Category = "structure"
    find: Callable[[Snapshot, str], Iterable[Observation]]


@dataclass(frozen=True, kw_only=True)
class ComparisonCheck(Check):
    """Judges the target by what the live database already has.

    Attributes:
        find: given both, and the changes from the one to the other.
    """

    category: Category = "target"
    find: Callable[["Gaps"], Iterable[Observation]]


@dataclass(frozen=True)
class Probe:
    """A question to the live rows about one change that the target asks for.

    Attributes:
        object: what the finding will be about.
        change: the change that rows would block.
        listing: a SELECT that returns every row that blocks it, the key first; whoever
            reads the report can run it as it stands.
        one: the finding's sentence for one such row.
        many: the same for several; COUNT stands for their number.
        table: the live table whose rows are asked.
        hidden: the key looks like a secret, so that no examples are shown.
        subject: what tells it from others of the same check about the same object.
        repair: SQL that may put the rows right, for somebody to look at and change first.
        estimate: a SELECT of one number: how many rows they are as statistics have it, for
            when the listing takes too long.
        unasked: why the rows cannot be asked; "" where they can.
    """

    object: DatabaseObject
    change: Change
    listing: str
    one: str
    many: str
    table: Identity
    hidden: bool = False
    subject: str = ""
    repair: str = ""
    estimate: str = ""
    unasked: str = ""

    def message(self, count: int) -> str:
        """The sentence for so many rows."""
        return self.one if count == 1 else self.many.replace("COUNT", f"{count:,}", 1)


@dataclass(frozen=True)
class Gaps:
    """What separates the live database from the target.

    Attributes:
        changes: what takes the one to the other.
        live: the database's facts.
        target: the target's facts.
        default_schema: the schema that goes without saying in messages.
        source_timezone: the zone in which timestamps without one were written.
        samples: live tables of which only a part is looked at, with the percentage.
    """

    changes: Sequence[Change]
    live: Snapshot
    target: Snapshot
    default_schema: str
    source_timezone: str = "UTC"
    samples: Mapping[Identity, float] = field(default_factory=dict)

    @cached_property
    def renamed(self) -> Mapping[Identity, Fact]:
        """What things of the target that have another name today are today."""
        return {
            change.identity: change.before
            for change in self.changes
            if change.verb == "rename" and change.before is not None
        }


@dataclass(frozen=True, kw_only=True)
class DataCheck(Check):
    """Asks the live rows whether they fit what the target asks for."""

    category: Category = "data"
    privileges: tuple[str, ...] = ("SELECT on the tables concerned",)
    runtime: ClassVar[bool] = True
    probes: Callable[[Gaps], Iterable[Probe]]


@dataclass(frozen=True)
class Question:
    """What a server check may need to know besides the server's answer.

    Attributes:
        live: the database's facts.
        target: the target's, where what it leaves open is as it is live; None when there is none.
        source_timezone: the zone in which timestamps without one were written.
        default_schema: the schema that goes without saying in messages.
        numbers: how far each sequence is.
        past: how far they were, by the reports that are kept.
        bounds: what may be asked of rows and plans.
    """

    live: Snapshot
    target: Snapshot | None
    source_timezone: str
    default_schema: str
    numbers: Numbers
    past: Sequence[PastNumbers] = ()
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True)
class Declared:
    """A target, for what a server check can say of it without a server that has it.

    Attributes:
        snapshot: its facts; what it leaves open is as it is in the database.
        roles: those of the server, and of the target where it declares some.
        default_schema: the schema that goes without saying in messages.
    """

    snapshot: Snapshot
    roles: Roles
    default_schema: str


@dataclass(frozen=True, kw_only=True)
class ServerCheck(Check):
    """Asks the server about itself, by a fixed number of queries; some judge the target as well.

    Attributes:
        find: given a session in a read-only transaction with timeouts, and what else it may
            need to know. Raises CannotRun where there is nothing to ask, e.g. without an
            extension; an error of PostgreSQL's makes it "not run" likewise.
        roles: predefined roles, all of which the session's role must be a member of, where
            PostgreSQL would rather hide rows than refuse, e.g. ("pg_monitor",).
        asks_rows: reads rows of the project's tables, which --no-data-checks forbids.
        declared: what a target has of it by its facts alone; None where they say nothing of it.
    """

    runtime: ClassVar[bool] = True
    find: Callable[[Connection, Question], Iterable[Observation]]
    roles: tuple[str, ...] = ()
    asks_rows: bool = False
    declared: Callable[[Declared], Iterable[Observation]] | None = None


def finding(
    check: Check,
    observation: Observation,
    *,
    category: Category | None = None,
    id_: str = "",
    kind: Kind = "check",
    phase: str | None = None,
) -> Finding:
    """The finding that an observation makes; category and id where they are not the check's."""
    return Finding(
        check=id_ or check.id,
        kind=kind,
        category=category or check.category,
        object=observation.object,
        severity=check.severity if observation.severity is None else observation.severity,
        message=observation.message,
        impact=check.impact,
        recommendation=check.recommendation,
        fix=observation.fix,
        undo=observation.undo,
        phase=phase,
        evidence=observation.evidence,
        subject=observation.subject,
        slug=check.slug,
    )
