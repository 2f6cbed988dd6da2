"""What a check is, and what it hands over.

A module of `checks/` holds one check: its docstring explains it to people, its CHECK says what it
is, and a function finds what is wrong. Structure checks read facts, so they judge the live
database and the target alike, without a query; comparisons read both; data checks make one
listing query for each concerned gap; server checks ask the server itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gnkmigrate.audit.finding import Category, DatabaseObject, Finding, Kind, Severity
from gnkmigrate.catalog.model import Snapshot
from gnkmigrate.connection import Connection
from gnkmigrate.diff.change import Change


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
        change: the gap whose closing it hinders; None for what concerns no gap.
    """

    object: DatabaseObject
    message: str
    subject: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    fix: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    severity: Severity | None = None
    change: Change | None = None


@dataclass(frozen=True)
class Check:
    """What all checks have in common.

    Attributes:
        id: stable for ever, e.g. "GNK-S002"; reports and accepted findings refer to it.
        slug: the same for people, e.g. "foreign-key-without-index".
        title: what a database that passes has, e.g. "Every foreign key has an index".
        severity: of what it finds, where the project has no other opinion.
        impact: why it matters.
        recommendation: what to do about it.
    """

    id: str
    slug: str
    title: str
    severity: Severity
    impact: str
    recommendation: str


@dataclass(frozen=True)
class StructureCheck(Check):
    """Judges a snapshot, be it of the live database or of the target.

    Attributes:
        find: given the snapshot and the schema that goes without saying in messages.
    """

    find: Callable[[Snapshot, str], Iterable[Observation]]


@dataclass(frozen=True)
class ComparisonCheck(Check):
    """Judges the target by what the live database already has.

    Attributes:
        find: given both, and the changes from the one to the other.
    """

    find: Callable[["Gaps"], Iterable[Observation]]


@dataclass(frozen=True)
class Probe:
    """A question to the live rows about one change that the target asks for.

    Attributes:
        object: what the finding will be about.
        change: the change that rows would hinder.
        listing: a SELECT that returns every row that hinders it, the key first; whoever
            reads the report can run it as it stands.
        one: the finding's sentence for one such row.
        many: the same for several; COUNT stands for their number.
        hidden: the key looks like a secret, so that no examples are shown.
        subject: what tells it from others of the same check about the same object.
    """

    object: DatabaseObject
    change: Change
    listing: str
    one: str
    many: str
    hidden: bool = False
    subject: str = ""

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
        home: the schema that goes without saying in messages.
    """

    changes: Sequence[Change]
    live: Snapshot
    target: Snapshot
    home: str


@dataclass(frozen=True)
class DataCheck(Check):
    """Asks the live rows whether they fit what the target asks for."""

    probes: Callable[[Gaps], Iterable[Probe]]


@dataclass(frozen=True)
class Question:
    """What a server check may need to know besides the server's answer.

    Attributes:
        live: the database's facts.
        target: the target's; None when there is none.
        source_timezone: the zone in which timestamps without one were written.
        home: the schema that goes without saying in messages.
    """

    live: Snapshot
    target: Snapshot | None
    source_timezone: str
    home: str


@dataclass(frozen=True)
class ServerCheck(Check):
    """Asks the server about itself, by a fixed number of queries."""

    find: Callable[[Connection, Question], Iterable[Observation]]


def finding(
    check: Check,
    observation: Observation,
    category: Category,
    *,
    id_: str = "",
    kind: Kind = "check",
    phase: str | None = None,
) -> Finding:
    """The finding that an observation makes; `id_` where it is not the check's own."""
    return Finding(
        check=id_ or check.id,
        kind=kind,
        category=category,
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
