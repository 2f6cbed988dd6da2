"""What a row had before comes back to that row, whatever happens to its key meanwhile."""

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events, lasting_verifications
from gnkmigrate.run.kept import contract
from tests.migrations.project import Project
from tests.small import Small

# The conversion cuts its texts: what they were, the old column alone says.
OPERATIONS = {
    "convert_columns": """
op.convert_columns("public.person", "id",
                   (op.shortened("note", 3, unless=("overflow", "truncate")),))""",
    "split_table": """
op.split_table("public.person", "public.town", (op.renamed("note", "name"),),
               reference="town_id")""",
    "move_columns": """
op.move_columns("public.person", "public.remark", (op.renamed("note", "said"),),
                key={"id": "person_id"})""",
}
TABLE = """
CREATE TABLE person (id int PRIMARY KEY, note text);
INSERT INTO person SELECT n, 'note ' || n FROM generate_series(1, 9) AS n
"""
LINK = """
op.link_table(op.Linking(
    "public.membership", "public.club", columns=(op.renamed("club", "name"),), identity=("name",),
    reference="club_id", links=(op.renamed("login"), op.renamed("since")), owner=("login",)))
"""
MEMBERS = """
CREATE TABLE membership (login text, club text, since date, PRIMARY KEY (login, club));
INSERT INTO membership VALUES ('ann', 'Go')
"""
# By the old application through its view, and by the new one.
WRITES = (
    ("gnkmigrate_legacy", "UPDATE person SET id = 101 WHERE id = 1"),
    ("public", "UPDATE person SET id = 102 WHERE id = 2"),
    ("public", "UPDATE person SET id = id + 1000 WHERE id IN (3, 4)"),
    ("gnkmigrate_legacy", "DELETE FROM person WHERE id = 5"),
    ("gnkmigrate_legacy", "INSERT INTO person (id) VALUES (5)"),
    ("public", "DELETE FROM person WHERE id = 6"),
    ("public", "INSERT INTO person (id) VALUES (6)"),
    ("public", "UPDATE person SET id = 5000 + id WHERE id = 7"),
    ("gnkmigrate_legacy", "UPDATE person SET id = 7 WHERE id = 5007"),
)
EXPECTED = [
    (5, None), (6, None), (7, "note 7"), (8, "note 8"), (9, "note 9"),
    (101, "note 1"), (102, "note 2"), (1003, "note 3"), (1004, "note 4"),
]  # fmt: skip


@pytest.fixture(params=OPERATIONS)
def project(request: pytest.FixtureRequest, small: Small) -> Project:
    small.reversible(1, f'op.keep_shape("public.person")\n{OPERATIONS[request.param]}')
    project = small.project(limits={"batch_rows": 1}, policies={"overflow": "truncate"})
    project.execute(TABLE)
    return project


def write(project: Project, schema: str, statement: str) -> None:
    with connect(project.url, search_path=list(dict.fromkeys((schema, "public")))) as session:
        session.execute(statement.encode())


def test_after_the_cutover(project: Project) -> None:
    project.up()
    for schema, statement in WRITES:
        write(project, schema, statement)
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        shown = session.execute("SELECT id, note FROM person ORDER BY id").fetchall()
    assert shown == EXPECTED
    project.down(parameters={"spill": "yes"})
    assert project.rows("SELECT id, note FROM person ORDER BY id") == EXPECTED
    project.up()
    project.down(parameters={"spill": "yes"})
    assert project.rows("SELECT id, note FROM person ORDER BY id") == EXPECTED


def test_while_rows_are_filled(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that moves from behind the place of the backfill to before it, and the other way."""
    monkeypatch.setattr("gnkmigrate.run.batches.progress._TELL_EVERY_S", 0)
    moves = iter(
        (
            "UPDATE person SET id = id - 100 WHERE id IN (8, 9)",
            "UPDATE person SET id = id + 100 WHERE id IN (1, 2)",
            "UPDATE person SET id = 50 - id WHERE id IN (3, 4)",
        )
    )

    def move(event: events.Event) -> None:
        if isinstance(event, events.StepProgress):
            for statement in moves:
                write(project, "public", statement)
                break

    project.up(move)
    assert next(moves, None) is None
    expected = [
        (-92, "note 8"), (-91, "note 9"), (5, "note 5"), (6, "note 6"), (7, "note 7"),
        (46, "note 4"), (47, "note 3"), (101, "note 1"), (102, "note 2"),
    ]  # fmt: skip
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        shown = session.execute("SELECT id, note FROM person ORDER BY id").fetchall()
    assert shown == expected
    project.down(parameters={"spill": "yes"})
    assert project.rows("SELECT id, note FROM person ORDER BY id") == expected


@pytest.mark.parametrize("operation", ["convert_columns", "split_table"])
def test_a_later_phase_gives_the_key_another_name(operation: str, small: Small) -> None:
    revision = OPERATIONS[operation].replace('"id",', "conversions=")
    small.reversible(1, f'op.keep_shape("public.person")\n{revision}')
    small.reversible(2, 'op.rename_columns("public.person", {"id": "number"})')
    project = small.project(policies={"overflow": "truncate"})
    project.execute(TABLE)
    project.up()
    write(project, "gnkmigrate_legacy", "UPDATE person SET note = 'new', id = 10 WHERE id = 9")
    with project.session() as session:
        assert all(
            claim.passed
            for claim in lasting_verifications.verify(session, project.phases, project.settings)
        )
        contract.contract(session, project.phases, project.settings)


@pytest.mark.parametrize(
    "change",
    [
        'op.rename_columns("public.membership", {"login": "other"})',
        'op.rename_columns("public.membership", {"club_id": "other"})',
        'op.convert_columns("public.club", conversions=(op.shortened("name", 9),))',
        'op.drop_columns("public.membership", ("since",))',
        'op.retire_constraint("public.club", "club_name_key")',
    ],
)
def test_what_a_link_s_triggers_name_stays_until_contract(change: str, small: Small) -> None:
    small.reversible(1, LINK)
    small.reversible(2, change)
    project = small.project()
    project.execute(MEMBERS)
    with pytest.raises(PhaseRefused, match="Phase phase2 cannot upgrade") as refused:
        project.up()
    assert " phase1" in "\n".join(refused.value.details)
    project.down(phase="phase1")
    project.up(phase="phase1")
    with project.session() as session:
        contract.contract(session, project.phases[:1], project.settings)
    project.up()
    assert project.states == ("done", "done")


NEW = 'new=(op.new("city", "text"),)'
WITH_NEW_COLUMN = {
    "club": (LINK.replace("identity=", f"{NEW}, identity="), MEMBERS),
    "remark": (OPERATIONS["move_columns"].replace("key=", f"{NEW}, key="), TABLE),
    "town": (OPERATIONS["split_table"].replace("reference=", f"{NEW}, reference="), TABLE),
}


@pytest.mark.parametrize("table", WITH_NEW_COLUMN)
def test_a_column_that_the_new_table_alone_has_stays_as_well(table: str, small: Small) -> None:
    """Triggers give it a value in each row that the old application makes."""
    revision, tables = WITH_NEW_COLUMN[table]
    small.reversible(1, revision)
    small.reversible(2, f'op.rename_columns("public.{table}", {{"city": "other"}})')
    project = small.project()
    project.execute(tables)
    with pytest.raises(PhaseRefused, match="Phase phase2 cannot upgrade") as refused:
        project.up()
    assert "  city, changed in phase phase1" in refused.value.details


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (
            (
                'op.keep_shape("public.membership")\n'
                'op.rename_columns("public.membership", {"since": "began"})'
            ),
            LINK.replace('"since"', '"began"'),
            "An old shape of public.membership is shown as gnkmigrate_legacy.membership already",
        ),
        (
            f'{LINK}op.rename_columns("public.membership", {{"since": "began"}})',
            "",
            "  since, changed in phase phase1",
        ),
    ],
)
def test_a_table_has_one_old_shape(first: str, second: str, said: str, small: Small) -> None:
    small.reversible(1, first)
    if second:
        small.reversible(2, second)
    project = small.project()
    project.execute(MEMBERS)
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    assert said in "\n".join(refused.value.details)


def test_further_columns_of_a_link_change_and_its_old_shape_stays(small: Small) -> None:
    small.reversible(1, LINK)
    small.reversible(2, 'op.add_columns("public.membership", (op.new("a", "int"),))')
    small.reversible(3, 'op.rename_columns("public.membership", {"a": "b"})')
    small.reversible(4, 'op.drop_columns("public.membership", ("b",))')
    project = small.project()
    project.execute(MEMBERS)
    before = project.state
    project.up()
    shown = "SELECT login, club FROM gnkmigrate_legacy.membership"
    assert project.rows(shown) == [("ann", "Go")]
    write(project, "gnkmigrate_legacy", "INSERT INTO membership VALUES ('ben', 'Go')")
    write(project, "gnkmigrate_legacy", "DELETE FROM membership WHERE login = 'ben'")
    project.down(through="phase1")
    assert project.state == before


# What each of them keeps of rows with --spill, by a key that others may have by then.
KEPT = {
    "add_columns": (
        'op.add_columns("public.person", (op.new("said", "text"),))',
        "UPDATE person SET said = 'it was ' || id",
        "SELECT id, said FROM person ORDER BY id",
    ),
    "move_columns": (
        """op.move_columns("public.person", "public.remark", (op.renamed("note"),),
                           key={"id": "id"}, new=(op.new("said", "text"),))""",
        "UPDATE remark SET said = 'it was ' || id",
        "SELECT id, said FROM remark ORDER BY id",
    ),
    "link_table": (
        """op.link_table(op.Linking(
               "public.person", "public.remark", columns=(op.renamed("note", "name"),),
               identity=("name",), reference="remark_id", links=(op.renamed("id"),),
               owner=("id",), new_links=(op.new("said", "text"),)))""",
        "UPDATE person SET said = 'it was ' || id",
        "SELECT id, said FROM person ORDER BY id",
    ),
}


@pytest.mark.parametrize("operation", KEPT)
def test_spilled_values_come_back_to_their_own_rows(operation: str, small: Small) -> None:
    revision, written, shown = KEPT[operation]
    small.reversible(1, f'op.keep_shape("public.person")\n{revision}')
    project = small.project()
    project.execute(TABLE)
    project.up()
    project.execute(written)
    project.down(parameters={"spill": "yes"})
    project.execute("""
        DELETE FROM person WHERE id IN (2, 6);
        INSERT INTO person VALUES (2, 'another person''s');
        UPDATE person SET id = 30 WHERE id = 3;
        UPDATE person SET id = 100 WHERE id = 4;
        UPDATE person SET id = 4 WHERE id = 5;
        UPDATE person SET id = 5 WHERE id = 100
    """)
    said: list[events.Event] = []
    project.up(said.append)
    mine = dict(project.rows(shown))
    assert {number for number, text in mine.items() if text} == {1, 7, 8, 9}
    (left,) = [event for event in said if isinstance(event, events.Verified) and event.reports]
    assert (left.value, project.value("SELECT count(*) FROM gnkmigrate.overflow")) == ("5", 5)


def test_spilled_values_come_back_where_phases_before_begin_anew(small: Small) -> None:
    """A row's link to an entity is another one after a rollback, and nobody has written it."""
    small.reversible(1, f'op.keep_shape("public.person")\n{OPERATIONS["split_table"]}')
    small.reversible(2, 'op.add_columns("public.person", (op.new("said", "text"),))')
    project = small.project()
    project.execute(TABLE)
    project.up()
    project.execute("""
        UPDATE person SET town_id = NULL WHERE id = 1;
        INSERT INTO town (name) VALUES ('note 0'); UPDATE person SET said = 'it was ' || id;
        UPDATE person SET town_id = (SELECT id FROM town WHERE name = 'note 0') WHERE id = 1;
        DELETE FROM town WHERE name = 'note 1'
    """)
    towns = "SELECT array_agg(town_id ORDER BY id) FROM person"
    before = project.value(towns)
    project.down(through="phase1", parameters={"spill": "yes"})
    project.up()
    assert project.value(towns) != before
    assert project.value("SELECT count(*) FROM person WHERE said = 'it was ' || id") == 9


def test_links_of_two_tables_of_one_name(small: Small) -> None:
    """Both are read, and what they would share is named: the archive, and the view."""
    small.reversible(1, LINK + LINK.replace("public.", "other."))
    project = small.project()
    project.execute(
        f"{MEMBERS}; CREATE SCHEMA other; CREATE TABLE other.membership (LIKE membership)"
    )
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    assert "  public.membership, which this phase moves there" in refused.value.details
