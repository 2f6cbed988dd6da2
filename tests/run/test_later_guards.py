"""Guards of later phases are asked before the first one runs, where that makes sense."""

import pytest

from gnkmigrate.errors import PhaseRefused
from tests.small import Small

TABLES = "CREATE TABLE first (n int); CREATE TABLE second (n int); INSERT INTO second VALUES (-1)"
STEP = 'op.step("{0}", "UPDATE public.{0} SET n = 1", touches=("public.{0}",))'
GUARD = 'op.guard("Numbers are negative.", "SELECT n FROM {} WHERE n < 0;", hint="Raise them.")'


def test_a_guard_of_the_second_phase_stops_the_first(small: Small) -> None:
    small.revision(1, STEP.format("first"), irreversible="-")
    small.revision(2, GUARD.format("public.second"), irreversible="-")
    project = small.project()
    project.execute(f"{TABLES}; INSERT INTO first VALUES (0)")

    with pytest.raises(PhaseRefused, match="Phase phase2 cannot upgrade") as refused:
        project.up()

    assert refused.value.details == ("Numbers are negative. (1)", "  n: -1", "  -> Raise them.")
    assert project.rows("TABLE first") == [(0,)]
    assert project.value("SELECT to_regnamespace('gnkmigrate')") is None
    project.up(phase="phase1")  # nobody has asked for the other
    with pytest.raises(PhaseRefused):
        project.up()
    project.execute("UPDATE second SET n = 1")
    project.up()


@pytest.mark.parametrize(
    ("first", "asked"),
    [
        (STEP.format("second"), "public.second"),  # it puts the rows right
        (STEP.format("first"), "public.third"),  # there is no such table yet
    ],
)
def test_what_an_earlier_phase_may_put_right_is_asked_in_its_turn(
    small: Small, first: str, asked: str
) -> None:
    small.revision(1, first, irreversible="-")
    small.revision(2, GUARD.format(asked), irreversible="-")
    small.revision(3, GUARD.format("public.view_of_it"), irreversible="-")
    project = small.project()
    project.execute(f"{TABLES}; CREATE VIEW view_of_it AS TABLE {asked.replace('third', 'first')}")
    if "third" in asked:
        with pytest.raises(PhaseRefused, match="Phase phase2 cannot upgrade"):
            project.up()
        assert project.states == ("done", "pending", "pending")
    else:
        project.up()
        assert project.states == ("done", "done", "done")
