"""What the project lives with: audits/accepted.toml.

Each [[accepted]] names findings, says why they may stay and since when, and perhaps until when.
They are listed and count for nothing. An acceptance that names nothing any more, and one whose
time is over, are findings themselves: a list of exceptions that nobody tends hides things.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints, ValidationError, model_validator

from gnkmigrate.audit.finding import DatabaseObject, Finding, Severity
from gnkmigrate.audit.judgement import gap_names
from gnkmigrate.audit.result import Accepted, AuditResult
from gnkmigrate.audit.selection import Selection
from gnkmigrate.errors import SettingsError
from gnkmigrate.validation import in_words, not_utf8

FILE_NAME = "accepted.toml"

# The ids of what is found about the list itself begin so.
PREFIX = "GNK-X"
UNUSED = (f"{PREFIX}001", "unused-acceptance")
EXPIRED = (f"{PREFIX}002", "expired-acceptance")
EVERYTHING = Selection()

_ENTRY = re.compile(r"^\s*\[\[\s*accepted\s*\]\]")
_HINT = "docs/audit.md shows what an acceptance holds."

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Acceptance(BaseModel, extra="forbid", frozen=True):
    """One entry: which findings, why, since when, until when.

    Attributes:
        id: the id of one finding, as reports show it.
        fingerprint: the same as JSON reports have it, or its first eight digits at least.
        check: pattern (fnmatch) of the check's id or slug; goes with `object`.
        object: pattern of the object, "schema.table" or "schema.table.name".
        reason: why they may stay.
        date: since when.
        until: the last day on which they may.
        line: where the entry begins in its file.
    """

    id: _Text | None = None
    fingerprint: Annotated[str, Field(pattern="^[0-9a-f]{8,64}$")] | None = None
    check: _Text | None = None
    object: _Text | None = None
    reason: _Text
    date: dt.date
    until: dt.date | None = None
    line: int = Field(default=0, exclude=True)

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        ways = (self.id, self.fingerprint, self.check and self.object)
        if sum(way is not None for way in ways) != 1 or bool(self.check) != bool(self.object):
            raise ValueError("say which findings: by id, by fingerprint, or by check and object")
        if self.until is not None and self.until < self.date:
            raise ValueError(f"until ({self.until}) is before date ({self.date})")
        return self

    @property
    def name(self) -> str:
        """What it names, in its own words."""
        return self.id or self.fingerprint or f"{self.check} of {self.object}"

    def matches(self, finding: Finding) -> bool:
        """Whether it names this finding."""
        if self.id is not None:
            return finding.id == self.id
        if self.fingerprint is not None:
            return finding.fingerprint.startswith(self.fingerprint)
        check, about = self.check or "", self.object or ""
        return (
            fnmatchcase(finding.check, check) or fnmatchcase(finding.slug, check)
        ) and fnmatchcase(str(finding.object), about)

    def is_over(self, today: dt.date) -> bool:
        """Whether its time is over."""
        return self.until is not None and today > self.until

    def may_concern(self, *names: str) -> bool:
        """Whether it could name a finding of the check with this id and slug, or of one of many."""
        if self.id is not None:
            return any(self.id.startswith(f"{each}-") for each in names)
        return self.check is None or any(fnmatchcase(each, self.check) for each in names)


@dataclass(frozen=True)
class Acceptances:
    """All entries of a file; none by default."""

    entries: tuple[Acceptance, ...] = ()
    file: str = FILE_NAME

    def apply(
        self,
        result: AuditResult,
        selection: Selection = EVERYTHING,
        names: Collection[str] = (),
    ) -> AuditResult:
        """The result with what is accepted set apart, and what is wrong with the list found.

        Args:
            result: the audit's.
            selection: what of it is wanted.
            names: of all checks, their ids and slugs; where there are none, nobody knows.
        """
        today = result.time.date()
        valid = tuple(entry for entry in self.entries if not entry.is_over(today))
        split = [(each, _first(valid, each)) for each in result.findings]
        left = [each for each, entry in split if entry is None]
        own = tuple(
            each
            for each in self._findings(result, today, names)
            if selection.admits(each.check, each.slug, each.category)
        )
        return replace(
            result,
            findings=tuple(sorted((*left, *own), key=lambda each: each.order)),
            accepted=tuple(
                Accepted(each, entry.reason, entry.date, entry.until)
                for each, entry in split
                if entry is not None
            ),
        )

    def _findings(
        self, result: AuditResult, today: dt.date, names: Collection[str]
    ) -> Iterator[Finding]:
        for entry in self.entries:
            named = any(entry.matches(each) for each in result.findings)
            if named and entry.is_over(today):
                yield _expired(entry, self.file)
            elif not named and names and not entry.may_concern(*names):
                yield _unused(entry, self.file, "is of no check that exists")
            elif not named and not result.partial and not _unasked(entry, result):
                yield _unused(entry, self.file, "names nothing that was found")


def load(file: Path, name: str = FILE_NAME) -> Acceptances:
    """The acceptances in a file; none where it does not exist.

    Args:
        file: where they are.
        name: what to call the file in reports.

    Raises:
        SettingsError: it cannot be read, is no valid TOML, or an entry says too little or too
            much; the lines are named.
    """
    try:
        text = file.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except FileNotFoundError:
        return Acceptances()
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.", hint=_HINT) from None
    except UnicodeDecodeError as error:
        raise not_utf8(file, error) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{file} is not valid TOML: {error}", hint="Correct that line and try again."
        ) from None
    entries, unknown = content.pop("accepted", []), sorted(content)
    if unknown or not isinstance(entries, list):
        raise SettingsError(
            f"{file} holds {unknown[0] if unknown else 'accepted'}, which is no list of entries.",
            hint=f"Begin every entry with a line [[accepted]]. {_HINT}",
        )
    return Acceptances(_entries(file, text.splitlines(), entries), name)


def _entries(file: Path, lines: Sequence[str], raw: Sequence[Any]) -> tuple[Acceptance, ...]:
    starts = [number for number, line in enumerate(lines, start=1) if _ENTRY.match(line)]
    found: list[Acceptance] = []
    problems: list[str] = []
    for index, values in enumerate(raw):
        start = starts[index] if index < len(starts) else 1
        try:
            entry = Acceptance.model_validate(values)
        except ValidationError as error:
            problems += _problems(error, lines, start)
        else:
            found.append(entry.model_copy(update={"line": start}))
    if problems:
        raise SettingsError(f"{file} holds what it may not.", details=problems, hint=_HINT)
    return tuple(found)


def _problems(error: ValidationError, lines: Sequence[str], start: int) -> Iterator[str]:
    """Each problem of an entry that begins at line `start`, with the line that it is on."""
    for each in error.errors(include_input=False, include_url=False):
        key = str(each["loc"][0]) if each["loc"] else ""
        yield f"line {_line(lines, start, key)}: {key}{': ' if key else ''}{in_words(each)}"


def _line(lines: Sequence[str], start: int, key: str) -> int:
    """The line of a key in the entry that begins at line `start`; that line where it has none."""
    for number, line in enumerate(lines[start:], start=start + 1):
        if _ENTRY.match(line):
            break
        if key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return start


def _first(entries: Iterable[Acceptance], finding: Finding) -> Acceptance | None:
    return next((entry for entry in entries if entry.matches(finding)), None)


def _unasked(entry: Acceptance, result: AuditResult) -> bool:
    """Whether what could not be looked at might have been found, and is what the entry names."""
    if result.target is None and entry.may_concern(*gap_names()):
        return True
    return any(not each.slug or entry.may_concern(each.check, each.slug) for each in result.not_run)


def _unused(entry: Acceptance, file: str, why: str) -> Finding:
    return replace(
        _about(entry, file),
        check=UNUSED[0],
        slug=UNUSED[1],
        message=f"The acceptance of {entry.name} {why}.",
        impact="Should the same turn up again, nobody would hear of it.",
        recommendation=f"Remove it from {file}, line {entry.line}.",
    )


def _expired(entry: Acceptance, file: str) -> Finding:
    return replace(
        _about(entry, file),
        check=EXPIRED[0],
        slug=EXPIRED[1],
        message=f"The acceptance of {entry.name} ended on {entry.until}.",
        impact="What it names counts again.",
        recommendation=f"Put it right, or decide anew until when it may stay: {file}, "
        f"line {entry.line}.",
    )


def _about(entry: Acceptance, file: str) -> Finding:
    return Finding(
        check="",
        kind="check",
        category="project",
        object=DatabaseObject(),
        severity=Severity.LOW,
        message="",
        subject=entry.name,
        evidence={"file": file, "line": entry.line, "reason": entry.reason},
    )
