"""What has gnkmigrate's names is gnkmigrate's, or nothing is read and nothing runs."""

from collections.abc import Iterator

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.run import trust
from tests.migrations.project import Project
from tests.run.hostile import Hostile, hostile
from tests.small import Small

UP = 'op.step("fill", "UPDATE public.item SET n = n + 1", touches=("public.item",))'
DOWN = 'op.step("fill", "UPDATE public.item SET n = n - 1", touches=("public.item",))'
# How a superuser gives the role the rights to what it could not have made itself.
HANDED_OVER = {
    "schema": 'ALTER SCHEMA gnkmigrate OWNER TO "gnk Hostile"',
    "table": 'GRANT CREATE, USAGE ON SCHEMA gnkmigrate TO "gnk Hostile";'
    'ALTER TABLE gnkmigrate.memory OWNER TO "gnk Hostile";'
    'REVOKE CREATE ON SCHEMA gnkmigrate FROM "gnk Hostile"',
    "create": 'GRANT CREATE ON SCHEMA gnkmigrate TO "gnk Hostile"',
    "everybody": "GRANT CREATE ON SCHEMA gnkmigrate_staging TO PUBLIC",
    "archive": 'ALTER SCHEMA gnkmigrate_archive OWNER TO "gnk Hostile"',
    "write": 'GRANT UPDATE ON gnkmigrate.memory TO "gnk Hostile"',
    "function": "CREATE FUNCTION gnkmigrate.mine() RETURNS int LANGUAGE sql AS 'SELECT 1';"
    'ALTER FUNCTION gnkmigrate.mine() OWNER TO "gnk Hostile"',
    "legacy": 'CREATE SCHEMA old AUTHORIZATION "gnk Hostile";'
    "COMMENT ON SCHEMA old IS 'gnkmigrate: views of the old shape of public'",
}
CHANGED = {
    "trigger": "CREATE TRIGGER a BEFORE INSERT ON gnkmigrate.run"
    " FOR EACH ROW EXECUTE FUNCTION trap.spring()",
    "rule": "CREATE RULE a AS ON INSERT TO gnkmigrate.step DO ALSO SELECT trap.rise()",
    "row security": "ALTER TABLE gnkmigrate.run ENABLE ROW LEVEL SECURITY",
    "policy": "CREATE POLICY a ON gnkmigrate.overflow USING (trap.rise())",
    "default": "ALTER TABLE gnkmigrate.run ALTER rows SET DEFAULT trap.rise()::int",
    "column": "ALTER TABLE gnkmigrate.run ADD COLUMN more boolean",
    "no column": "ALTER TABLE gnkmigrate.overflow DROP COLUMN reason",
    "generated": "ALTER TABLE gnkmigrate.step DROP COLUMN checkpoint,"
    " ADD checkpoint jsonb GENERATED ALWAYS AS (NULL) STORED",
    "type": "ALTER TABLE gnkmigrate.memory ALTER key TYPE varchar",
    "check": "ALTER TABLE gnkmigrate.memory ADD CHECK (trap.rise())",
    "index": "CREATE FUNCTION trap.calm(text) RETURNS boolean IMMUTABLE LANGUAGE sql"
    " AS 'SELECT true'; CREATE INDEX ON gnkmigrate.memory (trap.calm(key))",
    "foreign key": "CREATE TABLE trap.hook (n bigint REFERENCES gnkmigrate.run)",
    "child": "CREATE TABLE trap.child () INHERITS (gnkmigrate.memory)",
    "view": "ALTER TABLE gnkmigrate.overflow RENAME TO elsewhere;"
    "CREATE VIEW gnkmigrate.overflow AS TABLE gnkmigrate.elsewhere",
    "unlogged": "ALTER TABLE gnkmigrate.memory SET UNLOGGED",
}


@pytest.fixture
def project(small: Small) -> Project:
    small.revision(1, UP, DOWN)
    project = small.project()
    project.execute("CREATE TABLE item (id int PRIMARY KEY, n int); INSERT INTO item VALUES (1, 1)")
    return project


@pytest.fixture
def enemy(small: Small) -> Iterator[Hostile]:
    with hostile(small.url) as role:
        yield role


def test_what_we_make_is_trusted(project: Project) -> None:
    project.up()
    with project.session() as session:
        for writing in (False, True):
            assert trust.look(session, writing=writing) == trust.Found(
                has_journal=True, owned_by_others=(), planted=()
            )


@pytest.mark.parametrize("how", HANDED_OVER)
def test_what_belongs_to_others_is_refused_until_it_is_trusted(
    project: Project, enemy: Hostile, how: str
) -> None:
    project.up()
    project.execute(HANDED_OVER[how])

    with pytest.raises(PhaseRefused, match="is not to be trusted by role") as refused:
        project.down()

    assert len(refused.value.details) == 1
    assert "gnk Hostile" in refused.value.details[0] or "everybody" in refused.value.details[0]
    assert project.value("SELECT n FROM item") == 2
    assert not enemy.has_risen


@pytest.mark.parametrize("how", CHANGED)
def test_what_is_planted_in_the_journal_is_never_trusted(
    small: Small, project: Project, enemy: Hostile, how: str
) -> None:
    project.up()
    project.execute(CHANGED[how])
    project = small.project(trust_triggers=True)

    for act in (lambda: project.states, project.down, lambda: project.down(dry_run=True)):
        with pytest.raises(PhaseRefused, match="is not to be trusted by role") as refused:
            act()
        assert refused.value.details
    assert project.value("SELECT n FROM item") == 2
    assert not enemy.has_risen


@pytest.mark.usefixtures("enemy")
def test_a_function_of_a_role_with_fewer_rights_is_used_where_the_user_says_so(
    small: Small, project: Project
) -> None:
    project.up()
    name = project.value("SELECT quote_ident(current_database())")
    project.execute(f'ALTER DATABASE {name} OWNER TO "gnk Hostile"')  # who is believed
    project.execute(HANDED_OVER["function"])
    with pytest.raises(PhaseRefused):
        project.down()
    small.project(trust_triggers=True).down()
    assert project.value("SELECT n FROM item") == 1


def test_the_owner_of_the_database_is_read_and_not_obeyed(project: Project, enemy: Hostile) -> None:
    name = project.value("SELECT quote_ident(current_database())")
    project.execute(
        f'ALTER DATABASE {name} OWNER TO "gnk Hostile"; ALTER TABLE item OWNER TO "gnk Hostile"'
    )
    enemy.of(project).up()

    assert project.states == ("done",)
    with pytest.raises(PhaseRefused, match="is not to be trusted") as refused:
        project.down()
    assert refused.value.hint.startswith("Connect as the owner that is named")
    enemy.of(project).down()
    assert project.states == ("pending",)


def test_a_role_that_is_no_superuser_trusts_its_groups_and_superusers_alone(
    project: Project, enemy: Hostile
) -> None:
    project.execute('ALTER TABLE item OWNER TO "gnk Hostile"')
    project.up()
    project.execute(
        'GRANT USAGE ON SCHEMA gnkmigrate TO "gnk Hostile";'
        'GRANT SELECT ON ALL TABLES IN SCHEMA gnkmigrate TO "gnk Hostile"'
    )
    assert enemy.of(project).states == ("done",)  # a superuser's
    project.execute("CREATE ROLE gnk_third; ALTER TABLE gnkmigrate.step OWNER TO gnk_third")
    try:
        with pytest.raises(PhaseRefused, match="is not to be trusted") as refused:
            _ = enemy.of(project).states
        assert refused.value.details == ("table gnkmigrate.step belongs to gnk_third",)
        project.execute('GRANT gnk_third TO "gnk Hostile"')
        assert enemy.of(project).states == ("done",)
    finally:
        project.execute("REASSIGN OWNED BY gnk_third TO CURRENT_USER; DROP ROLE gnk_third")
