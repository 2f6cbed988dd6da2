"""The finding: what the audit has to say, about which object, how grave, and what to do."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal, Self, get_args

from gnkmigrate.catalog.model import Snapshot

Kind = Literal["missing", "extra", "different", "check"]
Category = Literal[
    "gap", "data", "project", "structure", "security", "performance", "operations", "target"
]

# In a fingerprint, a separator that no SQL identifier is likely to hold keeps parts apart.
_SEPARATOR = "|"

# The order in which people want to read.
_CATEGORIES = get_args(Category)
_TYPES = {"table": 0, "column": 1, "constraint": 2, "index": 3}


class Severity(IntEnum):
    """How much a finding matters; comparable, so that thresholds are plain `>=`."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @classmethod
    def named(cls, name: str) -> Self:
        """The severity of that name.

        Raises:
            ValueError: there is none.
        """
        try:
            return cls[name.upper()]
        except KeyError:
            raise ValueError(
                f"{name!r} is not a severity; they are critical, high, medium, low, info"
            ) from None

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, order=True)
class DatabaseObject:
    """What a finding is about.

    Attributes:
        schema: its schema; empty for what lives outside of schemas.
        table: the table it is or belongs to; empty where there is none.
        name: its own name within the table or schema; empty when it is the table itself.
        type: the kind of its fact, e.g. "column"; "database" for the database as a whole.
    """

    schema: str = ""
    table: str = ""
    name: str = ""
    type: str = "database"

    def __str__(self) -> str:
        return ".".join(part for part in (self.schema, self.table, self.name) if part)

    def label(self, home: str) -> str:
        """Its name, without the schema when that is the project's own (`home`)."""
        return str(self).removeprefix(f"{home}.") if self.schema == home else str(self)


@dataclass(frozen=True)
class Finding:
    """One thing that the audit found.

    Attributes:
        check: the id of the check or of the kind of gap, e.g. "GNK-G011".
        kind: missing, extra or different for gaps; check for what a check found.
        category: the group that it is listed under.
        object: what it is about.
        severity: how much it matters.
        message: what is the case, in one sentence.
        impact: why that matters.
        recommendation: what to do about it.
        fix: SQL statements that put it right; empty where a human has to decide first.
        undo: SQL statements that take `fix` back.
        phase: the phase of the migration that closes it; None where none does.
        evidence: JSON values by label: a number, a text, or a list of texts.
        subject: what tells it from others of the same check about the same object.
        slug: the check's name for people, e.g. "missing-table".
    """

    check: str
    kind: Kind
    category: Category
    object: DatabaseObject
    severity: Severity
    message: str
    impact: str = ""
    recommendation: str = ""
    fix: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    phase: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict, hash=False)
    subject: str = ""
    slug: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of what it is about; rewording does not change it."""
        return fingerprint(self.check, self.object, self.subject)

    @property
    def id(self) -> str:
        """A short name for this very finding, e.g. "GNK-G011-1c2f4a90"."""
        return f"{self.check}-{self.fingerprint[:8]}"

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorts the gravest first, then by object, so that a report is always the same."""
        ranks = (_CATEGORIES.index(self.category), _TYPES.get(self.object.type, len(_TYPES)))
        return (-self.severity, *ranks, self.object, self.check, self.subject)


@dataclass(frozen=True)
class NotRun:
    """A check that could not say anything; it never counts as passed.

    Attributes:
        check: its id.
        title: what it looks for.
        reason: why it could not run.
        category: the group that it is listed under; empty where it is in none.
    """

    check: str
    title: str
    reason: str
    category: Category | Literal[""] = ""


@dataclass(frozen=True)
class Passed:
    """A check that ran and found nothing."""

    check: str
    title: str
    category: Category | Literal[""] = ""


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
class PastFinding:
    """What a report of the past says about one finding."""

    fingerprint: str
    id: str
    severity: Severity
    message: str


@dataclass(frozen=True)
class Trend:
    """What has become of the findings of an earlier report.

    Attributes:
        name: the earlier report's file.
        time: when it was made, with time zone.
        score: its score.
        new: the fingerprints of findings that it does not have.
        graver: the fingerprints of findings that were less grave in it.
        fixed: what it has and the database has no more.
        unknown: what it has and this audit has not looked for.
    """

    name: str
    time: datetime
    score: int
    new: frozenset[str] = frozenset()
    graver: frozenset[str] = frozenset()
    fixed: tuple[PastFinding, ...] = ()
    unknown: tuple[PastFinding, ...] = ()

    def state(self, finding: Finding) -> Literal["new", "graver", "open"]:
        """What a finding of today is to the earlier report; open: it had it too."""
        if finding.fingerprint in self.new:
            return "new"
        return "graver" if finding.fingerprint in self.graver else "open"


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
class Step:
    """One statement of a script.

    Attributes:
        sql: the statement, without a semicolon.
        reason: why it is there.
        loses: what of the data it takes away; empty for nothing.
    """

    sql: str
    reason: str
    loses: str = ""


@dataclass(frozen=True)
class Script:
    """What closes gaps together.

    Attributes:
        fix: statements in an order that runs.
        undo: statements that take them back.
        left: the fingerprints of gaps that it leaves to a migration, which moves rows.
        obstacle: why there is none, where that is not on purpose.
    """

    fix: tuple[Step, ...] = ()
    undo: tuple[Step, ...] = ()
    left: frozenset[str] = frozenset()
    obstacle: str = ""


@dataclass(frozen=True)
class AuditResult:
    """All that one audit found out; what the renderers of `report` render.

    Attributes:
        findings: the gravest first, without those that the project has accepted.
        not_run: checks that could not run, with the reason.
        passed: checks that ran and found nothing.
        live: the database's facts.
        target: the target's facts; None when there is no target.
        database: the live database as user@host:port/name, without any secret.
        server_version: e.g. "16.4".
        time: when it was made, with time zone.
        home: the schema whose name goes without saying.
        target_name: what the target was read from; empty without one.
        sizes: by (schema, table) of the live database.
        phases: the migration's phases in their order; empty without migrations.
        partial: only some checks were asked for, so that silence proves nothing.
        script: what closes the gaps together.
        declaration: statements that make the target from nothing.
        unused_opinions: rules of the project's severity file that match nothing.
        accepted: what was found and accepted.
        trend: what has changed since an earlier report; None where there is none.
        excused: fingerprints of findings that do not count, since a baseline has them.
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
    home: str = "public"
    target_name: str = ""
    sizes: Mapping[tuple[str, str], TableSize] = field(default_factory=dict)
    phases: tuple[str, ...] = ()
    partial: bool = False
    script: Script = field(default_factory=Script)
    declaration: tuple[str, ...] = ()
    unused_opinions: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    trend: Trend | None = None
    excused: frozenset[str] = frozenset()
    sources: tuple[Source, ...] = ()

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings that are this grave or graver."""
        return tuple(finding for finding in self.findings if finding.severity >= severity)

    def counting(self, severity: Severity) -> tuple[Finding, ...]:
        """Those of them that a baseline does not excuse."""
        return tuple(
            finding
            for finding in self.at_least(severity)
            if finding.fingerprint not in self.excused
        )


def fingerprint(check: str, about: DatabaseObject, subject: str = "") -> str:
    """SHA-256, in hexadecimal, over check, schema, object and subject; never over wording.

    A subject stands for the object's name: where one thing may go under any name, as a
    constraint may, what it is about is what stays.
    """
    path = about.table if subject else ".".join(part for part in (about.table, about.name) if part)
    parts = (check, about.schema, path, subject)
    return hashlib.sha256(_SEPARATOR.join(parts).encode()).hexdigest()
