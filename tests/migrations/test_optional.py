"""MineGNK's optional phases: each alone, all together, there and back with every row compared."""

from collections.abc import Iterator

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.run.encryption_key import VARIABLE
from gnkmigrate.run.kept.contract import contract
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.revision import load_all_phases
from tests.migrations.project import Project, Stations
from tests.migrations.test_alembic import alembic
from tests.support import ROOT

ALL: tuple[Phase, ...] = load_all_phases(ROOT / "migrations")
# What exchanges a table comes before what reads it.
NAMES = sorted(
    (phase.name for phase in ALL if phase.optional), key=lambda name: name != "partition-earnings"
)
AFTER_CONTRACT = {phase.name for phase in ALL if phase.after_contract}


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "a key that nobody guesses")


@pytest.fixture
def aligned(stations: Stations) -> Iterator[Project]:
    """A database with rows in which the core is done."""
    with stations[6].project() as project:
        yield Project(project.url, project.server, ALL, project.settings)


def contracted(project: Project) -> None:
    """The old shape goes, and with it all that finds nodes by what is unique."""
    with project.session() as session:
        contract(session, project.phases, project.settings, losses_allowed=True)


@pytest.mark.parametrize("name", NAMES)
def test_each_comes_goes_and_comes_again(aligned: Project, name: str) -> None:
    if name in AFTER_CONTRACT:
        with pytest.raises(PhaseRefused, match="comes after contract"):
            aligned.up(phase=name)
        contracted(aligned)
    before = aligned.dump, aligned.content
    aligned.up(phase=name)
    after = aligned.dump, aligned.content
    assert after[0] != before[0]

    aligned.down(phase=name)
    assert (aligned.dump, aligned.content) == before

    aligned.up(phase=name)
    assert (aligned.dump, aligned.content) == after


def test_all_of_them_together_with_the_core(stations: Stations) -> None:
    with stations[0].project() as old:
        project = Project(old.url, old.server, ALL, old.settings)
        project.up()
        beside = [name for name in NAMES if name not in AFTER_CONTRACT]
        for name in beside:
            project.up(phase=name)
        assert project.states.count("done") == len(ALL) - len(AFTER_CONTRACT)

        with pytest.raises(PhaseRefused):
            project.down(phase="partition-earnings")  # views read the table
        for name in [*beside[1:], beside[0]]:
            project.down(phase=name)
        assert project.dump.splitlines() == stations[6].state[0]
        project.down()
        assert project.state == stations[0].state


def test_all_of_them_together_after_contract(aligned: Project) -> None:
    for name in ("cache-ttl", "search"):
        aligned.up(phase=name)
    contracted(aligned)
    for name in ("cache-ttl", "search"):
        aligned.down(phase=name)  # what keeps no old shape can still go
    before = aligned.dump, aligned.content
    for name in NAMES:
        aligned.up(phase=name)
    assert set(aligned.states) == {"done"}
    for name in reversed(NAMES):
        aligned.down(phase=name)
    assert (aligned.dump, aligned.content) == before


def test_alembic_runs_one_by_its_label(aligned: Project) -> None:
    def optional(*arguments: str) -> str:
        done = alembic(aligned, "-n", "optional", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    optional("upgrade", "views@head")
    assert dict(zip([phase.name for phase in ALL], aligned.states, strict=True))["views"] == "done"
    assert "views_1" in optional("current")
    assert alembic(aligned, "current").stdout.strip() == "0006 (head)"
    optional("downgrade", "views@base")
    assert (
        dict(zip([phase.name for phase in ALL], aligned.states, strict=True))["views"] == "pending"
    )
