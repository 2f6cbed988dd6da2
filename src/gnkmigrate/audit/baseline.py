"""The audit of today beside one of the past: what is new, worse, fixed, and still open.

The past is a JSON report. One that lies in audits/ and is about the same database is looked at by
itself; one that is named with --baseline also excuses what it has already.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from gnkmigrate.audit import acceptance
from gnkmigrate.audit.project_checks import SeverityName
from gnkmigrate.audit.result import AuditResult, NotRun
from gnkmigrate.audit.trend import PastFinding, PastNumbers, Trend
from gnkmigrate.errors import SettingsError
from gnkmigrate.validation import problems

FILE_NAME = "baseline.json"


class Entry(BaseModel, frozen=True):
    """What is read of a finding of the past."""

    fingerprint: str
    id: str
    check: str
    category: str
    severity: SeverityName
    message: str

    def told(self) -> PastFinding:
        """As reports tell it."""
        return PastFinding(self.fingerprint, self.id, self.severity, self.message)


class _PastSummary(BaseModel, frozen=True):
    database: str
    score: int


class _PastSequence(BaseModel, frozen=True):
    schema_: str = Field(alias="schema")
    name: str
    last: int


class _PastDocument(BaseModel, frozen=True):
    """What is read of a JSON report; docs/audit.schema.json describes all of it."""

    time: AwareDatetime
    summary: _PastSummary
    findings: tuple[Entry, ...]
    sequences: tuple[_PastSequence, ...] = ()


@dataclass(frozen=True)
class Past:
    """An audit of the past.

    Attributes:
        name: its file, as the reader would name it.
        time: when it was made.
        database: which database it is about.
        score: its score.
        findings: those that were open then, by fingerprint.
        numbers: how far sequences were.
    """

    name: str
    time: datetime
    database: str
    score: int
    findings: Mapping[str, Entry]
    numbers: PastNumbers


class _Unreadable(Exception):
    """A file that should be a report and is none; the text says why."""


class _SomethingElse(_Unreadable):
    """A document, but not of an audit."""


def read(file: Path) -> Past:
    """The report that --baseline names.

    Raises:
        SettingsError: it does not exist, or is no JSON report of an audit.
    """
    try:
        return _read(file)
    except FileNotFoundError:
        raise SettingsError(
            f"The baseline {file} does not exist.",
            hint=f"Write it with: gnkmigrate audit --baseline {file} --update-baseline",
        ) from None
    except (OSError, _Unreadable) as error:
        raise SettingsError(
            f"{file} is not a report to compare with: {error}.",
            hint="Name one that was written with: gnkmigrate audit --write json=FILE",
        ) from None


def kept(folder: Path, database: str) -> tuple[tuple[Past, ...], tuple[NotRun, ...]]:
    """The JSON reports of a folder about a database, by time, and what could not be read.

    Args:
        folder: where reports are kept.
        database: its address as reports show it; who asked does not matter.
    """
    found: list[Past] = []
    damaged: list[NotRun] = []
    for file in sorted(folder.glob("*.json")):
        try:
            found.append(_read(file))
        except _SomethingElse:
            continue  # other documents may be kept there too
        except (OSError, _Unreadable) as error:
            reason = f"{file.name} is not a report to compare with: {error}"
            damaged.append(NotRun("trend", "What has changed since an earlier report", reason))
    same = [past for past in found if _place(past.database) == _place(database)]
    return tuple(sorted(same, key=lambda past: past.time)), tuple(damaged)


def compared(result: AuditResult, past: Past, *, excuses: bool = False) -> AuditResult:
    """The result with what has changed since.

    Args:
        result: the audit of today, its accepted findings set apart.
        past: the earlier one.
        excuses: what the earlier one has, and is no worse today, does not count.
    """
    today = {each.fingerprint: each.severity for each in result.findings}
    known = past.findings
    new = frozenset(today.keys() - known.keys())
    worse = frozenset(
        mark
        for mark, severity in today.items()
        if mark in known and known[mark].severity < severity
    )
    accepted = {each.finding.fingerprint for each in result.accepted}
    gone = [known[mark] for mark in known if mark not in today and mark not in accepted]
    trend = Trend(
        name=past.name,
        time=past.time,
        score=past.score,
        new=new,
        worse=worse,
        fixed=tuple(each.told() for each in gone if _looked_for(each, result)),
        unknown=tuple(each.told() for each in gone if not _looked_for(each, result)),
    )
    excused = frozenset(today.keys() - new - worse) if excuses else frozenset()
    return replace(result, trend=trend, excused=excused)


def _read(file: Path) -> Past:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(document, dict) or not {"findings", "summary"} <= document.keys():
            raise _SomethingElse("it is not of an audit")
        content = _PastDocument.model_validate(document)
    except ValidationError as error:
        raise _Unreadable(problems(error)[0]) from None
    except ValueError as error:  # json.JSONDecodeError and UnicodeDecodeError are some
        raise _Unreadable(str(error)) from None
    return Past(
        name=file.name,
        time=content.time,
        database=content.summary.database,
        score=content.summary.score,
        # What was accepted then and is not any more is new.
        findings={each.fingerprint: each for each in content.findings},
        numbers=PastNumbers(
            file.name,
            content.time,
            {(each.schema_, each.name): each.last for each in content.sequences},
        ),
    )


def _looked_for(past: Entry, result: AuditResult) -> bool:
    """Whether this audit would have found it again, had it still been there."""
    seen = {each.check for each in result.passed} | {each.check for each in result.findings}
    if result.partial:
        return past.check in seen
    if past.category in {"gap", "target"}:
        return result.target is not None
    if past.category == "project" and not past.check.startswith(acceptance.PREFIX):
        return past.check in seen  # the project may have given up the check
    return past.check not in {each.check for each in result.not_run}


def _place(database: str) -> str:
    """An address without the user."""
    return database.rpartition("@")[2]
