"""The finding: what the audit has to say, about which object, how severe, and what to do."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal, Self, get_args

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

    def label(self, default_schema: str) -> str:
        """Its name, without the schema when that is the project's own (`default_schema`)."""
        if self.schema != default_schema:
            return str(self)
        return str(self).removeprefix(f"{default_schema}.")


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
        """Sorts the most severe first, then by object, so that a report is always the same."""
        ranks = (_CATEGORIES.index(self.category), _TYPES.get(self.object.type, len(_TYPES)))
        return (-self.severity, *ranks, self.object, self.check, self.subject)


def fingerprint(check: str, about: DatabaseObject, subject: str = "") -> str:
    """SHA-256, in hexadecimal, over check, schema, object and subject; never over wording.

    A subject stands for the object's name: where one thing may go under any name, as a
    constraint may, what it is about is what stays.
    """
    path = about.table if subject else ".".join(part for part in (about.table, about.name) if part)
    parts = (check, about.schema, path, subject)
    return hashlib.sha256(_SEPARATOR.join(parts).encode()).hexdigest()
