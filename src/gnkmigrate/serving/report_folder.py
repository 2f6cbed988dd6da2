"""Reports that are kept in a folder: JSON documents of audits and of fleets, and what lies beside.

What is not such a document is no business of ours; one that is damaged is named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ValidationError

from gnkmigrate.validation import problems

MOST_BYTES = 64 * 1024 * 1024
# How the same report may lie beside its document, and what a browser is told that it is.
BESIDE = {".html": "text/html; charset=utf-8", ".md": "text/plain; charset=utf-8"}


class Finding(BaseModel, frozen=True):
    """A finding, as an audit's document has it."""

    fingerprint: str
    check: str
    slug: str = ""
    severity: str
    message: str
    impact: str = ""
    recommendation: str = ""
    fix: tuple[str, ...] = ()
    phase: str | None = None


class _AuditSummary(BaseModel, frozen=True):
    database: str
    score: int
    counts: Mapping[str, int]
    verdict: str = ""
    server_version: str = ""
    target: str | None = None


class AuditDocument(BaseModel, frozen=True):
    """What is read of an audit's document; docs/audit.schema.json describes all of it."""

    time: AwareDatetime
    summary: _AuditSummary
    findings: tuple[Finding, ...]


class FleetTarget(BaseModel, frozen=True):
    """What came of a command for one database."""

    name: str
    state: str
    error: str | None = None
    hint: str | None = None
    result: str = ""
    database: str | None = None
    seconds: float = 0


class FleetGroup(BaseModel, frozen=True):
    """Databases of which the same is to be said."""

    targets: tuple[str, ...]
    differences: tuple[str, ...]
    more: int = 0


class FleetDocument(BaseModel, frozen=True):
    """What is read of a fleet's document; docs/fleet.schema.json describes all of it."""

    command: Literal[
        "fleet audit",
        "fleet plan",
        "fleet upgrade",
        "fleet downgrade",
        "fleet status",
        "fleet rehearse",
    ]
    shard: str | None = None
    seconds: float
    states: Mapping[str, int]
    targets: tuple[FleetTarget, ...]
    groups: tuple[FleetGroup, ...] = ()


@dataclass(frozen=True)
class Kept:
    """A report in the folder.

    Attributes:
        name: its path within the folder, without the ending; by it the page's address is made.
        document: what it says.
        time: when it was made; for a fleet's, when the file was written.
        beside: the same for people to read, by its ending, such as ".html".
    """

    name: str
    document: AuditDocument | FleetDocument
    time: datetime
    beside: Mapping[str, Path]


@dataclass(frozen=True)
class Damaged:
    """A document that should be a report and cannot be read; why, in words."""

    name: str
    reason: str


def reports(folder: Path) -> tuple[tuple[Kept, ...], tuple[Damaged, ...]]:
    """All reports of a folder, the latest first, and what cannot be read.

    Symbolic links that lead out of the folder are not followed.
    """
    found = [each for file in _files(folder) for each in _read(folder, file)]
    kept = [each for each in found if isinstance(each, Kept)]
    damaged = [each for each in found if isinstance(each, Damaged)]
    return tuple(sorted(kept, key=lambda each: each.time, reverse=True)), tuple(damaged)


def _files(folder: Path) -> Iterator[Path]:
    root = folder.resolve()
    for file in sorted(folder.rglob("*.json")):
        if file.is_file() and file.resolve().is_relative_to(root):
            yield file


def _read(folder: Path, file: Path) -> Iterator[Kept | Damaged]:
    name = file.relative_to(folder).with_suffix("").as_posix()
    try:
        state = file.stat()
        if state.st_size > MOST_BYTES:
            yield Damaged(name, f"it is larger than {MOST_BYTES // 1024 // 1024} MiB")
            return
        document = _parsed(file, state.st_mtime_ns, state.st_size)
    except (OSError, ValidationError, ValueError) as error:
        yield Damaged(name, _reason(error))
        return
    if document is None:
        return
    written = datetime.fromtimestamp(state.st_mtime, UTC)
    time = document.time if isinstance(document, AuditDocument) else written
    yield Kept(name, document, time, _beside(folder, file))


@lru_cache(maxsize=1000)
def _parsed(file: Path, changed: int, size: int) -> AuditDocument | FleetDocument | None:
    """A file's document, kept until it changes; None where it is something else."""
    import orjson

    del changed, size
    value = orjson.loads(file.read_bytes())
    if not isinstance(value, dict):
        return None
    if str(value.get("command", "")).startswith("fleet "):
        return FleetDocument.model_validate(value)
    if {"findings", "summary"} <= value.keys():
        return AuditDocument.model_validate(value)
    return None


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(problems(error))
    return f"it is no JSON: {error}" if isinstance(error, ValueError) else str(error)


def _beside(folder: Path, file: Path) -> Mapping[str, Path]:
    root = folder.resolve()
    others = {ending: file.with_suffix(ending) for ending in BESIDE}
    return {
        ending: other
        for ending, other in others.items()
        if other.is_file() and other.resolve().is_relative_to(root)
    }
