"""What a role with LOGIN, CREATE and tables of its own plants, and never gains a right by."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.run import events
from gnkmigrate.run.batches import progress
from gnkmigrate.run.foreign_code import foreign_code
from gnkmigrate.run.lasting_verifications import verify
from tests.migrations.project import Project
from tests.run.hostile import Hostile, hostile
from tests.small import Small

UP = """
op.step("fill", "UPDATE public.item SET n = n + 1; UPDATE public.item SET note = n",
        touches=("public.item",))
op.step("change", "ALTER TABLE public.item ADD COLUMN more int", touches=("public.item",))
"""
DOWN = """
op.step("change", "ALTER TABLE public.item DROP COLUMN more", touches=("public.item",))
op.step("fill", "UPDATE public.item SET n = n - 1", touches=("public.item",))
"""
TABLE = """
CREATE DOMAIN trap.kept AS text; ALTER DOMAIN trap.kept OWNER TO "gnk Hostile";
CREATE TABLE item (id int PRIMARY KEY, n int, note trap.kept);
INSERT INTO item VALUES (1, 1);
ALTER TABLE item OWNER TO "gnk Hostile";
"""
IMMUTABLE = """
CREATE FUNCTION trap.calm(anyelement) RETURNS boolean IMMUTABLE LANGUAGE plpgsql
AS 'BEGIN RETURN trap.rise(); END';
"""
OPERATOR = """
CREATE FUNCTION trap.alike(int, int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql
AS 'BEGIN RETURN trap.rise(); END';
CREATE OPERATOR trap.=== (FUNCTION = trap.alike, LEFTARG = int, RIGHTARG = int);
"""
# What hangs on a table of the role's own, by how the refusal calls it.
ON_THE_TABLE = {
    "trigger a on table public.item": "CREATE TRIGGER a BEFORE UPDATE ON item FOR EACH ROW"
    " EXECUTE FUNCTION trap.spring()",
    "trigger b on table public.item": "CREATE TRIGGER b AFTER UPDATE ON item"
    " EXECUTE FUNCTION trap.spring()",
    "trigger c on table public.item": "CREATE CONSTRAINT TRIGGER c AFTER UPDATE ON item"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trap.spring()",
    "constraint d on table public.item": "ALTER TABLE item ADD CONSTRAINT d CHECK (trap.rise())",
    "constraint e on table public.item": OPERATOR
    + "ALTER TABLE item ADD CONSTRAINT e CHECK (n OPERATOR(trap.===) n)",
    "constraint f": "ALTER DOMAIN trap.kept ADD CONSTRAINT f CHECK (trap.rise())",
    "rule g on table public.item": "CREATE RULE g AS ON UPDATE TO item DO ALSO SELECT trap.rise()",
    "index public.item_calm_idx": IMMUTABLE + "CREATE INDEX ON item (trap.calm(n))",
    "column h of table public.item": IMMUTABLE
    + "ALTER TABLE item ADD h boolean GENERATED ALWAYS AS (trap.calm(n)) STORED",
    "policy i on table public.item": "CREATE POLICY i ON item USING (trap.rise());"
    "ALTER TABLE item ENABLE ROW LEVEL SECURITY",
    "column n of table public.item": "ALTER TABLE item ALTER n SET DEFAULT trap.rise()::int",
    "trigger j on table public.inherited": "CREATE TABLE inherited () INHERITS (item);"
    "INSERT INTO inherited VALUES (2, 2);"
    "CREATE TRIGGER j BEFORE UPDATE ON inherited FOR EACH ROW EXECUTE FUNCTION trap.spring()",
    "cast from trap.box to text": "CREATE TYPE trap.box AS (v text);"
    "CREATE FUNCTION trap.unboxed(trap.box) RETURNS text LANGUAGE plpgsql"
    " AS 'BEGIN PERFORM trap.rise(); RETURN $1.v; END';"
    "CREATE CAST (trap.box AS text) WITH FUNCTION trap.unboxed(trap.box) AS IMPLICIT;"
    "ALTER TABLE item ADD l trap.box",
    "statistics object public.k": IMMUTABLE + "CREATE STATISTICS k ON (trap.calm(n)) FROM item",
    "constraint m on table public.item": "ALTER TABLE item ADD CONSTRAINT m CHECK"
    " (query_to_xml('SELECT trap.rise()', false, false, '') IS NOT NULL)",
    "column note of table public.item": "ALTER TABLE item ALTER note SET DEFAULT"
    " ts_rewrite('a', 'SELECT ''a''::tsquery, ''b''::tsquery WHERE trap.rise()')::text",
    "trigger o on table public.item": "CREATE VIEW trap.view AS SELECT trap.rise();"
    "CREATE TRIGGER o BEFORE UPDATE ON item FOR EACH ROW"
    " WHEN (table_to_xml('trap.view', false, false, '') IS NOT NULL)"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "constraint p on table public.item": "ALTER TABLE item ADD CONSTRAINT p CHECK"
    " (set_config('a.b', coalesce(note, ''), false) IS NOT NULL)",
}
# Made before gnkmigrate is first used here.
BEFOREHAND = {
    "an empty schema": "CREATE SCHEMA gnkmigrate",
    "a schema that everybody may use": "CREATE SCHEMA gnkmigrate;"
    "GRANT ALL ON SCHEMA gnkmigrate TO PUBLIC",
    "the staging schema": "CREATE SCHEMA gnkmigrate_staging",
    "the archive": "CREATE SCHEMA gnkmigrate_archive",
    "a schema that passes for the old shape's": "CREATE SCHEMA old;"
    "COMMENT ON SCHEMA old IS 'gnkmigrate: views of the old shape of public'",
    "a table of another shape": "CREATE SCHEMA gnkmigrate;"
    "CREATE TABLE gnkmigrate.run (number bigint DEFAULT trap.rise()::int)",
    "a view": "CREATE SCHEMA gnkmigrate; CREATE VIEW gnkmigrate.run AS SELECT 1 AS number,"
    " trap.rise() AS phase",
    "a function": "CREATE SCHEMA gnkmigrate; CREATE FUNCTION gnkmigrate.kept(anyelement)"
    " RETURNS anyelement LANGUAGE plpgsql AS 'BEGIN PERFORM trap.rise(); RETURN $1; END'",
}


@pytest.fixture
def enemy(small: Small) -> Iterator[Hostile]:
    with hostile(small.url) as role:
        yield role


@pytest.fixture
def project(small: Small, enemy: Hostile) -> Project:
    del enemy
    small.revision(1, UP, DOWN)
    project = small.project()
    project.execute(f'GRANT CREATE ON SCHEMA public TO "gnk Hostile"; {TABLE}')
    return project


def refused(project: Project) -> list[str]:
    """Every way to the database is refused; what the upgrade says."""
    with pytest.raises(PhaseRefused):
        project.up(dry_run=True)
    with pytest.raises(PhaseRefused) as found:
        project.up()
    return list(found.value.details)


@pytest.mark.parametrize("planted", BEFOREHAND)
def test_what_was_there_before_us_runs_nothing(
    project: Project, enemy: Hostile, planted: str
) -> None:
    enemy.plants(BEFOREHAND[planted])
    before = project.state

    assert "belongs to" in refused(project)[0]

    assert not enemy.has_risen
    assert project.state == before


def test_a_whole_journal_with_triggers_runs_nothing(
    small: Small, project: Project, enemy: Hostile
) -> None:
    """Seen: OS commands in a dry run, and a superuser made by a real upgrade."""
    enemy.of(project).up()
    enemy.of(project).down()
    tables = ("run", "step", "memory", "alembic_version")
    enemy.plants(
        "".join(
            f"CREATE TRIGGER a BEFORE INSERT OR UPDATE OR DELETE ON gnkmigrate.{table}"
            " FOR EACH ROW EXECUTE FUNCTION trap.spring();"
            for table in tables
        )
    )
    for trust in (False, True):
        said = refused(small.project(trust_triggers=trust))
        assert all(f"trigger a on table gnkmigrate.{table}" in said for table in tables)
    with pytest.raises(PhaseRefused):
        _ = project.states
    assert not enemy.has_risen


def test_what_a_strange_journal_remembers_is_not_run(
    small: Small, project: Project, enemy: Hostile
) -> None:
    """The way back runs what the journal remembers, and its owner may write there what he likes."""
    conversion = 'op.convert_columns("public.item", "id", (Conversion("n", "text"),))'
    small.revision(1, conversion, irreversible="-")
    project = small.project()
    enemy.of(project).up()
    enemy.plants("UPDATE gnkmigrate.memory SET value = '\"; SELECT trap.rise(); --\"'")
    name = project.value("SELECT quote_ident(current_database())")
    project.execute(f'ALTER DATABASE {name} OWNER TO "gnk Hostile"')

    with pytest.raises(PhaseRefused, match="not to be trusted"):
        project.down()
    assert not enemy.has_risen


@pytest.mark.parametrize("called", ON_THE_TABLE)
def test_code_on_a_table_waits_for_trust(
    small: Small, project: Project, enemy: Hostile, called: str
) -> None:
    enemy.plants(ON_THE_TABLE[called])
    before = project.state

    said = refused(project)

    # Of a generated column it is the default, or before PostgreSQL 15 the column itself.
    assert any(line.removeprefix("default value for ").startswith(called) for line in said), said
    assert all('of "gnk Hostile"' in line for line in said)
    assert not enemy.has_risen
    assert project.state == before
    # For the role itself it is nothing to speak of.
    enemy.of(small.project()).up(dry_run=True)
    assert not enemy.has_risen


FILLED = """
op.convert_columns("public.item", "id", (op.cast("n", "bigint"),))
"""
# What of it can be planted while the table has rows, and is written.
MEANWHILE = {
    name: sql
    for name, sql in ON_THE_TABLE.items()
    if "inherited" not in sql and "cast" not in name and "column note" not in name
} | {
    "settings": """
        CREATE FUNCTION trap.sets() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM set_config('search_path', 'trap, pg_catalog', false); RETURN NEW; END $$;
        CREATE FUNCTION trap.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql
            AS 'BEGIN PERFORM trap.rise(); RETURN now(); END';
        CREATE TRIGGER a BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION trap.sets();
        ALTER TABLE item ENABLE ALWAYS TRIGGER a""",
    "prepared statements": """
        CREATE FUNCTION trap.prepares() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE it record;
        BEGIN
            FOR it IN SELECT * FROM pg_prepared_statements LOOP
                EXECUTE format('DEALLOCATE %I', it.name);
                EXECUTE format('PREPARE %I %s AS SELECT trap.rise()', it.name, (
                    SELECT '(' || string_agg(t::text, ',') || ')'
                    FROM unnest(it.parameter_types) AS t));
            END LOOP;
            RETURN NEW;
        END $$;
        CREATE TRIGGER a BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION trap.prepares();
        ALTER TABLE item ENABLE ALWAYS TRIGGER a""",
    "a deferred trigger": """
        CREATE CONSTRAINT TRIGGER a AFTER UPDATE ON item DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION trap.spring();
        ALTER TABLE item ENABLE ALWAYS TRIGGER a""",
}


@pytest.mark.parametrize("moment", [events.StepStarted, events.StepProgress])
@pytest.mark.parametrize("planted", MEANWHILE)
def test_what_is_planted_while_rows_are_filled_stops_it(
    small: Small,
    enemy: Hostile,
    planted: str,
    moment: type[events.StepStarted] | type[events.StepProgress],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "_TELL_EVERY_S", 0)  # after the first batch
    small.reversible(1, FILLED)
    project = small.project(limits={"batch_rows": 1})
    project.execute(
        f'GRANT CREATE ON SCHEMA public TO "gnk Hostile"; {TABLE}'
        "INSERT INTO item SELECT n, n FROM generate_series(2, 40) AS n"
    )
    done: list[str] = []

    def plant(event: events.Event) -> None:
        if isinstance(event, moment) and "rows" in event.step and not done:
            done.append(event.step)
            enemy.plants("SET search_path = public; " + MEANWHILE[planted])

    with pytest.raises(PhaseFailed, match=r"[Oo]thers have put code|changed what writing to"):
        project.up(plant)
    assert done
    assert not enemy.has_risen
    with pytest.raises(PhaseRefused):
        project.up()
    assert not enemy.has_risen


@pytest.mark.parametrize(
    "planted",
    [ON_THE_TABLE["index public.item_calm_idx"], ON_THE_TABLE["statistics object public.k"]],
)
def test_verifying_asks_as_well(small: Small, enemy: Hostile, planted: str) -> None:
    claim = 'op.verify("all have one", "SELECT id FROM public.item WHERE n IS NULL")'
    small.reversible(1, 'op.step("more", "SELECT 1", back="SELECT 1")\n' + claim)
    project = small.project()
    project.execute(f'GRANT CREATE ON SCHEMA public TO "gnk Hostile"; {TABLE}')
    project.up()
    enemy.plants("SET search_path = public; " + planted)
    with project.session() as session, pytest.raises(PhaseRefused, match="nothing was changed"):
        verify(session, project.phases, project.settings)
    assert not enemy.has_risen


def test_sql_that_does_not_say_what_it_touches_is_asked_about_as_well(
    small: Small, project: Project, enemy: Hostile
) -> None:
    enemy.plants(ON_THE_TABLE["trigger a on table public.item"])
    for number, text in enumerate(
        ("UPDATE public.item SET n = 2", "DO 'BEGIN UPDATE public.' || 'item SET n = 3; END'"), 2
    ):
        small.reversible(number, f'op.step("notes", """{text}""", back="SELECT 1")')
        assert refused(replace(project, phases=small.phases[number - 1 :])) != []
    assert not enemy.has_risen


def test_a_function_that_is_not_for_everybody_waits_for_trust(
    project: Project, enemy: Hostile
) -> None:
    reads = "pg_read_file('PG_VERSION') IS NOT NULL"
    enemy.plants(f"ALTER TABLE item ADD CONSTRAINT a CHECK ({reads}) NOT VALID")
    (said,) = refused(project)
    assert said.startswith("constraint a on table public.item: function pg_read_file(text) with")


def test_who_may_make_triggers_is_asked_about_as_the_owner_is(
    project: Project, enemy: Hostile
) -> None:
    project.execute("ALTER TABLE item OWNER TO CURRENT_USER")
    project.execute('GRANT TRIGGER ON item TO "gnk Hostile"')
    enemy.plants(ON_THE_TABLE["trigger o on table public.item"])
    (said,) = refused(project)
    assert said.endswith('(regclass,boolean,boolean,text) with an argument of "gnk Hostile"')
    assert not enemy.has_risen


def test_code_that_was_read_and_trusted_runs(small: Small, project: Project) -> None:
    project.execute(
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN NEW.note = current_user; RETURN NEW; END';"
        'ALTER FUNCTION note() OWNER TO "gnk Hostile";'
        "CREATE TRIGGER note BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION note()"
    )
    assert refused(project) == [
        'trigger note on table public.item: function public.note() of "gnk Hostile"'
    ]
    small.project(trust_triggers=True).up()
    assert project.rows("SELECT n, note FROM item") == [
        (2, project.value("SELECT current_user::text"))
    ]


def test_a_member_of_several_owners_runs_nobody_s_code_unseen(
    project: Project, enemy: Hostile
) -> None:
    """Each of them has fewer rights than who acts for all; of a single one nobody is afraid."""
    enemy.plants(
        "CREATE TRIGGER a BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION trap.spring()"
    )
    project.execute('CREATE ROLE migrates; GRANT "gnk Hostile" TO migrates; CREATE ROLE another')
    project.execute("GRANT pg_monitor TO migrates")  # as `grants` does
    try:
        with project.session() as session:
            session.execute("SET ROLE migrates")
            assert foreign_code(session, ['"public"."item"']) == ()
            session.execute("RESET ROLE; GRANT another TO migrates; SET ROLE migrates")
            assert foreign_code(session, ['"public"."item"']) == (
                'trigger a on table item: function trap.spring() of "gnk Hostile"',
            )
            session.execute('RESET ROLE; GRANT another TO "gnk Hostile"; SET ROLE migrates')
            assert foreign_code(session, ['"public"."item"']) == ()
    finally:
        project.execute("DROP ROLE migrates, another")


def test_an_event_trigger_waits_for_trust(project: Project, enemy: Hostile) -> None:
    enemy.plants(
        "CREATE FUNCTION trap.event() RETURNS event_trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM trap.rise(); END'"
    )
    project.execute("CREATE EVENT TRIGGER z ON ddl_command_start EXECUTE FUNCTION trap.event();")
    try:
        assert refused(project) == ['event trigger z: function trap.event() of "gnk Hostile"']
        assert not enemy.has_risen
        project.execute("ALTER EVENT TRIGGER z DISABLE")
        project.up(dry_run=True)
    finally:
        project.execute("ALTER EVENT TRIGGER z DISABLE; DROP EVENT TRIGGER z")


def test_a_function_that_runs_as_its_owner_gains_nothing(project: Project, enemy: Hostile) -> None:
    enemy.plants(
        "CREATE FUNCTION trap.mine() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM trap.rise(); RETURN NEW; END';"
        "CREATE TRIGGER a BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION trap.mine()"
    )
    project.up()
    assert project.states == ("done",)
    assert not enemy.has_risen


def test_who_plants_after_the_question_has_no_journal_to_plant_in(
    project: Project, enemy: Hostile
) -> None:
    project.up()
    for text in (
        "CREATE TABLE gnkmigrate.more ()",
        "CREATE FUNCTION gnkmigrate.more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SELECT FROM gnkmigrate.overflow",
    ):
        with pytest.raises(Exception, match="permission denied"):
            enemy.plants(text)


PLANTED = """
    CREATE FUNCTION public.format(text, text) RETURNS text LANGUAGE plpgsql AS
        'BEGIN PERFORM trap.rise(); RETURN pg_catalog.format($1, $2); END';
    CREATE FUNCTION public.format(text, text, text) RETURNS text LANGUAGE plpgsql AS
        'BEGIN PERFORM trap.rise(); RETURN pg_catalog.format($1, $2, $3); END';
    CREATE FUNCTION public.format(text, text, text, text) RETURNS text LANGUAGE plpgsql AS
        'BEGIN PERFORM trap.rise(); RETURN pg_catalog.format($1, $2, $3, $4); END';
    CREATE FUNCTION public.quote_ident(name) RETURNS text LANGUAGE plpgsql AS
        'BEGIN PERFORM trap.rise(); RETURN pg_catalog.quote_ident($1); END';
    CREATE FUNCTION public.equal(name, text) RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN PERFORM trap.rise(); RETURN $1::text OPERATOR(pg_catalog.=) $2; END';
    CREATE OPERATOR public.= (FUNCTION = public.equal, LEFTARG = name, RIGHTARG = text);
    CREATE FUNCTION public.equal(varchar, varchar) RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN PERFORM trap.rise(); RETURN $1::text OPERATOR(pg_catalog.=) $2; END';
    CREATE OPERATOR public.= (FUNCTION = public.equal, LEFTARG = varchar, RIGHTARG = varchar);
"""
# The same, which says that it was called.
TELLING = PLANTED.replace("PERFORM trap.rise()", "RAISE EXCEPTION ''planted''")


@pytest.mark.parametrize(
    "up",
    [
        'op.add_columns("public.item", (op.new("z", "int"),))',
        'op.keep_shape("public.item")\nop.rename_columns("public.item", {"n": "number"})',
        'op.convert_columns("public.item", conversions=(op.cast("n", "text"),))',
    ],
)
def test_what_fits_better_than_postgresql_s_own_is_not_called(
    small: Small, project: Project, enemy: Hostile, up: str
) -> None:
    """Of several functions PostgreSQL calls the one that takes just these types, wherever it is."""
    del project
    small.reversible(1, up)
    enemy.plants(PLANTED)
    found = refused(small.project())
    assert any(line.startswith("function public.format(text,text,text) of") for line in found)
    # Even where somebody says that they may, our own SQL does not call them.
    trusting = small.project(trust_triggers=True)
    trusting.up()
    trusting.down()
    assert not enemy.has_risen


# What is meant by a name in a revision's own SQL, once it is planted, and how the refusal calls it.
SAME = """
CREATE FUNCTION trap.same(varchar, text) RETURNS boolean LANGUAGE sql AS 'SELECT trap.rise()';
CREATE OPERATOR public.= (FUNCTION = trap.same, LEFTARG = varchar, RIGHTARG = text)
"""
NORM = """
CREATE FUNCTION public.norm(varchar) RETURNS text LANGUAGE sql AS 'SELECT trap.rise()::text'
"""
SHADOWS = {
    "operator public.=(character varying,text): function trap.same(character varying,text)": SAME,
    "function public.norm(character varying) of": NORM,
    "type public.mood of": "CREATE DOMAIN public.mood AS text CHECK (trap.rise())",
    "view public.item of": "CREATE VIEW public.item AS SELECT trap.rise()",
    "table public.item of": "CREATE TABLE public.item (id int)",
    'table public.item of "gnk': "CREATE TABLE public.item (id int) PARTITION BY RANGE (id)",
    "materialized view public.item of": "CREATE MATERIALIZED VIEW public.item AS SELECT 1 AS id",
    "sequence public.numbers of": "CREATE SEQUENCE public.numbers",
    "type public.kind of": "CREATE TYPE public.kind AS ENUM ('a')",
    "type public.numbering of": "CREATE TABLE public.numbering (id int)",
    'function public.uuid(text) of "gnk Hostile", which may be taken for a cast to type uuid': (
        "CREATE FUNCTION public.uuid(text) RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'"
    ),
    "function public.kind(text,integer) of": (
        "CREATE FUNCTION public.kind(text, int DEFAULT 1) RETURNS text LANGUAGE sql AS 'SELECT $1'"
    ),
    "function public.note(second.item) of": (
        "CREATE FUNCTION public.note(second.item) RETURNS text LANGUAGE sql AS 'SELECT NULL'"
    ),
    "function other.norm(character varying) of": NORM.replace("public", "other"),
    'function public.norm(character varying) of "gnk': (
        "CREATE AGGREGATE public.norm(varchar) (SFUNC = text_larger, STYPE = text)"
    ),
    "function public.tidy(character varying) of": (
        "CREATE PROCEDURE public.tidy(varchar) LANGUAGE sql AS 'SELECT trap.rise()'"
    ),
}


@pytest.mark.parametrize("called", SHADOWS)
def test_what_may_be_taken_for_another_waits_for_trust(
    small: Small, enemy: Hostile, called: str
) -> None:
    small.revision(1, UP.replace("public", "second"), DOWN.replace("public", "second"))
    project = small.project(schemas=["public", "second"])
    project.execute(
        'GRANT CREATE ON SCHEMA public TO "gnk Hostile"; CREATE SCHEMA second; CREATE SCHEMA other;'
        'GRANT ALL ON SCHEMA second, other TO "gnk Hostile";'
        "CREATE TABLE second.item (id int PRIMARY KEY, n int, note text);"
        "CREATE FUNCTION second.norm(text) RETURNS text LANGUAGE sql AS 'SELECT $1';"
        "CREATE FUNCTION other.norm(text) RETURNS text LANGUAGE sql AS 'SELECT $1';"
        "CREATE PROCEDURE second.tidy(text) LANGUAGE sql AS 'SELECT 1';"
        "CREATE DOMAIN second.mood AS text; CREATE TYPE second.kind AS ENUM ('a');"
        "CREATE SEQUENCE second.numbers; CREATE TYPE second.numbering AS (a int)"
    )
    enemy.plants(SHADOWS[called])
    said = refused(project)
    assert any(line.startswith(called) for line in said), said
    assert not enemy.has_risen


def test_names_in_public_are_not_looked_up(small: Small, project: Project, enemy: Hostile) -> None:
    """The journal's own statements find PostgreSQL's functions, whatever is planted beside."""
    enemy.plants(
        "CREATE FUNCTION public.coalesce_(text) RETURNS text LANGUAGE sql AS 'SELECT $1';"
        "CREATE FUNCTION public.clock_timestamp(VARIADIC int[]) RETURNS timestamptz"
        " LANGUAGE plpgsql AS 'BEGIN PERFORM trap.rise(); RETURN now(); END';"
        "CREATE FUNCTION public.max(varchar) RETURNS bigint LANGUAGE plpgsql"
        " AS 'BEGIN PERFORM trap.rise(); RETURN 1; END'"
    )
    assert len(refused(project)) == 2
    project = small.project(trust_triggers=True)
    project.up()
    project.down()
    assert not enemy.has_risen
