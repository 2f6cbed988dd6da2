"""What should be tested before a migration is done for real, and what of it a rehearsal proves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gnkmigrate.rehearsal.outcome import Rehearsal, StageName

PointState = Literal["ok", "failed", "not automated"]


@dataclass(frozen=True)
class Point:
    """One point of the checklist.

    Attributes:
        title: what should be so.
        state: "not automated" where no database can prove it.
        why: which stages prove it, or failed to; or what to do by hand.
    """

    title: str
    state: PointState
    why: str


def checklist(rehearsal: Rehearsal) -> tuple[Point, ...]:
    """The points in the order in which they are worth looking at."""
    return (
        _by_hand(
            "The live database has a backup",
            "the rehearsal's copy is gone; gnkmigrate backup --verify, right before the upgrade",
        ),
        _proven(rehearsal, "Every phase runs, and runs again", ["upgrade", "upgrade again"]),
        _proven(rehearsal, "Every phase runs on the live data", ["copy", "dry run", "upgrade"]),
        _proven(rehearsal, "No row is lost on the way", ["verification", "downgrade"]),
        _proven(rehearsal, "The result is the declared target", ["audit"]),
        _proven(
            rehearsal, "Rows can be written through the old and the new shape", ["both shapes"]
        ),
        _by_hand(
            "The application's interfaces work on the new schema",
            "start the application on an upgraded copy and call them",
        ),
        _by_hand(
            "The application's entities are those of the new schema",
            "compare them with the declared target",
        ),
        _by_hand(
            "The integration tests pass",
            "run the application's tests on an upgraded copy",
        ),
        _proven(rehearsal, "Every phase can be taken back", ["downgrade"]),
        _by_hand("The interfaces' documentation is up to date", "it is written for people"),
        _by_hand("The frontend knows the new shape of the data", "it lives outside the database"),
    )


def _by_hand(title: str, why: str) -> Point:
    return Point(title, "not automated", why)


def _proven(rehearsal: Rehearsal, title: str, names: Sequence[StageName]) -> Point:
    wrong = [stage for stage in map(rehearsal.stage, names) if stage.state != "ok"]
    if wrong:
        return Point(title, "failed", "; ".join(f"{each.name}: {each.state}" for each in wrong))
    return Point(title, "ok", ", ".join(names))
