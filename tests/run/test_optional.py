"""Optional phases: beside the core, off by default, each by itself."""

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest

from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.session import audit_project
from gnkmigrate.backup.progress import ignore
from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.project_plan import plan_project
from gnkmigrate.rehearsal.outcome import Rehearsal
from gnkmigrate.rehearsal.rehearse import Listener, rehearse
from gnkmigrate.run import events
from gnkmigrate.run.kept.contract import contract
from gnkmigrate.run.overview import overview
from gnkmigrate.run.revision import load_all_phases, load_phases
from gnkmigrate.run.status import status
from gnkmigrate.settings import Settings
from tests.migrations.project import Project
from tests.migrations.ways import Stop, Stopped
from tests.small import Small

TARGET = "CREATE TABLE t (id int PRIMARY KEY, a text)"


def optional(small: Small, name: str, up: str, *, needs: str = "1", head: str = "") -> Path:
    """Writes an optional revision; `up` is the body of its upgrade()."""
    folder = small.folder / "optional"
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.py"
    label = head or f'branch_labels = ("{name}",)'
    body = dedent(up).strip().replace("\n", "\n    ")
    file.write_text(
        f'"""What {name} does."""\n\nfrom gnkmigrate import op\n\nrevision = "{name}_1"\n'
        f'down_revision = None\ndepends_on = "{needs}"\n{label}\nphase = "{name}"\n\n\n'
        f"@op.reversible\ndef upgrade() -> None:\n    {body}\n"
    )
    return file


VIEW = 'op.step("a view", "CREATE VIEW v AS SELECT a FROM t", back="DROP VIEW v")'
COLUMN = 'op.add_columns("public.t", (op.new("b", "int"),))'


@pytest.fixture
def beside(small: Small) -> Project:
    """A core of one phase, and two optional ones that need it."""
    small.reversible(
        1, 'op.step("t", "CREATE TABLE t (id int PRIMARY KEY, a text)", creates=("public.t",))'
    )
    optional(small, "view", VIEW)
    optional(small, "column", COLUMN)
    target = small.folder.parent / "target.sql"
    target.write_text(TARGET)
    settings = Settings(target=target, schemas=("public",))
    return Project(small.url, small.server, load_all_phases(small.folder), settings)


def rehearsed(project: Project, small: Small, *optional: str) -> Rehearsal:
    changed = {"root": small.folder.parent, "optional_phases": optional}
    listener = Listener(lambda _: None, lambda: nullcontext(ignore), events.ignore)
    return rehearse(project.settings.model_copy(update=changed), small.url, {}, listener)


def names(project: Project) -> dict[str, str]:
    with project.session() as session:
        return {found.phase.name: found.state for found in status(session, project.phases)}


def left(project: Project) -> list[str]:
    result = audit_project(
        project.settings, project.url, AuditOptions(), datetime.now(UTC), lambda _: None
    )
    return [finding.message for finding in result.gaps]


def test_a_plain_upgrade_runs_the_core_alone(beside: Project, small: Small) -> None:
    beside.up()

    assert names(beside) == {"phase1": "done", "column": "pending", "view": "pending"}
    assert [phase.name for phase in load_phases(small.folder)] == ["phase1"]


def test_a_rehearsal_tries_those_that_are_named(beside: Project, small: Small) -> None:
    assert rehearsed(beside, small).phases == ("phase1",)
    found = rehearsed(beside, small, "view")
    assert found.passed, found.stages
    assert found.phases == ("phase1", "view")
    with pytest.raises(PhaseRefused, match="no phase"):
        rehearsed(beside, small, "viev")


def test_what_others_make_before_its_first_step_is_not_its_own(beside: Project) -> None:
    beside.up()
    with pytest.raises(Stopped):
        beside.up(Stop("a view"), phase="view")
    beside.execute("CREATE TABLE stranger (id int PRIMARY KEY)")
    beside.up(phase="view")
    assert len(left(beside)) == 1


def test_each_runs_and_goes_by_itself(beside: Project) -> None:
    beside.up()
    before = beside.dump
    beside.up(phase="view")
    assert names(beside) == {"phase1": "done", "column": "pending", "view": "done"}
    beside.up(phase="column")
    beside.down(phase="view")
    assert names(beside) == {"phase1": "done", "column": "done", "view": "pending"}
    beside.down(phase="column")
    assert beside.dump == before


def test_it_waits_for_what_it_needs_and_the_core_waits_for_it(beside: Project) -> None:
    with pytest.raises(PhaseRefused, match="view comes after phases that are pending: phase1"):
        beside.up(phase="view")
    beside.up(through="view")
    assert names(beside) == {"phase1": "done", "column": "pending", "view": "done"}
    with pytest.raises(PhaseRefused, match="phase1 comes before phases that stand: view"):
        beside.down(phase="phase1")
    beside.down(through="phase1")
    assert set(names(beside).values()) == {"pending"}


def test_a_downgrade_of_all_takes_them_back_as_well(beside: Project) -> None:
    beside.up()
    beside.up(phase="view")
    beside.up(phase="column")
    beside.down()
    assert set(names(beside).values()) == {"pending"}


def test_what_they_made_is_no_gap_while_it_is_as_they_left_it(beside: Project) -> None:
    beside.up()
    beside.up(phase="view")
    beside.up(phase="column")
    assert left(beside) == []
    assert plan_project(beside.settings, beside.url, None).statements == ()

    beside.execute(
        "CREATE OR REPLACE VIEW v AS SELECT a || '!' AS a FROM t; CREATE VIEW w AS TABLE t"
    )
    found = " ".join(left(beside))
    assert found == "View v is not in the target. View w is not in the target."

    beside.execute("DROP VIEW w")
    beside.down(phase="view")
    beside.down(phase="column")
    assert left(beside) == []


def test_contract_does_not_ask_for_them_and_remembers_them(beside: Project) -> None:
    beside.up()
    beside.up(phase="view")
    with beside.session() as session:
        contract(session, beside.phases, beside.settings)
    assert left(beside) == []
    beside.up(phase="column")
    assert left(beside) == []
    beside.down(phase="view")  # it has kept nothing of an old shape
    beside.down(phase="column")
    with pytest.raises(PhaseRefused, match="cannot be undone any more"):
        beside.down(phase="phase1")


def test_one_that_stopped_is_gone_on_with_by_name(beside: Project, small: Small) -> None:
    optional(
        small,
        "late",
        VIEW + '\nop.step("late", "SELECT 1 / count(*) FROM t", irreversible="it only looks")',
    )
    project = Project(beside.url, beside.server, load_all_phases(small.folder), beside.settings)
    project.up()
    with pytest.raises(Exception, match="division by zero"):
        project.up(phase="late")
    with project.session() as session, pytest.raises(PhaseRefused, match="not done yet: late"):
        contract(session, project.phases, project.settings)
    project.execute("INSERT INTO t VALUES (1, 'a')")
    project.up()
    assert names(project)["late"] == "failed"
    project.up(phase="late")
    assert left(project) == []


def test_a_refused_one_leaves_nothing(beside: Project, small: Small) -> None:
    optional(small, "no", 'op.guard("There is no row.", "SELECT 1")\n' + VIEW)
    project = Project(beside.url, beside.server, load_all_phases(small.folder), beside.settings)
    project.up()
    before = project.rows("SELECT * FROM gnkmigrate.memory")
    with pytest.raises(PhaseRefused):
        project.up(phase="no")
    assert project.rows("SELECT * FROM gnkmigrate.memory") == before


def test_status_says_which_are_optional(beside: Project) -> None:
    found = overview(beside.url, beside.phases)
    assert {each.phase.name: each.phase.optional for each in found.phases} == {
        "phase1": False,
        "column": True,
        "view": True,
    }


@pytest.mark.usefixtures("beside")
def test_one_without_a_label_or_with_an_unknown_need_is_refused(small: Small) -> None:
    file = optional(small, "bare", VIEW, head="branch_labels = None")
    with pytest.raises(RevisionError, match="has no branch label"):
        load_all_phases(small.folder)
    file.unlink()
    optional(small, "lost", VIEW, needs="99")
    with pytest.raises(RevisionError, match="99"):
        load_all_phases(small.folder)
