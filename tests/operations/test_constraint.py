"""Constraints are added online, found by what they constrain, and given back as they were."""

import pytest

from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.run import events
from tests.migrations.project import Project
from tests.small import Small

# As long as a name can be.
NAME = "Long Name, With $ and 'Quotes'".ljust(63, "_")
OWNERS = f'"{NAME}"'
OWNERS_ARGUMENT = f"public.{NAME}"
TABLES = f"""
CREATE TABLE {OWNERS} (
    id int CONSTRAINT "PK_1" PRIMARY KEY, "eMail" text CONSTRAINT "UQ_1" UNIQUE
);
CREATE TABLE t (
    id int,
    owner int CONSTRAINT "FK_1" REFERENCES {OWNERS} (id) DEFERRABLE INITIALLY DEFERRED
)
"""


def constraints(project: Project) -> list[str]:
    rows = project.rows(
        "SELECT format('%s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1"
    )
    return [str(row[0]) for row in rows]


@pytest.fixture
def project(small: Small) -> Project:
    small.revision(
        1,
        f"""
        op.name_constraint({OWNERS_ARGUMENT!r}, "Owners pkey", "PRIMARY KEY (id)")
        op.name_constraint({OWNERS_ARGUMENT!r}, "owners_email_key", 'UNIQUE ("eMail")')
        op.add_constraint("public.t", "small", "CHECK (id < 100)")
        op.replace_foreign_key(
            "public.t",
            "t_owner_fkey",
            'FOREIGN KEY (owner) REFERENCES public."' + {NAME!r} + '"(id)',
            "ON DELETE CASCADE",
        )
        """,
        f"""
        op.restore_foreign_key("public.t", "t_owner_fkey")
        op.drop_added_constraint("public.t", "small")
        op.restore_constraint_name({OWNERS_ARGUMENT!r}, "owners_email_key")
        op.restore_constraint_name({OWNERS_ARGUMENT!r}, "Owners pkey")
        """,
    )
    project = small.project()
    project.execute(TABLES)
    return project


@pytest.mark.parametrize("atomic", [False, True])
def test_names_and_foreign_keys_change_and_change_back(project: Project, atomic: bool) -> None:
    before = constraints(project)

    project.up(atomic=atomic)
    assert constraints(project) == [
        "Owners pkey PRIMARY KEY (id)",
        'owners_email_key UNIQUE ("eMail")',
        "small CHECK ((id < 100))",
        f"t_owner_fkey FOREIGN KEY (owner) REFERENCES {OWNERS}(id) ON DELETE CASCADE",
    ]

    project.down(atomic=atomic)
    assert constraints(project) == before


def test_a_constraint_that_was_not_validated_comes_back_so(project: Project) -> None:
    project.execute(
        'ALTER TABLE t DROP CONSTRAINT "FK_1";'
        f'ALTER TABLE t ADD CONSTRAINT "FK_1" FOREIGN KEY (owner) REFERENCES {OWNERS} NOT VALID'
    )
    before = constraints(project)

    project.up()
    project.down()

    assert constraints(project) == before


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("ALTER TABLE t ADD CONSTRAINT small CHECK (id < 5)", "small"),
        ("ALTER TABLE t ADD CONSTRAINT t_owner_fkey CHECK (id < 5)", "t_owner_fkey"),
        (f'ALTER TABLE {OWNERS} ADD CONSTRAINT "Owners pkey" CHECK (id < 5)', "Owners pkey"),
        ("CREATE TABLE owners_email_key ()", "owners_email_key"),
        ('ALTER TABLE t DROP CONSTRAINT "FK_1"', "0 constraints FOREIGN KEY"),
        (f"ALTER TABLE t ADD FOREIGN KEY (owner) REFERENCES {OWNERS}", "2 constraints FOREIGN KEY"),
    ],
)
def test_what_is_missing_or_in_the_way_is_said_before_anything_changes(
    project: Project, statement: str, said: str
) -> None:
    project.execute(statement)
    before = constraints(project)

    with pytest.raises(PhaseRefused) as refused:
        project.up()

    assert said in "\n".join(refused.value.details)
    assert constraints(project) == before
    assert project.states == ("pending",)


def test_rows_that_violate_it_are_listed_before_the_phase_begins(project: Project) -> None:
    project.execute("INSERT INTO t VALUES (1, NULL), (200, NULL)")
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "Rows of public.t do not satisfy the constraint small. (1)" in refused.value.details
    assert "  id: 200" in refused.value.details
    assert project.states == ("pending",)


def test_rows_that_come_later_stop_the_phase_which_can_go_on_or_back(project: Project) -> None:
    before = constraints(project)

    def write(event: events.Event) -> None:
        if isinstance(event, events.StepStarted) and event.step == "constraint small":
            project.execute("INSERT INTO t VALUES (200, NULL)")

    with pytest.raises(PhaseFailed, match='"small"'):
        project.up(write)
    project.down()
    assert constraints(project) == before

    project.execute("DELETE FROM t WHERE id = 200")
    with pytest.raises(PhaseFailed, match='"small"'):
        project.up(write)
    project.execute("DELETE FROM t WHERE id = 200")
    project.up()
    assert "small CHECK ((id < 100))" in constraints(project)
