"""There and back: the target's schema exactly, then the old schema and the old rows exactly."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import Server
from tests.migrations.project import Home, Project
from tests.migrations.strategies import ZONES, OldRows, examples, old_rows

LAST = 6
levels = st.integers(0, LAST)


@given(
    rows=old_rows(too_long=True),
    zone=st.sampled_from(ZONES),
    inactive=st.sampled_from(("keep", "unassign")),
    atomic=st.booleans(),
)
@examples(8)
def test_up_is_the_target_and_down_is_as_before(
    home: Home,
    rows: OldRows,
    zone: str,
    inactive: str,
    atomic: bool,
) -> None:
    policies = {"inactive": inactive, "overflow": "truncate", "unmapped": "archive"}
    with home.project(source_timezone=zone, policies=policies) as project:
        rows.insert(project.url)
        before = project.state

        project.up(atomic=atomic)
        assert project.declared == home.target

        project.down(atomic=atomic)
        assert project.state == before


@given(
    rows=old_rows(),
    walk=st.lists(st.tuples(levels, st.booleans()), min_size=2, max_size=4),
    inactive=st.sampled_from(("keep", "unassign")),
)
@examples(6)
def test_every_way_between_the_phases_leads_to_the_same_place(
    home: Home,
    rows: OldRows,
    walk: list[tuple[int, bool]],
    inactive: str,
) -> None:
    policies = {"inactive": inactive, "unmapped": "archive"}
    with home.project(policies=policies) as project:
        rows.insert(project.url)
        before = project.content

        for level, atomic in walk:
            project.go_to(level, atomic=atomic)
            assert project.dump == home.levels[level]

        project.go_to(0)
        assert (project.dump, project.content) == (home.levels[0], before)


@pytest.mark.parametrize("level", range(1, LAST + 1))
def test_each_prefix_can_be_taken_back_phase_by_phase(
    home: Home, project: Project, level: int
) -> None:
    for upper in range(1, level + 1):
        project.up(phase=project.phases[upper - 1].name)
    for lower in range(level - 1, -1, -1):
        project.down(phase=project.phases[lower].name)
        assert project.dump == home.levels[lower]


def test_nothing_is_left_between_the_result_and_the_target(
    project: Project, server: Server, minegnk_target_template: str
) -> None:
    project.up()

    read = partial(read_snapshot, ignore=project.settings.ignore, schemas=project.settings.schemas)
    with (
        server.database(template=minegnk_target_template) as target,
        connect(target) as declared,
        project.session() as live,
    ):
        assert not compare(read(live), read(declared))
