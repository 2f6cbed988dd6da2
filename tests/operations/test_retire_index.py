"""op.retire_index: an index goes while the application writes, and comes back as it was."""

import pytest

from gnkmigrate.errors import PhaseRefused
from tests.migrations.project import Project
from tests.small import Small

DEFINITION = "CREATE UNIQUE INDEX by_n ON public.t USING btree (n DESC) WHERE (n > 0)"


@pytest.fixture
def project(small: Small) -> Project:
    arguments = '"by_n", "public.t"'
    small.revision(1, f"op.retire_index({arguments})", f"op.rebuild_index({arguments})")
    project = small.project()
    project.execute("CREATE TABLE t (n int, m int)")
    return project


def indexes(project: Project) -> list[str]:
    return [row[0] for row in project.rows("SELECT indexdef FROM pg_indexes WHERE tablename = 't'")]


@pytest.mark.parametrize("atomic", [False, True])
def test_an_index_goes_and_comes_back(project: Project, atomic: bool) -> None:
    project.execute(f"{DEFINITION}; COMMENT ON INDEX by_n IS 'it''s needed'")

    project.up(atomic=atomic)
    assert indexes(project) == []

    project.down(atomic=atomic)
    assert indexes(project) == [DEFINITION]
    assert project.value("SELECT obj_description('by_n'::regclass)") == "it's needed"
    assert project.rows("SELECT FROM gnkmigrate.memory") == []


def test_the_statistics_of_its_expressions_come_back(project: Project) -> None:
    project.execute(
        "CREATE INDEX by_n ON t (m, (n % 7), (n / 7)); ALTER INDEX by_n ALTER 2 SET STATISTICS 700;"
        "ALTER INDEX by_n ALTER 3 SET STATISTICS 0"
    )
    before = project.dump
    project.up()
    project.down()
    assert project.dump == before


def test_what_cluster_goes_by_stays(project: Project) -> None:
    project.execute(f"{DEFINITION.partition(' WHERE')[0]}; ALTER TABLE t CLUSTER ON by_n")
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "what it is clustered on" in refused.value.details[0]


def test_one_that_is_not_there_does_not_come_back(project: Project) -> None:
    project.up()
    project.down()
    assert indexes(project) == []


def test_what_an_interrupted_build_has_left_is_built_again(project: Project) -> None:
    project.execute(DEFINITION)
    project.up()
    project.execute(
        f"{DEFINITION}; UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_n'::regclass"
    )

    project.down()

    assert project.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_n'::regclass")


def test_the_index_of_a_constraint_is_refused(project: Project) -> None:
    project.execute("ALTER TABLE t ADD CONSTRAINT by_n UNIQUE (n)")
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "serves the constraint by_n" in refused.value.details[0]
