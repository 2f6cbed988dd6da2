"""All that one audit found out: findings, and what there is to say around them."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from gnkmigrate.audit.finding import Category, Finding, Severity
from gnkmigrate.audit.numbers import Numbers
from gnkmigrate.audit.script import Script
from gnkmigrate.audit.trend import PastScore, Trend
from gnkmigrate.diff.beside import not_compared
from gnkmigrate.diff.renames import NOTHING_RENAMED
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot, Unread

# What a comparison with the target is called among checks, where it could not be made.
TARGET = "target"
# How the reason begins that a role lacks a right: a check's, and PostgreSQL's own; or
# that the role has too many.
_CLOSED = ("the role may not read", "permission denied", "code of others would run")


@dataclass(frozen=True)
class NotRun:
    """A check that could not say anything; it never counts as passed.

    Attributes:
        check: its id.
        title: what it looks for.
        reason: why it could not run.
        category: the group that it is listed under; empty where it is in none.
        severity: of what it might have found.
        slug: its name for people; empty for what is no check.
    """

    check: str
    title: str
    reason: str
    category: Category | Literal[""] = ""
    severity: Severity = Severity.MEDIUM
    slug: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether it is for want of a right to read, which somebody can give."""
        return self.reason.startswith(_CLOSED)


@dataclass(frozen=True)
class Passed:
    """A check that ran and found nothing."""

    check: str
    title: str
    category: Category | Literal[""] = ""
    severity: Severity = Severity.MEDIUM
    slug: str = ""


@dataclass(frozen=True)
class Accepted:
    """A finding that the project lives with, and why.

    Attributes:
        finding: what was found; it counts for nothing.
        reason: why it may stay.
        date: since when.
        until: the last day on which it may; None for ever.
    """

    finding: Finding
    reason: str
    date: dt.date
    until: dt.date | None = None


@dataclass(frozen=True)
class Judged:
    """A point of the project's recommendations today; see points.py.

    Attributes:
        number: its place in the file, from 1.
        title: what is recommended.
        group: under which heading.
        state: whether it is done.
        why: what is missing, or why nobody knows; "" where it is done.
    """

    number: int
    title: str
    group: str
    state: Literal["done", "open", "not automatable", "unknown"]
    why: str


@dataclass(frozen=True)
class Source:
    """A file that declares the target, as the reader would name it."""

    name: str
    text: str


@dataclass(frozen=True)
class TableSize:
    """How large a table is.

    Attributes:
        rows: how many rows it holds.
        exact: whether they were counted; else the planner's estimate.
    """

    rows: int
    exact: bool


@dataclass(frozen=True)
class AuditResult:
    """All that one audit found out; what the renderers of `report` render.

    Attributes:
        findings: the most severe first, without those that the project has accepted.
        not_run: checks that could not run, with the reason.
        passed: checks that ran and found nothing.
        live: the database's facts.
        target: the target's facts; None when there is no target.
        database: the live database as user@host:port/name, without any secret.
        server_version: e.g. "16.4".
        time: when it was made, with time zone.
        default_schema: the schema whose name goes without saying.
        target_name: what the target was read from; empty without one.
        sizes: by (schema, table) of the live database.
        numbers: how far each sequence of it is.
        phases: the migration's phases in their order; empty without migrations.
        partial: only some checks were asked for, so that silence proves nothing.
        closing: makes `script`, which takes long and which few reports show.
        declaring: the same for `declaration`.
        points: the project's own recommendations, and which of them are done.
        unused_severity_rules: rules of the project's severity file that match nothing.
        accepted: what was found and accepted.
        trend: what has changed since an earlier report; None where there is none.
        history: the scores of the audits of this database that are kept, the first one first.
        excused: fingerprints of findings that do not count, since a baseline has them.
        renamed: what has another name in the target, by its old identity.
        sources: the SQL files that declare the target; empty where it comes from elsewhere.
    """

    findings: tuple[Finding, ...]
    not_run: tuple[NotRun, ...]
    passed: tuple[Passed, ...]
    live: Snapshot
    target: Snapshot | None
    database: str
    server_version: str
    time: datetime
    default_schema: str = "public"
    target_name: str = ""
    sizes: Mapping[tuple[str, str], TableSize] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=dict)
    phases: tuple[str, ...] = ()
    partial: bool = False
    closing: Callable[[], Script] = Script
    declaring: Callable[[], tuple[str, ...]] = tuple
    unused_severity_rules: tuple[str, ...] = ()
    points: tuple[Judged, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    trend: Trend | None = None
    history: tuple[PastScore, ...] = ()
    excused: frozenset[str] = frozenset()
    renamed: Mapping[Identity, Identity] = field(default_factory=lambda: NOTHING_RENAMED)
    sources: tuple[Source, ...] = ()

    @cached_property
    def not_compared(self) -> tuple[Unread, ...]:
        """What is there, and nobody has looked at."""
        if self.target is None:
            return self.live.unread
        return not_compared(self.live, self.target, self.renamed)

    @cached_property
    def script(self) -> Script:
        """What closes the gaps together."""
        return self.closing()

    @cached_property
    def declaration(self) -> tuple[str, ...]:
        """Statements that make the target from nothing."""
        return self.declaring()

    @property
    def target_lacks(self) -> bool:
        """Whether there is a target that could not be loaded here."""
        return any(each.check == TARGET for each in self.not_run)

    @property
    def schemas(self) -> tuple[str, ...]:
        """The schemas that were read."""
        return tuple(fact.identity.name for fact in self.live.of_kind("schema"))

    @property
    def gaps(self) -> tuple[Finding, ...]:
        """The differences to the target."""
        return tuple(finding for finding in self.findings if finding.category == "gap")

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings that are this severe or worse."""
        return tuple(finding for finding in self.findings if finding.severity >= severity)

    def counting(self, severity: Severity) -> tuple[Finding, ...]:
        """Those of them that a baseline does not excuse."""
        return tuple(
            finding
            for finding in self.at_least(severity)
            if finding.fingerprint not in self.excused
        )
