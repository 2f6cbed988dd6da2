"""What a check of the revisions found."""

from dataclasses import dataclass
from typing import Literal, Self, get_args

from gnkmigrate.check.other_tools.measured import Measured
from gnkmigrate.diff.omitted import AS_FAR, is_whole
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.proof.stage import Found

Group = Literal[
    "revisions",
    "checksums",
    "claims",
    "rows",
    "dry run",
    "upgrade",
    "verification",
    "target",
    "expected rows",
    "old shape",
    "downgrade",
    "upgrade again",
    "downgrade again",
]
# The points about the migrations of another tool.
OfOthers = Literal["migrations", "rows", "migration", "target"]
State = Literal["ok", "failed", "not run", "not reached"]

GROUPS: tuple[Group, ...] = get_args(Group)


@dataclass(frozen=True)
class Point:
    """One thing that must hold.

    Attributes:
        group: what kind of thing it is.
        phase: the phase, or another tool's migration, that it is about; "" for all of them.
        state: "not run" where the project does not ask for it, "not reached" where something
            failed on which it builds.
        summary: what was done, or why it was not.
        seconds: how long it took.
        problems: what did not hold, a line each; empty unless the state is "failed".
        hint: what to do about them; "" where nothing can be said.
    """

    group: Group | OfOthers
    phase: str = ""
    state: State = "ok"
    summary: str = ""
    seconds: float = 0
    problems: tuple[str, ...] = ()
    hint: str = ""

    @classmethod
    def of(cls, group: Group | OfOthers, phase: str, found: Found, seconds: float) -> Self:
        """The point that comes of looking at it for so long."""
        state: State = "failed" if found.problems else "ok" if found.ran else "not run"
        hint = found.hint if found.problems else ""
        return cls(group, phase, state, found.summary, seconds, tuple(found.problems), hint)

    @property
    def title(self) -> str:
        return f"{self.group}: {self.phase}" if self.phase else self.group


@dataclass(frozen=True)
class CheckResult:
    """A check that came to its end, well or not.

    Attributes:
        phases: the names of the phases, in order; none where they cannot be read.
        server_version: server_version_num of the throwaway server; 0 where none was started.
        points: in the order in which they were looked at.
        not_compared: what the comparison with the target has left out.
        migrations: what those of another tool cost, where these were run.
    """

    phases: tuple[str, ...]
    server_version: int
    points: tuple[Point, ...]
    not_compared: tuple[Unread, ...] = ()
    migrations: tuple[Measured, ...] = ()

    @property
    def verdict(self) -> str:
        """The result in a sentence."""
        if not self.passed:
            return "Not everything holds."
        limit = "" if is_whole(self.not_compared) else f", {AS_FAR}"
        return f"Everything holds{limit}."

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return all(point.state in {"ok", "not run"} for point in self.points)

    def of_group(self, group: Group | OfOthers) -> tuple[Point, ...]:
        """The points of one kind."""
        return tuple(point for point in self.points if point.group == group)
