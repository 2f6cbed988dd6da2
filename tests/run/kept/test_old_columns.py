"""`forget` of a row that lives: its old columns say what the new shape does; nothing is lost."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run.kept.old_columns import Forgotten
from gnkmigrate.run.lasting_verifications import verify
from tests.migrations.project import Project
from tests.run.kept.test_forget import forgotten
from tests.small import Small

KEEP = 'op.keep_shape("public.t")\n'
SPLIT = 'op.split_table("public.t", "public.town", {"city": "city"}, reference="town_id")'
MOVE = 'op.move_columns("public.t", "public.bios", {"bio": "bio"}, key={"id": "id"})'
LOOKUP = 'op.extract_lookup("public.t", "st", "public.st", rename="st_id", not_null=True)'
TABLE = """
CREATE TABLE t (id int PRIMARY KEY, name text, city text, bio text, st text NOT NULL);
INSERT INTO t VALUES (1, 'Ann', 'Graz', 'hello', 'new'), (2, 'Bob', 'Graz', 'hi', 'old'),
    (3, 'Eve', NULL, NULL, 'new')
"""
Rows = list[tuple[Any, ...]]


def begun(small: Small, tables: str, *revisions: str) -> Project:
    for number, revision in enumerate(revisions, 1):
        small.reversible(number, KEEP + revision)
    project = small.project()
    project.execute(tables)
    project.up()
    return project


def nothing_lost(project: Project, old: Rows) -> None:
    """The old shape is this one for both applications, all claims hold, and so it comes back."""
    assert project.rows("SELECT * FROM gnkmigrate_legacy.t ORDER BY id") == old
    with project.session() as session:
        claims = verify(session, project.phases, project.settings)
    assert [claim.name for claim in claims if not claim.passed] == []
    project.down(parameters={"spill": "yes"})
    assert project.rows("SELECT * FROM t ORDER BY id") == old


def left(found: Sequence[Forgotten]) -> dict[str, str]:
    return {each.place: each.left for each in found if each.left}


@pytest.mark.parametrize("revision", [SPLIT, MOVE, LOOKUP])
def test_what_another_table_says_stays(small: Small, revision: str) -> None:
    project = begun(small, TABLE, revision)
    old = project.rows("SELECT * FROM gnkmigrate_legacy.t ORDER BY id")
    for key in ("1", "3"):
        found = forgotten(project, "public.t", key)
        assert (sum(each.count for each in found), left(found)) == (0, {})
    nothing_lost(project, old)


def test_all_of_them_in_one_table(small: Small) -> None:
    project = begun(small, TABLE, SPLIT, MOVE, LOOKUP)
    forgotten(project, "public.t", "1")
    project.execute("UPDATE town SET city = 'Linz'; UPDATE bios SET bio = 'ho' WHERE id = 1")
    project.execute("UPDATE gnkmigrate_legacy.t SET st = 'gone', bio = NULL WHERE id = 2")
    forgotten(project, "public.t", "2")
    nothing_lost(
        project,
        [
            (1, "Ann", "Linz", "ho", "new"),
            (2, "Bob", "Linz", None, "gone"),
            (3, "Eve", None, None, "new"),
        ],
    )


def test_what_a_row_alone_says_goes(small: Small) -> None:
    """A split whose rows disagree, and a spelling that an equal one has taken the place of."""
    split = (
        'op.split_table("public.t", "public.place", {"zip": "zip", "city": "city"},'
        ' reference="place_id", identity=("zip",), disagree="first")'
    )
    fold = (
        'op.resolve_reference("public.t", "who", "public.u", "email", type="integer",'
        ' fold=True, rename="who_id")'
    )
    tables = """
        CREATE TABLE u (id int PRIMARY KEY, email text UNIQUE); INSERT INTO u VALUES (7, 'a@x');
        CREATE TABLE t (id int PRIMARY KEY, zip text, city text, who text);
        INSERT INTO t VALUES (1, '8010', 'Graz', 'a@x'), (2, '8010', 'Secret', 'A@x')
    """
    project = begun(small, tables, split, fold)
    found = forgotten(project, "public.t", "2")
    assert sum(each.count for each in found) == 2
    nothing_lost(project, [(1, "8010", "Graz", "a@x"), (2, "8010", "Graz", "a@x")])


def test_parts_of_a_move_with_a_key_of_two_columns(small: Small) -> None:
    parts = """op.move_columns("public.t", "public.phone", part="kind",
        parts={"home": {"home": "number"}, "work": {"work": "number"}},
        key={"id": "t_id", "no": "t_no"})"""
    tables = """
        CREATE TABLE t (id int, no int, home text, work text, PRIMARY KEY (id, no));
        INSERT INTO t VALUES (1, 1, '11', '12'), (1, 2, '21', NULL)
    """
    project = begun(small, tables, parts)
    forgotten(project, "public.t", "1", "1")
    forgotten(project, "public.t", "1", "2")
    nothing_lost(project, [(1, 1, "11", "12"), (1, 2, "21", None)])


def test_a_reference_that_leaves_stays(small: Small) -> None:
    merge = """
op.keep_shape("public.address")
op.merge_tables("public.address", into="public.t", reference={"address_id": "id"},
    columns={"street": "street"}, identity=("street",))
"""
    tables = """
        CREATE TABLE address (id serial PRIMARY KEY, street text NOT NULL UNIQUE);
        INSERT INTO address (street) VALUES ('Elm'), ('Oak');
        CREATE TABLE t (id int PRIMARY KEY, address_id int REFERENCES address ON DELETE SET NULL);
        INSERT INTO t VALUES (1, 1), (2, 2), (3, NULL)
    """
    project = begun(small, tables, merge)
    found = forgotten(project, "public.t", "1")
    assert (sum(each.count for each in found), left(found)) == (0, {})
    nothing_lost(project, [(1, 1), (2, 2), (3, None)])


DROPPED = """
CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL DEFAULT 'none', b text DEFAULT 'b',
    n int NOT NULL);
INSERT INTO t VALUES (1, 'secretA', 'secretB', 7), (2, 'other', 'other', 8)
"""
DROP = 'op.drop_columns("public.t", ("a", "b", "n"), fallback={"n": "0"})'


def test_columns_that_go_are_emptied(small: Small) -> None:
    """Those that are NOT NULL have what a row of the new application has."""
    project = begun(small, DROPPED, DROP)
    found = forgotten(project, "public.t", "1")
    assert (sum(each.count for each in found), left(found)) == (3, {})
    nothing_lost(project, [(1, "none", None, 0), (2, "other", "other", 8)])


def test_columns_that_went_before_the_table_got_another_name(small: Small) -> None:
    project = begun(small, DROPPED, DROP, 'op.rename_table("public.t", "u")')
    found = forgotten(project, "public.u", "1")
    assert (sum(each.count for each in found), left(found)) == (3, {})
    nothing_lost(project, [(1, "none", None, 0), (2, "other", "other", 8)])


def test_what_the_old_shape_refuses_stays(small: Small) -> None:
    """And the refusal does not show the row, and the other columns are emptied."""
    project = begun(small, DROPPED, DROP)
    project.execute("ALTER TABLE t ADD CHECK (gnkmigrate_kept_n > 0)")
    found = forgotten(project, "public.t", "1")
    assert sum(each.count for each in found) == 2
    (said,) = left(found).values()
    assert "SQLSTATE 23514, constraint t_gnkmigrate_kept_n_check" in said
    assert "secret" not in said
    nothing_lost(project, [(1, "none", None, 7), (2, "other", "other", 8)])


def test_what_has_no_exact_way_back_stays(small: Small) -> None:
    lossy = """op.convert_columns("public.t", conversions=(op.Conversion("a", "text",
        using="upper(:column)", back="lower(:column)", holds=":column <> 'SS'"),))"""
    tables = "CREATE TABLE t (id int PRIMARY KEY, a text); INSERT INTO t VALUES (1, 'Ss'), (2, 'B')"
    project = begun(small, tables, lossy)
    found = forgotten(project, "public.t", "1")
    assert left(found) == {
        "public.t: gnkmigrate_kept_a": "the new shape says it, and cannot give it back exactly"
    }
    forgotten(project, "public.t", "2")
    assert project.rows("SELECT * FROM gnkmigrate_legacy.t ORDER BY id") == [(1, "Ss"), (2, "b")]


def test_what_no_revision_tells_of_stays(small: Small) -> None:
    project = begun(small, TABLE, SPLIT)
    bare = Project(project.url, project.server, (), project.settings)
    found = forgotten(bare, "public.t", "1")
    assert list(left(found)) == ["public.t: gnkmigrate_kept_city"]
    assert forgotten(bare, "public.t", "9")[1:] == ()
    assert project.rows("SELECT city FROM gnkmigrate_legacy.t WHERE id = 1") == [("Graz",)]


def test_what_was_spilled_of_the_row_in_a_side_table_goes(small: Small) -> None:
    move = MOVE.replace("key=", 'new=(op.new("lang", "text"),), key=')
    project = begun(small, TABLE, move)
    project.execute("UPDATE bios SET lang = 'de'")
    project.down(parameters={"spill": "yes"})
    spilled = "SELECT content ->> 'id' FROM gnkmigrate.overflow ORDER BY 1"
    assert project.rows(spilled) == [("1",), ("2",)]

    found = forgotten(project, "public.t", "Ann", by="name")
    assert left(found) == {
        "gnkmigrate.overflow: public.bios": "they are known by the key (id): name its columns"
        " with --by"
    }
    assert forgotten(project, "public.t", "1") == (Forgotten("gnkmigrate.overflow", 1),)
    assert project.rows(spilled) == [("2",)]


LINK = """
op.keep_shape("public.ms")
op.link_table(op.Linking("public.ms", "public.club", columns=(op.renamed("club", "name"),),
    identity=("name",), reference="club_id", links=(op.renamed("login"),), owner=("login",)))
"""
LINKED = """
CREATE TABLE t (id int);
CREATE TABLE ms (
    id serial PRIMARY KEY, login text NOT NULL, club text NOT NULL, UNIQUE (login, club)
);
INSERT INTO ms VALUES (1, 'a', 'C'), (2, 'b', 'C')
"""


def test_the_key_of_either_shape_is_named(small: Small) -> None:
    """Values of the one must not be taken for values of the other."""
    project = begun(small, LINKED, LINK)
    for key in (("1",), ("a", "1")):
        with pytest.raises(PhaseRefused) as refused:
            forgotten(project, "public.ms", *key)
        assert refused.value.message == (
            "public.ms has the key (login, club_id), and its old shape gnkmigrate_archive.ms has"
            " the key (id)."
        )
    assert left(forgotten(project, "public.ms", "1", by="id")) == {
        "gnkmigrate_archive.ms": "it is kept in step with the new shape: delete the row there first"
    }
    project.execute("ALTER TABLE ms ADD COLUMN nr int DEFAULT 1")
    assert left(forgotten(project, "public.ms", "1", by="nr")) == {
        "gnkmigrate_archive.ms": "it has no column nr: forget its row by its own key (id) as well"
    }
    assert len(project.rows("TABLE gnkmigrate_archive.ms")) == 2


def test_triggers_that_fire_always_do_not(small: Small) -> None:
    """For them the triggers are switched off, step by step, and on again."""
    project = begun(small, TABLE, SPLIT, MOVE, LOOKUP)
    project.execute("""
        CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN NEW.name := upper(NEW.name); RETURN NEW; END$$;
        CREATE TRIGGER shout BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION shout();
        ALTER TABLE t ENABLE ALWAYS TRIGGER shout
    """)
    old = project.rows("SELECT * FROM gnkmigrate_legacy.t ORDER BY id")
    forgotten(project, "public.t", "1")
    assert project.rows(
        "SELECT DISTINCT tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
    ) == [("A",)]
    project.execute("DROP TRIGGER shout ON t; DROP FUNCTION shout()")
    nothing_lost(project, old)


def test_a_wider_key(small: Small) -> None:
    tables = """
        CREATE TABLE t (id serial PRIMARY KEY, up int REFERENCES t ON DELETE SET NULL);
        INSERT INTO t (up) VALUES (NULL), (1)
    """
    project = begun(small, tables, 'op.widen_key("public.t", references=("public.t.up",))')
    found = forgotten(project, "public.t", "2")
    assert (sum(each.count for each in found), left(found)) == (0, {})
    nothing_lost(project, [(1, None), (2, 1)])


def test_who_changes_the_other_table_is_waited_for(small: Small) -> None:
    """Else the old column would get what that has just taken away."""
    project = begun(small, TABLE, SPLIT)
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor(1) as beside, connect(project.url) as session:
        with session.transaction():
            session.execute("UPDATE public.town SET city = 'Linz'")
            forgetting = beside.submit(forgotten, project, "public.t", "1")
            while not forgetting.done() and not project.rows(waiting)[0][0]:
                time.sleep(0.01)
        assert left(forgetting.result()) == {}
    nothing_lost(
        project,
        [
            (1, "Ann", "Linz", "hello", "new"),
            (2, "Bob", "Linz", "hi", "old"),
            (3, "Eve", None, None, "new"),
        ],
    )


def test_columns_of_a_table_that_has_not_the_key_of_its_archive(small: Small) -> None:
    add = 'op.add_columns("public.ms", (op.new("nr", "int"),))'
    link = LINK.replace('op.keep_shape("public.ms")', "")
    project = begun(small, LINKED, link, add, 'op.drop_columns("public.ms", ("nr",))')
    found = forgotten(project, "public.ms", "1", by="id")
    assert left(found)["public.ms: gnkmigrate_kept_nr"] == (
        "it has no column id: forget its row by its own key (login, club_id) as well"
    )


def test_labels_of_an_enum_and_a_lookup_of_what_was_split(small: Small) -> None:
    """Each table has the old columns of its own step."""
    tables = """
        CREATE TYPE mood AS ENUM ('good', 'bad');
        CREATE TABLE t (id int PRIMARY KEY, mood mood NOT NULL, zip text, city text);
        INSERT INTO t VALUES (1, 'good', '8010', 'Graz'), (2, 'bad', NULL, NULL)
    """
    enum = (
        'op.extract_lookup("public.t", "mood", "public.mood_is", rename="mood_id",'
        ' enum="public.mood", not_null=True)'
    )
    split = (
        'op.split_table("public.t", "public.place", {"zip": "zip", "city": "city"},'
        ' reference="place_id", identity=("zip",))'
    )
    add = 'op.add_columns("public.place", (op.new("land", "text"),))'
    land = 'op.extract_lookup("public.place", "land", "public.land", rename="land_id")'
    project = begun(small, tables, enum, split, add, land)
    project.execute("INSERT INTO land (name) VALUES ('AT'); UPDATE place SET land_id = 1")
    found = [*forgotten(project, "public.t", "1"), *forgotten(project, "public.place", "1")]
    assert (sum(each.count for each in found), left(found)) == (0, {})
    assert project.rows("SELECT gnkmigrate_kept_land FROM place") == [("AT",)]
    nothing_lost(project, [(1, "good", "8010", "Graz"), (2, "bad", None, None)])
