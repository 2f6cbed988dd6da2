"""The project's own checks: audits/checks/*.sql, one file each.

A file begins with a comment between two lines "-- ---" that is TOML: what the check is called and
what its finding says. The rest is one SELECT that lists the rows that are wrong, the key first.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from gnkmigrate.audit.check import Check
from gnkmigrate.audit.describe import relation_of
from gnkmigrate.audit.finding import Category, DatabaseObject, Kind, Severity
from gnkmigrate.errors import SettingsError
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.text.front_matter import split
from gnkmigrate.validation import problems

_TABLE_PARTS = 2


def _severity(value: object) -> Severity:
    return value if isinstance(value, Severity) else Severity.named(str(value))


SeverityName = Annotated[Severity, BeforeValidator(_severity)]


class FrontMatter(BaseModel, extra="forbid"):
    """What the head of a check's file says.

    Attributes:
        id: stable for ever, e.g. "MINEGNK-001".
        title: what a database that passes has.
        severity: of the finding.
        object: what it is about: "schema.table", or "schema.table.name" with `type`.
        type: the kind of the object.
        kind: "check", or "missing" where the finding says that something is not there.
        one: the finding's sentence for one row.
        many: the same for several; COUNT stands for their number.
        impact: why it matters.
        recommendation: what to do.
        phase: the phase of the migration that the rows would block.
        requires: what must exist for the check to make sense, as "schema.table[.column]".
        instead_of: the id of a general check whose finding about the same object this one
            replaces, because it knows better, e.g. "GNK-D009".
    """

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$")]
    title: str
    severity: SeverityName
    object: Annotated[str, Field(pattern=r"^[^.]+\.[^.]+(\.[^.]+)?$")]
    type: Literal["table", "column", "index", "constraint"] = "table"
    kind: Kind = "check"
    one: str
    many: str
    impact: str = ""
    recommendation: str = ""
    phase: str | None = None
    requires: tuple[str, ...] = ()
    instead_of: str | None = None

    def message(self, count: int) -> str:
        """The sentence for so many rows."""
        return self.one if count == 1 else self.many.replace("COUNT", f"{count:,}", 1)


@dataclass(frozen=True, kw_only=True)
class ProjectCheck(Check):
    """A check that a project has written for itself.

    Attributes:
        listing: the SELECT of its file.
        head: what its front matter says.
    """

    category: Category = "project"
    runtime: ClassVar[bool] = True
    listing: str
    head: FrontMatter

    @property
    def object(self) -> DatabaseObject:
        schema, table, *name = self.head.object.split(".")
        return DatabaseObject(schema, table, "".join(name), self.head.type)

    def lacks(self, live: Snapshot) -> tuple[str, ...]:
        """What it requires and the database does not have."""
        return tuple(path for path in self.head.requires if not _exists(path, live))


def load(folder: Path) -> tuple[ProjectCheck, ...]:
    """The checks of a folder, by file name; none where it does not exist.

    Raises:
        SettingsError: a file has no front matter, or one that says too little or too much, or
            two files have one id.
    """
    checks = tuple(_read(file) for file in sorted(folder.glob("*.sql")))
    ids = [check.id for check in checks]
    twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
    if twice:
        raise SettingsError(
            f"Two checks in {folder} have the id {twice[0]}.", hint="Give each its own id."
        )
    return checks


def _read(file: Path) -> ProjectCheck:
    try:
        front, listing = split(file.read_text(encoding="utf-8"))
        head = FrontMatter.model_validate(tomllib.loads(front))
    except ValidationError as error:
        raise _unreadable(file, problems(error)) from None
    except UnicodeDecodeError as error:
        raise _unreadable(file, [f"is not UTF-8 text (byte {error.start + 1})"]) from None
    except ValueError as error:  # tomllib.TOMLDecodeError is one
        raise _unreadable(file, [str(error)]) from None
    return ProjectCheck(
        id=head.id,
        slug=file.stem.replace("_", "-"),
        title=head.title,
        severity=head.severity,
        impact=head.impact,
        recommendation=head.recommendation,
        listing=listing,
        head=head,
    )


def _unreadable(file: Path, details: Iterable[str]) -> SettingsError:
    return SettingsError(
        f"The check {file} cannot be read.",
        details=tuple(details),
        hint="docs/audit.md shows what the head of such a file holds.",
    )


def _exists(path: str, live: Snapshot) -> bool:
    parts = path.split(".")
    if len(parts) > _TABLE_PARTS:
        return live.get("column", *parts) is not None
    return relation_of(live, *parts) is not None
