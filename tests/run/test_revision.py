"""The phases as migrations/ has them, and what is wrong with those that cannot be read."""

from itertools import pairwise
from pathlib import Path

import pytest

from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.run.phase import find_phase
from gnkmigrate.run.revision import load_phases
from tests.small import Small
from tests.support import ROOT


def test_minegnks_phases_come_in_their_order() -> None:
    phases = load_phases(ROOT / "migrations")

    assert [(phase.number, phase.name) for phase in phases] == [
        (1, "tables"),
        (2, "data"),
        (3, "join-table"),
        (4, "indexes"),
        (5, "columns"),
        (6, "align"),
    ]
    assert phases[0].down_revision is None
    assert all(after.down_revision == before.revision for before, after in pairwise(phases))
    assert phases[0].title == (
        "The tables that MineGNK lacks: nodes, node_stats_cache, earnings_history."
    )


def test_a_phase_is_found_by_name_number_and_revision() -> None:
    phases = load_phases(ROOT / "migrations")

    assert {find_phase(phases, wanted).name for wanted in ("data", "2", "0002")} == {"data"}


def test_an_unknown_phase_is_answered_with_the_nearest() -> None:
    phases = load_phases(ROOT / "migrations")

    with pytest.raises(PhaseRefused, match='no phase "joint-table"') as refused:
        find_phase(phases, "joint-table")

    assert refused.value.hint == 'Did you mean "join-table"?'
    assert "3 join-table: user_nodes becomes the join table" in refused.value.details[2]


def test_a_project_without_revisions_has_no_phases(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    assert load_phases(tmp_path) == ()

    with pytest.raises(RevisionError, match="versions is missing"):
        load_phases(tmp_path / "elsewhere")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def upgrade(:", "syntax"),
        ("import nowhere_to_be_found", "nowhere_to_be_found"),
        ("revision = '9'\ndown_revision = None\nraise ValueError('odd')", "odd"),
        ("revision = '9'\ndown_revision = None\nx = 1 / 0", "zero"),
        ("revision = '9'\ndown_revision = None\ndef upgrade(): pass", "downgrade"),
        ("revision = '9'\ndown_revision = '8'", "8"),
        ("down_revision = None", "revision"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "odd.py").write_text(text)

    with pytest.raises(RevisionError) as error:
        load_phases(tmp_path)

    assert said in error.value.message.lower()


def test_two_heads_are_named(small: Small) -> None:
    small.revision(1, "pass")
    small.revision(2, "pass")
    file = small.revision(3, "pass")
    file.write_text(
        file.read_text()
        .replace('down_revision = "2"', 'down_revision = "1"')
        .replace("down_revision = '2'", "down_revision = '1'")
    )

    with pytest.raises(RevisionError, match="2 heads: 2, 3"):
        load_phases(small.folder)


def test_two_phases_of_one_name_are_refused(small: Small) -> None:
    small.revision(1, "pass", phase="same")
    small.revision(2, "pass", phase="same")

    with pytest.raises(RevisionError, match=r'1\.py and 2\.py both call their phase "same"'):
        load_phases(small.folder)


def test_a_revision_without_a_phase_goes_by_its_id(small: Small) -> None:
    file = small.revision(1, "pass")
    file.write_text(file.read_text().replace('phase = "phase1"', ""))

    assert [phase.name for phase in load_phases(small.folder)] == ["1"]
