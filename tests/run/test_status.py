"""Which phases a request is about, and which requests make no sense."""

import pytest

from gnkmigrate.errors import PhaseRefused
from tests.small import Small


@pytest.fixture
def three(small: Small) -> Small:
    for number, name in enumerate(("one", "two", "three"), start=1):
        small.revision(
            number,
            f'op.step("s", "CREATE TABLE public.{name} ()")',
            f'op.step("s", "DROP TABLE public.{name}")',
            phase=name,
        )
    return small


def test_up_takes_all_that_is_pending(three: Small) -> None:
    project = three.project()

    project.up(phase="one")
    assert project.states == ("done", "pending", "pending")
    project.up(through="two")
    assert project.states == ("done", "done", "pending")
    project.up()
    assert project.states == ("done",) * 3
    project.up()
    assert project.value("SELECT count(*) FROM gnkmigrate.run") == 3


def test_down_takes_them_back_in_reverse(three: Small) -> None:
    project = three.project()
    project.up()

    project.down(phase="3")
    assert project.states == ("done", "done", "pending")
    project.down(through="two")
    assert project.states == ("done", "pending", "pending")
    project.down()
    assert project.states == ("pending",) * 3
    project.down()
    assert project.value("SELECT count(*) FROM gnkmigrate.run") == 6


def test_a_phase_out_of_order_names_those_in_the_way(three: Small) -> None:
    project = three.project()

    with pytest.raises(PhaseRefused, match="pending: one, two") as refused:
        project.up(phase="three")
    assert "--through three" in refused.value.hint

    project.up()
    with pytest.raises(PhaseRefused, match="phases that stand: three, two") as refused:
        project.down(phase="one")
    assert "--through one" in refused.value.hint
    assert project.states == ("done",) * 3


def test_an_unknown_phase_is_refused(three: Small) -> None:
    with pytest.raises(PhaseRefused, match='no phase "tow"'):
        three.project().up(through="tow")


def test_a_new_revision_is_pending(three: Small) -> None:
    three.project().up()
    three.revision(4, 'op.step("s", "SELECT 1")', phase="four")

    project = three.project()

    assert project.states == ("done", "done", "done", "pending")


def test_a_pending_phase_that_failed_and_was_taken_away_is_nobodys_loss(small: Small) -> None:
    small.revision(1, 'op.step("s", "SELECT 1")')
    file = small.revision(2, 'op.step("s", "SELECT 1 / 0")')
    project = small.project()
    with pytest.raises(Exception, match="division by zero"):
        project.up()
    file.unlink()

    assert small.project().states == ("done",)
