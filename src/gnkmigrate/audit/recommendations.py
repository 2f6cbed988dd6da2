"""What a project wants to have done, point by point: audits/recommendations.toml.

Each [[point]] is tied to what says whether it is done: things that are there or gone, a phase that
has run, a check that finds nothing, stages of the last rehearsal that was kept. What no database
can say has its reason instead. So a list of recommendations, which is out of date the day after it
was written, is true on every day.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, ValidationError, model_validator

from gnkmigrate.audit.checks import discover
from gnkmigrate.audit.result import AuditResult, Judged
from gnkmigrate.errors import SettingsError
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import journal
from gnkmigrate.validation import not_utf8, problems

FILE_NAME = "recommendations.toml"

State = Literal["done", "open", "not automatable", "unknown"]
STATES: tuple[State, ...] = ("done", "open", "not automatable", "unknown")

# Why stages of a rehearsal are not proven; nothing where they are.
Rehearsal = Callable[[Sequence[str]], Iterable[str]]

_HINT = "docs/audit.md shows what a point holds."
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Point(BaseModel, extra="forbid", frozen=True):
    """One entry of the file.

    Attributes:
        title: what is recommended.
        group: under which heading, such as "critical".
        there: things that have to be there, as reports name them: "table public.users".
        gone: things that may not be there.
        phases: phases that have to be done.
        checks: checks, by id or name, that have to have run and found nothing.
        rehearsed: stages of `gnkmigrate rehearse` that have to have held.
        by_hand: why no database can say it, and what does.
    """

    title: _Text
    group: str = ""
    there: tuple[_Text, ...] = ()
    gone: tuple[_Text, ...] = ()
    phases: tuple[_Text, ...] = ()
    checks: tuple[_Text, ...] = ()
    rehearsed: tuple[_Text, ...] = ()
    by_hand: str = ""

    @model_validator(mode="after")
    def _is_tied(self) -> Self:
        tied = bool(self.there or self.gone or self.phases or self.checks or self.rehearsed)
        if tied == bool(self.by_hand):
            raise ValueError(
                "say what tells whether it is done (there, gone, phases, checks, rehearsed),"
                " or by_hand why nothing does"
            )
        return self


class _File(BaseModel, extra="forbid"):
    point: Annotated[tuple[Point, ...], Field(min_length=1)]


def load(file: Path, name: str) -> tuple[Point, ...]:
    """The points of a file; none where there is no file.

    Args:
        file: where it is.
        name: what to call it.

    Raises:
        SettingsError: it cannot be read, or a point is tied to nothing.
    """
    if not file.exists():
        return ()
    try:
        return _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).point
    except UnicodeDecodeError as error:
        raise not_utf8(file, error) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name} is not TOML: {error}", hint=_HINT) from error
    except ValidationError as error:
        raise SettingsError(
            f"{name} is not a list of points.", details=problems(error), hint=_HINT
        ) from error


def judge(
    points: Sequence[Point], result: AuditResult, connection: Connection, rehearsal: Rehearsal
) -> tuple[Judged, ...]:
    """What has become of each point.

    Args:
        points: those of the project.
        result: what the audit has found, and the facts that it has read.
        connection: a session with the database, whose journal knows the phases.
        rehearsal: what speaks against stages of a rehearsal.
    """
    there = {str(identity) for identity in result.live.facts} if points else set()
    last = {run.phase: run for run in journal.runs(connection)} if points else {}
    done = {name for name, run in last.items() if (run.direction, run.state) == ("up", "done")}
    checks = _checks(result)
    return tuple(
        _judged(number, point, there, done, checks, rehearsal)
        for number, point in enumerate(points, start=1)
    )


def _checks(result: AuditResult) -> Mapping[str, str]:
    """What each check has come to, by id and name: "" where it ran and found nothing."""
    found = {each.check: "" for each in result.passed}
    found |= {each.check: f"{each.check} has not run: {each.reason}" for each in result.not_run}
    found |= {check.slug: found[check.id] for check in discover() if check.id in found}
    for finding in result.findings:
        for name in (finding.check, finding.slug):
            found[name] = finding.message
    return found


def _judged(
    number: int,
    point: Point,
    there: set[str],
    done: set[str],
    checks: Mapping[str, str],
    rehearsal: Rehearsal,
) -> Judged:
    if point.by_hand:
        return Judged(number, point.title, point.group, "not automatable", point.by_hand)
    silent = [f"{name} is no check that was asked" for name in point.checks if name not in checks]
    missing = [
        *(f"{name} is not there" for name in point.there if name not in there),
        *(f"{name} is still there" for name in point.gone if name in there),
        *(f"phase {name} is not done" for name in point.phases if name not in done),
        *(checks[name] for name in point.checks if checks.get(name)),
        *(rehearsal(point.rehearsed) if point.rehearsed else ()),
    ]
    state: State = "open" if missing else "unknown" if silent else "done"
    return Judged(number, point.title, point.group, state, "; ".join([*missing, *silent]))


def told(points: Sequence[Judged]) -> str:
    """How many are what, such as "9 of 16 done, 5 open, 2 not automatable"."""
    counts = {state: sum(each.state == state for each in points) for state in STATES}
    others = [f"{number} {state}" for state, number in counts.items() if number and state != "done"]
    return ", ".join([f"{counts['done']} of {len(points)} done", *others])
