"""op.merge_tables: a side table becomes columns of the table that its rows belong to."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.run import events
from gnkmigrate.run.kept import contract
from gnkmigrate.run.lasting_verifications import verify
from gnkmigrate.run.phase import read_steps
from tests.migrations.project import Project
from tests.small import Small

LONG = "größe " + "x" * 55  # 63 bytes
CLUB = f"""
CREATE SCHEMA "Club";
CREATE TABLE "Club"."Member" (
    club uuid, no serial, name text, touched int DEFAULT 0, PRIMARY KEY (club, no)
);
CREATE TABLE "Club".profile (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, club uuid NOT NULL, member int NOT NULL,
    "About Me" text DEFAULT 'nothing', "{LONG}" varchar(9) COLLATE "C",
    UNIQUE (club, member), CHECK ("{LONG}" <> 'bad'),
    FOREIGN KEY (club, member) REFERENCES "Club"."Member" ON UPDATE CASCADE
);
COMMENT ON COLUMN "Club".profile."About Me" IS 'in a few words';
CREATE TABLE "Club".fee (club uuid, member int, amount int, FOREIGN KEY (club, member)
    REFERENCES "Club"."Member" ON UPDATE CASCADE ON DELETE CASCADE);
CREATE FUNCTION "Club".touch() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN NEW.touched := OLD.touched + 1; RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON "Club"."Member" FOR EACH ROW EXECUTE FUNCTION "Club".touch();
INSERT INTO "Club"."Member" (club, name)
SELECT md5('club')::uuid, name FROM unnest(ARRAY['Ann', 'Ben', 'Cleo', 'Dora']) AS name;
INSERT INTO "Club".fee SELECT club, no, 10 FROM "Club"."Member";
INSERT INTO "Club".profile (club, member, "About Me", "{LONG}") VALUES
    (md5('club')::uuid, 1, 'tall', 'L'), (md5('club')::uuid, 2, NULL, NULL),
    (md5('club')::uuid, 3, NULL, 'S')
"""
MERGE = f"""
op.keep_shape("Club.profile")
op.merge_tables(
    "Club.profile", into="Club.Member", on={{"club": "club", "member": "no"}},
    columns={{"About Me": "about", "{LONG}": "{LONG}"}}, dropped=("id",),
)
"""
MEMBERS = f'SELECT no, name, about, "{LONG}" FROM "Club"."Member" ORDER BY no'
PROFILES = f'SELECT id, member, "About Me", "{LONG}" FROM profile ORDER BY member'
ROWS = [(1, 1, "tall", "L"), (2, 2, None, None), (3, 3, None, "S")]
ID = "md5('club')::uuid"


def club(small: Small, revision: str = MERGE) -> Project:
    small.reversible(1, revision)
    project = small.project(schemas=["public", "Club"], limits={"batch_rows": 1})
    project.execute(CLUB)
    return project


@contextmanager
def old_application(project: Project, role: str = "") -> Iterator[Connection]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "Club"]) as session:
        if role:
            session.execute(f"SET row_security = on; SET SESSION AUTHORIZATION {role}".encode())
        yield session


def old(project: Project, sql: str) -> list[tuple[Any, ...]]:
    with old_application(project) as session:
        cursor = session.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def test_up_and_down_and_up_again_and_contract(small: Small) -> None:
    project = club(small)
    project.execute('CREATE TABLE kept AS TABLE "Club".profile')
    before, facts = project.state, project.facts
    members = project.rows('SELECT * FROM "Club"."Member" ORDER BY no')
    project.up(dry_run=True)
    assert project.state == before
    project.up()
    assert project.rows(MEMBERS) == [
        (1, "Ann", "tall", "L"),
        (2, "Ben", None, None),
        (3, "Cleo", None, "S"),
        (4, "Dora", None, None),
    ]
    assert project.rows('SELECT DISTINCT touched FROM "Club"."Member"') == [(0,)]
    assert (
        project.value("""SELECT col_description('"Club"."Member"'::regclass, attnum)
        FROM pg_attribute WHERE attname = 'about'""")
        == "in a few words"
    )
    assert old(project, PROFILES) == ROWS
    assert project.rows("SELECT to_regclass('\"Club\".profile')") == [(None,)]
    with project.session() as session:
        assert all(each.passed for each in verify(session, project.phases, project.settings))
    project.down()
    assert project.rows('TABLE "Club".profile EXCEPT ALL TABLE kept') == []
    assert project.rows('TABLE kept EXCEPT ALL TABLE "Club".profile') == []
    assert project.rows('SELECT * FROM "Club"."Member" ORDER BY no') == members
    assert project.facts == facts
    assert project.state == before

    project.up(atomic=True)
    with project.session() as session:
        contract.contract(session, project.phases, project.settings)
        assert all(each.passed for each in verify(session, project.phases, project.settings))
    assert "gnkmigrate" not in project.dump
    assert project.value(f'SELECT "{LONG}" FROM "Club"."Member" WHERE no = 1') == "L"


def test_each_application_sees_what_the_other_writes(small: Small) -> None:
    project = club(small)
    project.up()
    upsert = (
        f"INSERT INTO profile (club, member, \"{LONG}\") VALUES ({ID}, {{}}, 'M')"
        f' ON CONFLICT (club, member) DO UPDATE SET "{LONG}" = excluded."{LONG}"'
        ' RETURNING id, "About Me"'
    )
    assert old(project, upsert.format(1)) == [(1, "tall")]
    assert old(project, upsert.format(4)) == [(5, "nothing")]
    old(project, "DELETE FROM profile WHERE member = 3")
    assert project.rows(MEMBERS) == [
        (1, "Ann", "tall", "M"),
        (2, "Ben", None, None),
        (3, "Cleo", None, None),
        (4, "Dora", "nothing", "M"),
    ]
    old(project, "UPDATE profile SET member = 3 WHERE member = 4")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        old(project, "UPDATE profile SET member = 9 WHERE member = 3")
    project.execute(f"""
        INSERT INTO "Club"."Member" (club, no, name, about) VALUES ({ID}, 10, 'Eve', 'new');
        INSERT INTO "Club"."Member" (club, no, name) VALUES ({ID}, 11, 'Fay');
        UPDATE "Club"."Member" SET about = 'short', no = 20 WHERE no = 1;
        UPDATE "Club"."Member" SET about = NULL, "{LONG}" = NULL WHERE no = 3;
        DELETE FROM "Club"."Member" WHERE no = 2
    """)
    with pytest.raises(psycopg.errors.CheckViolation):
        project.execute(f"""UPDATE "Club"."Member" SET "{LONG}" = 'bad' WHERE no = 11""")
    rows = [(5, 3, None, None), (6, 10, "new", None), (1, 20, "short", "M")]
    assert old(project, PROFILES) == rows
    with project.session() as session:
        assert all(each.passed for each in verify(session, project.phases, project.settings))
    members = 'SELECT no, name FROM "Club"."Member" ORDER BY no'
    names = project.rows(members)
    project.down()
    assert old(project, PROFILES) == rows
    assert project.rows(members) == names
    project.up()
    assert old(project, PROFILES) == rows
    project.execute('TRUNCATE "Club"."Member" CASCADE')
    assert old(project, PROFILES) == []


def test_a_key_that_goes_around_takes_its_rows_along(small: Small) -> None:
    project = club(small)

    def shift(event: events.Event) -> None:
        if isinstance(event, events.StepStarted | events.StepFinished):
            project.execute(
                'UPDATE "Club"."Member" SET no = no - 100; UPDATE "Club"."Member" SET no = no + 99'
            )

    project.up(shift)
    shifted = project.value('SELECT 1 - min(no) FROM "Club"."Member"')
    assert [(row[0] + shifted, *row[2:]) for row in project.rows(MEMBERS)] == [
        (1, "tall", "L"), (2, None, None), (3, None, "S"), (4, None, None)
    ]  # fmt: skip
    shift(events.StepStarted("", "", 1))
    assert old(project, "SELECT max(member) FROM profile") == [(3 - shifted - 1,)]
    project.down(shift)
    assert [(row[0], *row[2:]) for row in old(project, PROFILES)] == [
        (1, "tall", "L"), (2, None, None), (3, None, "S")
    ]  # fmt: skip


PEOPLE = """
CREATE TABLE person (id bigserial PRIMARY KEY, name text);
CREATE TABLE profile (person_id bigint PRIMARY KEY REFERENCES person, bio text NOT NULL, age int);
INSERT INTO person (name) VALUES ('Ann'), ('Ben'), ('Cleo');
INSERT INTO profile VALUES (1, 'tall', 30), (2, 'small', NULL)
"""
MERGE_PEOPLE = """
op.keep_shape("public.profile")
op.merge_tables("public.profile", into="public.person", on={"person_id": "id"},
                columns={"bio": "bio", "age": "age"})
"""
OLD_PEOPLE = "SELECT person_id, bio, age FROM profile ORDER BY 1"


def people(small: Small) -> Project:
    small.reversible(1, MERGE_PEOPLE)
    project = small.project(limits={"batch_rows": 1})
    project.execute(PEOPLE)
    return project


def legacy(project: Project, sql: str) -> list[tuple[Any, ...]]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        cursor = session.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def test_what_the_side_table_needs_the_new_application_writes(small: Small) -> None:
    project = people(small)
    project.up()
    with pytest.raises(psycopg.errors.NotNullViolation, match='"bio" of relation "profile"'):
        project.execute("UPDATE person SET age = 5 WHERE id = 3")
    project.execute("UPDATE person SET age = NULL, bio = NULL WHERE id = 2")
    project.execute("DELETE FROM person WHERE id = 1")  # NO ACTION, for who sees two tables
    assert legacy(project, OLD_PEOPLE) == []
    project.execute("UPDATE person SET age = 5, bio = 'new' WHERE id = 3")
    project.down()
    assert project.rows(OLD_PEOPLE) == [(3, "new", 5)]


def test_clients_write_at_every_step_and_runs_are_cut_off(small: Small) -> None:
    project = people(small)
    made: list[int] = []

    class Killed(BaseException):
        """As a process that is killed."""

    def write(event: events.Event) -> None:
        if isinstance(event, events.StepStarted | events.StepFinished | events.StepProgress):
            n = len(made) + 10
            made.append(n)
            legacy(
                project,
                f"INSERT INTO person (id, name) VALUES ({n}, 'm');"
                f"INSERT INTO profile VALUES ({n}, 'bio {n}', {n});"
                f"UPDATE profile SET bio = 'again', age = -age WHERE person_id = {n - 1};"
                f"DELETE FROM profile WHERE person_id = {n - 2}",
            )

    def killed(after: str) -> Any:
        def observe(event: events.Event) -> None:
            write(event)
            if isinstance(event, events.StepFinished) and event.step == after:
                raise Killed

        return observe

    def expected() -> list[tuple[object, ...]]:
        last = made[-1]
        return [
            (1, "tall", 30),
            (2, "small", None),
            (last - 1, "again", 1 - last),
            (last, f"bio {last}", last),
        ]

    follows, fills = (
        "public.person follows public.profile",
        "values of public.profile in public.person",
    )
    with pytest.raises(Killed):
        project.up(killed(fills))
    with pytest.raises(Killed):
        project.down(killed(follows))
    with pytest.raises(Killed):
        project.up(killed(follows))
    project.up(write)
    assert legacy(project, OLD_PEOPLE) == expected()
    new = "SELECT id, bio, age FROM person WHERE bio IS NOT NULL ORDER BY id"
    assert project.rows(new) == expected()
    with pytest.raises(Killed):
        project.down(killed("public.profile in public.person"))
    project.down(write)
    assert project.rows(OLD_PEOPLE) == expected()


def test_a_row_that_is_written_while_it_is_filled(small: Small) -> None:
    """What is filled is what the other transaction leaves, though it says what was there before."""
    project = people(small)
    project.execute("ALTER TABLE profile ALTER bio DROP NOT NULL")
    waited = []
    with project.session() as client:

        def work_on(event: events.Event) -> None:
            if isinstance(event, events.StepStarted) and event.step.startswith("values of"):
                client.execute("BEGIN; UPDATE profile SET bio = NULL, age = NULL")
            if isinstance(event, events.LockAwaited):
                waited.append(event)
                client.execute("COMMIT")

        project.up(work_on)
    assert waited
    assert project.rows("SELECT bio, age FROM person") == 3 * [(None, None)]
    assert legacy(project, OLD_PEOPLE) == [(1, None, None), (2, None, None)]


@pytest.mark.parametrize(
    "change",
    [
        'op.rename_columns("public.person", {"bio": "about"})',
        'op.widen_key("public.person")',
        'op.drop_columns("public.person", ("age",))',
        'op.rename_table("public.person", "people")',
    ],
)
def test_what_triggers_name_stays_until_contract(small: Small, change: str) -> None:
    small.reversible(2, change)
    small.reversible(1, MERGE_PEOPLE)
    project = small.project()
    project.execute(PEOPLE.replace("big", ""))
    with pytest.raises(PhaseRefused, match="Phase phase2 cannot upgrade"):
        project.up()
    with project.session() as session:
        contract.contract(session, project.phases[:1], project.settings)
    project.up()
    assert project.states == ("done", "done")


def test_a_cutover_that_is_deferred_is_given_up_and_begun_anew(small: Small) -> None:
    project = people(small)
    before = project.dump
    project.up(defer_cutover=True)
    project.execute("UPDATE profile SET bio = 'x' WHERE person_id = 2")
    project.down()
    assert project.dump == before
    project.up()
    assert project.value("SELECT bio FROM person WHERE id = 2") == "x"


@pytest.fixture
def role(small: Small) -> Iterator[str]:
    name = f"gnk_{uuid.uuid4().hex}"
    with connect(small.url) as session:
        session.execute(f"CREATE ROLE {name}; CREATE ROLE {name}_2".encode())
        yield name
        session.execute(f"DROP OWNED BY {name}, {name}_2; DROP ROLE {name}, {name}_2".encode())


def test_roles_may_do_what_they_could(small: Small, role: str) -> None:
    project = club(small)
    project.execute(f"""
        GRANT USAGE ON SCHEMA "Club" TO PUBLIC;
        GRANT SELECT (club, no, name) ON "Club"."Member" TO {role}, {role}_2;
        GRANT SELECT, UPDATE, INSERT ON "Club".profile TO {role};
        GRANT SELECT ON "Club".profile TO {role}_2;
        ALTER TABLE "Club"."Member" ENABLE ROW LEVEL SECURITY;
        ALTER TABLE "Club".profile ENABLE ROW LEVEL SECURITY;
        CREATE POLICY few ON "Club"."Member" USING (no < 3);
        CREATE POLICY few ON "Club".profile USING (member < 3)
    """)
    with project.session() as session:
        if session.info.server_version < 150000:
            pytest.skip("a view of before 15 has the rights of its owner")

    def answers() -> list[Any]:
        found: list[Any] = []
        for who in (role, f"{role}_2"):
            for statement in (
                PROFILES,
                "UPDATE profile SET \"About Me\" = 'x' RETURNING member",
                f"INSERT INTO profile (club, member) VALUES ({ID}, 4)",
                "DELETE FROM profile",
                'SELECT name FROM "Member" ORDER BY 1',
            ):
                with old_application(project, who) as session:
                    try:
                        with session.transaction(force_rollback=True):
                            found.append(session.execute(statement.encode()).fetchall())
                    except psycopg.Error as error:
                        found.append(error.sqlstate)
        return found

    before = answers()
    project.up()
    assert answers() == before
    assert project.rows(f"""
        SELECT has_column_privilege('{role}', attrelid, attname, 'SELECT, UPDATE'),
               has_column_privilege('{role}_2', attrelid, attname, 'SELECT'),
               has_column_privilege('{role}_2', attrelid, attname, 'UPDATE')
        FROM pg_attribute WHERE attrelid = '"Club"."Member"'::regclass AND attname = 'about'
    """) == [(True, True, False)]
    project.down()
    assert answers() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("ALTER TABLE profile ADD extra text", "extra goes nowhere, and is not dropped"),
        ("ALTER TABLE person ADD bio text", "public.person has a column bio"),
        ("ALTER TABLE profile DROP CONSTRAINT profile_person_id_fkey", "No foreign key says"),
        (
            "ALTER TABLE profile ALTER CONSTRAINT profile_person_id_fkey DEFERRABLE",
            "No foreign key says",
        ),
        ("CREATE VIEW v AS TABLE profile", "view public.v"),
        ("CREATE TABLE u (p bigint REFERENCES profile)", "on table public.u"),
        ("ALTER TABLE profile ENABLE ROW LEVEL SECURITY", "Row security is on for public.profile"),
        ("GRANT SELECT ON person TO {role}", 'GRANT SELECT ON "public"."profile" TO {role};'),
        ("GRANT SELECT ON profile TO {role}", 'GRANT SELECT (id) ON "public"."person" TO {role};'),
        ("ALTER TABLE profile OWNER TO {role}", 'OWNER TO "postgres"'),
        (
            "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM profile'",
            "function public.f()",
        ),
    ],
)
def test_what_speaks_against_it_is_said_before(
    small: Small, role: str, change: str, message: str
) -> None:
    project = people(small)
    project.execute(change.format(role=role))
    before = project.dump
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    assert message.format(role=role) in "\n".join(refused.value.details)
    assert project.dump == before
    project.execute("DROP TABLE profile CASCADE")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("on={'a': 'id'}, columns={}", "no column goes to the table"),
        ("on={'a': 'id'}, columns={'a': 'b'}", "a is named twice"),
        ("on={'a': 'id'}, columns={'b': 'x', 'c': 'x'}", "x would be given two columns"),
        ("on={}, columns={'b': 'x'}", "no column says to which row one of the side table belongs"),
    ],
)
def test_contradictions_are_refused_when_the_revision_is_read(
    small: Small, arguments: str, said: str
) -> None:
    small.reversible(1, f"op.merge_tables('public.s', into='public.t', {arguments})")
    with pytest.raises(RevisionError, match="contradicts itself") as refused:
        read_steps(small.phases)
    assert said in "\n".join(refused.value.details)


def test_views_on_the_view_of_the_old_shape_are_named_before_anything_is_done(small: Small) -> None:
    project = people(small)
    project.up()
    project.execute("""
        CREATE VIEW bios AS SELECT bio FROM gnkmigrate_legacy.profile;
        CREATE FUNCTION aged(gnkmigrate_legacy.profile) RETURNS int LANGUAGE sql RETURN $1.age
    """)
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    assert refused.value.details[1:3] == (
        "  function public.aged(gnkmigrate_legacy.profile)",
        "  view public.bios",
    )
    with project.session() as session, pytest.raises(PhaseRefused) as refused:
        contract.contract(session, project.phases, project.settings)
    assert refused.value.details == (
        "function public.aged(gnkmigrate_legacy.profile) uses view gnkmigrate_legacy.profile",
        "view public.bios uses view gnkmigrate_legacy.profile",
    )
