"""After contract nothing of the old shape is left, and nothing pretends that it could come back."""

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.run.kept.contract import contract, remnants
from gnkmigrate.run.revision import load_phases
from gnkmigrate.servers import Server
from tests.migrations.project import Project, minegnk_settings
from tests.support import ROOT

USER = "00000000-0000-0000-0000-00000000000a"


@pytest.fixture
def project(server: Server, minegnk: DatabaseUrl) -> Project:
    phases = load_phases(ROOT / "migrations")
    project = Project(minegnk, server, phases, minegnk_settings())
    project.execute(
        f"INSERT INTO users (id, email, password) VALUES ('{USER}', 'a@x', 'p');"
        f"INSERT INTO user_nodes (user_id, node_address) VALUES ('{USER}', 'n1');"
        "INSERT INTO node_requests (user_id, gpu_type, processed_by)"
        f" VALUES ('{USER}', 'H100', 'a@x')"
    )
    return project


def finish(project: Project) -> None:
    with project.session() as session:
        contract(session, project.phases, project.settings)


def test_contract_removes_archive_views_and_functions_and_keeps_the_journal(
    project: Project,
) -> None:
    project.go_to(6)
    with project.session() as session:
        kinds = {remnant.kind for remnant in remnants(session)}
    assert kinds == {"view", "trigger", "index", "table", "type", "function", "column"}

    finish(project)

    left = (
        "SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    )
    assert (
        project.rows(f"{left} WHERE nspname IN ('gnkmigrate_legacy', 'gnkmigrate_archive')") == []
    )
    assert project.rows("SELECT FROM pg_proc WHERE pronamespace = 'gnkmigrate'::regnamespace") == []
    assert project.value("SELECT count(*) FROM gnkmigrate.run") == 7
    assert project.states == ("done",) * 6


def test_a_downgrade_after_contract_is_refused(project: Project) -> None:
    project.go_to(6)
    finish(project)

    with pytest.raises(PhaseRefused) as refused:
        project.down()

    assert "cannot be undone any more" in refused.value.message
    assert "tables" in refused.value.message


def test_contract_waits_for_the_last_phase(project: Project) -> None:
    project.go_to(5)

    with pytest.raises(PhaseRefused) as refused:
        finish(project)

    assert "align" in refused.value.message
    assert project.value("SELECT count(*) FROM gnkmigrate_archive.user_nodes") == 1


def test_what_hangs_on_the_archive_stops_contract_before_it_removes_anything(
    project: Project,
) -> None:
    project.go_to(6)
    project.execute("CREATE VIEW mine AS SELECT id FROM gnkmigrate_archive.user_nodes")

    with pytest.raises(PhaseRefused) as refused:
        finish(project)

    assert refused.value.details == ("view public.mine uses table gnkmigrate_archive.user_nodes",)
    assert project.value("SELECT count(*) FROM gnkmigrate_legacy.users") == 1
