"""Any owner, any role: each application may do what it could do before, and nothing else."""

import os
from pathlib import Path

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.run import events
from gnkmigrate.run.events import Direction
from gnkmigrate.servers import Server
from tests.operations.roles import Case, Stage, cover_of_pairs, everything, staged

ALL = os.environ.get("GNKMIGRATE_ROLES") == "all"
CASES = everything() if ALL else cover_of_pairs(everything())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_role_may_do_what_it_could(case: Case, server: Server, tmp_path: Path) -> None:
    with staged(case, server, tmp_path / "migrations") as stage:
        before, state = stage.answers(), stage.project.state
        if case.is_refused(server.major):
            with pytest.raises(PhaseRefused, match="nothing was changed"):
                stage.run("up")
            assert stage.project.state == state
            assert stage.answers() == before
            return
        go(stage, "up", before)
        go(stage, "down", before)
        assert stage.project.state == state


def go(stage: Stage, direction: Direction, before: dict[tuple[str, str], object]) -> None:
    """Asks before and after each step, and at the end."""

    def compare(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            differs = differing(stage, before)
            assert differs == {}, f"{direction}, before {event.step}: {differs}"
            assert stage.wrongs() == []

    stage.run(direction, compare)
    differs = differing(stage, before)
    assert differs == {}, f"{direction}: {differs}"
    assert stage.wrongs() == []


def differing(stage: Stage, before: dict[tuple[str, str], object]) -> dict[object, object]:
    """The statements from which something else comes: what came before, and what comes now."""
    now = stage.answers()
    return {asked: (before[asked], now[asked]) for asked in before if now[asked] != before[asked]}
