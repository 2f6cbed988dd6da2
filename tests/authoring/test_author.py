"""A revision that is written from a gap closes it, and takes everything back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gnkmigrate.authoring.author import Written, write_revision
from gnkmigrate.connection import DatabaseUrl
from gnkmigrate.diff.rename_hints import read_renames
from gnkmigrate.diff.settling import PossibleRename
from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.planning import plan_project
from gnkmigrate.run.names import quoted
from gnkmigrate.servers import Server
from gnkmigrate.settings import ServerSettings, Settings
from tests.migrations.project import Project
from tests.small import Small
from tests.support import execute, pg_dump, rows

SHOP = """
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE customer (id int PRIMARY KEY, email text UNIQUE NOT NULL);
CREATE TABLE item (
    id bigint PRIMARY KEY, state state DEFAULT 'new', placed timestamp NOT NULL DEFAULT now(),
    "customerEmail" text, note text, colour text, amount int DEFAULT 1, size smallint, old text,
    parent bigint REFERENCES item,
    CHECK (placed > '2000-01-01'), CHECK (amount > 0)
);
CREATE INDEX item_placed_idx ON item (placed);
CREATE INDEX item_note_idx ON item (note) WHERE note <> '';
CREATE INDEX item_old_idx ON item (old);
CREATE VIEW dear AS SELECT id, placed FROM item WHERE state = 'paid';
INSERT INTO customer VALUES (1, 'ada@x'), (2, 'bob@x');
INSERT INTO item VALUES
    (1, 'new', '2024-10-27 02:30', 'ada@x', 'a note', 'red', 1, 1, 'one'),
    (2, 'paid', '2024-03-31 02:30', 'bob@x', 'note', NULL, 5, NULL, NULL),
    (3, NULL, '2024-01-01', NULL, NULL, 'green', 3, 3, 'three')
"""
SHOP_WANTED = """
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE TABLE customer (id int PRIMARY KEY, email text UNIQUE NOT NULL, since date DEFAULT now());
CREATE TABLE item (
    id bigint PRIMARY KEY, state varchar(9) DEFAULT 'new' CHECK (state IN ('new', 'paid')),
    placed_at timestamptz NOT NULL DEFAULT now(), customer_id int REFERENCES customer,
    note varchar(8), colour colour, number int DEFAULT 1, size int, parent bigint,
    CONSTRAINT parent_of FOREIGN KEY (parent) REFERENCES item ON DELETE SET NULL,
    CONSTRAINT item_placed_check CHECK (placed_at > '2000-01-01'),
    CONSTRAINT item_amount_check CHECK (number > 0),
    UNIQUE (customer_id, placed_at)
);
CREATE INDEX item_placed_idx ON item (placed_at);
CREATE INDEX item_note_idx ON item (note) WHERE note > '';
CREATE INDEX item_customer_idx ON item (customer_id) WHERE number > 2;
CREATE TABLE shelf (id int PRIMARY KEY, name text NOT NULL, box int);
CREATE TABLE box (id int PRIMARY KEY, shelf int REFERENCES shelf);
ALTER TABLE shelf ADD FOREIGN KEY (box) REFERENCES box;
CREATE VIEW dear AS SELECT id, placed_at FROM item WHERE state = 'paid';
CREATE VIEW dearest AS SELECT id FROM dear
"""
CLINIC = """
CREATE SCHEMA "Praxis";
CREATE TYPE "Praxis"."Rang" AS ENUM ('a''b', 'c\\d');
CREATE TABLE "Praxis"."Ärzte" (
    "Land" text, "Nr." int, "Rang" "Praxis"."Rang" NOT NULL, name varchar(3), visits smallint,
    "select" text, PRIMARY KEY ("Land", "Nr.")
);
CREATE FUNCTION "Praxis".touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RETURN NEW;  -- a \\ and ''' and three \"\"\"
END $$;
CREATE TRIGGER "tür" BEFORE UPDATE OF "select" ON "Praxis"."Ärzte"
    FOR EACH ROW EXECUTE FUNCTION "Praxis".touch();
INSERT INTO "Praxis"."Ärzte"
VALUES ('de', 1, 'a''b', 'abc', 7, 'x'), ('at', 1, 'c\\d', NULL, 8, NULL)
"""
CLINIC_WANTED = """
CREATE SCHEMA "Praxis";
CREATE TYPE "Praxis"."Rang" AS ENUM ('a''b', 'c\\d', 'new');
CREATE TABLE "Praxis"."Ärzte" (
    "Land" text, "Nr." int, "Rang" text NOT NULL DEFAULT 'a''b', name varchar(10), visits bigint,
    "where" text, PRIMARY KEY ("Land", "Nr.")
);
CREATE UNIQUE INDEX "Ärzte je Rang" ON "Praxis"."Ärzte" (lower("Rang"), "where");
CREATE FUNCTION "Praxis".touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RETURN NULL;  -- a \\ and ''' and four \"\"\"\"
END $$;
CREATE TRIGGER "tür" BEFORE UPDATE OF "where" ON "Praxis"."Ärzte"
    FOR EACH ROW EXECUTE FUNCTION "Praxis".touch()
"""
Author = Callable[..., Written | None]

ITEM = (1, 1, 1, "2024-10-27 01:30:00+00")


@pytest.fixture
def small(tmp_path: Path, database: DatabaseUrl, server: Server) -> Small:
    small = Small(tmp_path / "migrations", database, server)
    (small.folder / "versions").mkdir(parents=True)
    return small


@pytest.fixture
def settings(server: Server, small: Small) -> Settings:
    return Settings(
        migrations=small.folder,
        schemas=("public", "Praxis"),
        source_timezone="Europe/Berlin",
        policies={"functions": "checked"},
        server=ServerSettings.model_validate({"provider": "url", "url": server.url.conninfo}),
    )


@pytest.fixture
def author(settings: Settings, small: Small, tmp_path: Path) -> Author:
    """Writes a revision that makes another schema of the database's."""

    def write(wanted: str, message: str = "All of it", **given: Any) -> Written | None:
        target = tmp_path / "target.sql"
        target.write_text(wanted)
        return write_revision(settings, small.url, message, str(target), **given)

    return write


@pytest.mark.parametrize(
    ("before", "after", "table"),
    [(SHOP, SHOP_WANTED, "public.item"), (CLINIC, CLINIC_WANTED, "Praxis.Ärzte")],
)
def test_it_closes_the_gap_and_takes_everything_back(
    author: Author,
    settings: Settings,
    small: Small,
    tmp_path: Path,
    before: str,
    after: str,
    table: str,
) -> None:
    execute(small.url, before)
    dump = pg_dump(small.url, small.server)
    held = f"TABLE {quoted(table)} ORDER BY 1"
    content = rows(small.url, held)

    written = author(after)
    assert written is not None
    assert written.to_confirm > 0
    project = Project(small.url, small.server, small.phases, settings)
    project.up()
    assert plan_project(settings, small.url, str(tmp_path / "target.sql")).statements == ()
    if table == "public.item":
        new = "SELECT id, customer_id, number, placed_at::text FROM item WHERE id = 1"
        assert project.rows(new) == [ITEM]
    project.down()
    assert pg_dump(small.url, small.server) == dump
    assert rows(small.url, held) == content
    project.up()


def test_guesses_are_marked(author: Author, small: Small) -> None:
    execute(small.url, SHOP)
    written = author(SHOP_WANTED)
    assert written is not None
    text = written.file.read_text()
    said = " ".join(text.split()).replace(" # ", " ")
    for guess in (
        "confirm: amount becomes number (they are the only integer that goes and comes).",
        "confirm: placed becomes placed_at (by their names; timestamp without time zone becomes",
        "confirm: customerEmail becomes customer_id (a text may name the row of public.customer).",
        "confirm: customerEmail says the email of public.customer, in other case (fold), or its",
    ):
        assert guess in said
    assert text.count("confirm: ") == written.to_confirm
    for operation in (
        'op.enum_text( "state", "character varying(9)", "public.state", ("new", "paid")',
        'op.drop_columns("public.item", ("old",))',
        'op.add_columns("public.customer", (op.new("since", "date", default="now()"),))',
        'op.archive_type("public.state", ("public.item.state",))',
        '"FOREIGN KEY (parent) REFERENCES public.item(id)", "ON DELETE SET NULL", )',
        'op.build_index("item_customer_idx", "public.item", "(customer_id) WHERE (number > 2)")',
    ):
        assert operation in said


def test_rows_that_would_be_lost_or_lack_a_value_stop_it(author: Author, small: Small) -> None:
    """A table that goes, a column that nobody has a value for, a key that some rows do not keep."""
    execute(
        small.url,
        "CREATE TABLE gone (id int PRIMARY KEY); INSERT INTO gone VALUES (7);"
        "CREATE TABLE kept (id int PRIMARY KEY, of int); INSERT INTO kept VALUES (1, 5)",
    )
    author(
        "CREATE TABLE kept (id int PRIMARY KEY, of int REFERENCES kept, n int NOT NULL,"
        " CHECK (of < 5))"
    )
    with pytest.raises(PhaseRefused) as refused:
        small.project().up()
    said = [line for line in refused.value.details if line.endswith("(1)")]
    assert said == [
        "Rows of public.kept do not satisfy the constraint kept_of_check. (1)",
        "Rows of public.kept do not satisfy the constraint kept_of_fkey. (1)",
        "Rows of public.kept have no value for the new column n, which is NOT NULL. (1)",
        "The rows of public.gone would be lost. (1)",
    ]


PATIENT = """
CREATE TABLE staff (id int PRIMARY KEY, name text UNIQUE NOT NULL);
CREATE TABLE patient (id int PRIMARY KEY, "betreut von" text, alt int, bed int);
"""
PATIENTS = "INSERT INTO staff VALUES (1, 'Ann'); INSERT INTO patient VALUES (1, 'Ann', 10, 7)"


def test_a_word_in_common_counts_more_than_a_type(author: Author, small: Small) -> None:
    execute(small.url, PATIENT + PATIENTS)
    wanted = PATIENT.replace('"betreut von" text, alt int', "betreut_id int REFERENCES staff")
    written = author(wanted)
    assert written is not None
    text = written.file.read_text()
    assert 'op.reference( "betreut von", "public.staff", "name"' in " ".join(text.split())
    assert 'op.drop_columns("public.patient", ("alt",))' in text


def test_rows_in_the_way_of_a_column_with_another_name_stop_it(
    author: Author, small: Small
) -> None:
    execute(small.url, PATIENT + PATIENTS)
    renamed = "ward int REFERENCES staff CHECK (ward < 5)"
    author(
        PATIENT.replace("bed int", renamed),
        renames=read_renames(["column public.patient.bed = ward"]),
    )
    with pytest.raises(PhaseRefused) as refused:
        small.project().up()
    assert [line for line in refused.value.details if line.endswith("(1)")] == [
        "Rows of public.patient do not satisfy the constraint patient_ward_check. (1)",
        "Rows of public.patient do not satisfy the constraint patient_ward_fkey. (1)",
    ]


def test_a_table_that_seems_to_be_split_is_left_to_the_author(author: Author, small: Small) -> None:
    execute(small.url, "CREATE TABLE orders (id int PRIMARY KEY, street text, city text, n int)")
    written = author(
        "CREATE TABLE address (id int PRIMARY KEY, street text, city text);"
        "CREATE TABLE orders (id int PRIMARY KEY, n int, address_id int REFERENCES address)"
    )
    assert written is not None
    said = " ".join(written.file.read_text().split()).replace(" # ", " ")
    assert (
        "public.orders seems to be split: public.address, to which address_id refers, is new and"
        ' has city, street as well. If so, write op.split_table("public.orders", "public.address",'
        ' {"city": "city", "street": "street"}, reference="address_id") instead of this'
    ) in said


def test_another_name_of_a_table_is_settled_first(author: Author, small: Small) -> None:
    execute(small.url, "CREATE TABLE picture (id serial PRIMARY KEY, title text, taken date)")
    wanted = "CREATE TABLE photo (id serial PRIMARY KEY, title text NOT NULL, taken date)"
    with pytest.raises(PossibleRename):
        author(wanted)
    renames = ["table public.picture = photo", "sequence public.picture_id_seq = photo_id_seq"]
    written = author(wanted, renames=read_renames(renames))
    assert written is not None
    assert written.is_part
    assert 'op.rename_table("public.picture", "photo")' in written.file.read_text()
    small.project().up()
    assert rows(small.url, "SELECT title FROM gnkmigrate_legacy.picture") == []

    assert author(wanted, "The rest") is not None
    project = small.project()
    project.up()
    assert author(wanted, "Nothing more") is None
    project.down(phase="the_rest")
    project.down(phase="all_of_it")
    assert project.rows("SELECT to_regclass('picture') IS NOT NULL") == [(True,)]


def test_it_is_the_next_revision(author: Author, small: Small) -> None:
    execute(small.url, "CREATE TABLE t (id int PRIMARY KEY)")
    small.revision(1, "pass", phase="phase1")
    wanted = "CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE u (id int)"
    with pytest.raises(PhaseRefused) as pending:
        author(wanted)
    assert pending.value.details == ("phase1: pending",)
    small.project().up()
    with pytest.raises(RevisionError, match='There is a phase "phase1" already'):
        author(wanted, "Phase1")
    with pytest.raises(RevisionError, match="no word that could name a phase"):
        author(wanted, "!?")
    written = author(wanted, 'Größe: "u"')
    assert written is not None
    assert written.file.name == "0002_größe_u.py"
    (_, phase) = small.phases
    assert (phase.name, phase.title) == ("größe_u", "Größe: 'u'.")
    assert (phase.revision, phase.down_revision) == ("0002", "1")


KEYS = """
CREATE TABLE a (id {0} PRIMARY KEY, up {1} REFERENCES a, n varchar({3}));
CREATE TABLE b (
    a {1} REFERENCES a ON DELETE CASCADE, nr {1}, x {1}, other int, PRIMARY KEY (a, nr)
);
CREATE TABLE c (
    id {2} PRIMARY KEY, a {1}, nr {1}, FOREIGN KEY (a, nr) REFERENCES b,
    b int REFERENCES d, UNIQUE (a, nr)
);
CREATE INDEX ON c (b);
CREATE VIEW heads AS SELECT id FROM a WHERE up IS NULL
"""


def test_keys_that_become_wider(author: Author, settings: Settings, small: Small) -> None:
    """With all that refers to them; and not where the target has a part of it narrow."""
    narrow, wide = ("integer", "bigint")
    other = "CREATE TABLE d (id {0} PRIMARY KEY);"
    identity = "{0} GENERATED ALWAYS AS IDENTITY"
    before = other.format(narrow) + KEYS.format("serial", narrow, identity.format(narrow), 9)
    after = other.format(wide) + KEYS.format("bigserial", wide, identity.format(wide), 5)
    execute(small.url, before)
    execute(
        small.url,
        "INSERT INTO a (up, n) VALUES (NULL, 'one'), (1, 'two');"
        "INSERT INTO b VALUES (1, 1, 7, 8), (2, 1, 7, 8); INSERT INTO d VALUES (3);"
        "INSERT INTO c (a, nr, b) VALUES (2, 1, 3)",
    )
    dump = pg_dump(small.url, small.server)
    first = author(after, "A shorter name")
    assert first is not None
    assert first.is_part
    project = Project(small.url, small.server, small.phases, settings)
    project.up()
    written = author(after, "Wider keys")
    assert written is not None
    text = " ".join(written.file.read_text().split())
    assert (
        'op.widen_key( "public.a", "id", references=( "public.a.up", "public.b.a", "public.b.nr",'
        ' "public.b.x", "public.c.a", "public.c.id", "public.c.nr", ), )'
    ) in text
    project = Project(small.url, small.server, small.phases, settings)
    project.up()
    assert author(after, "Nothing more") is None
    assert project.rows("INSERT INTO c (a, nr, b) VALUES (1, 1, 3) RETURNING id") == [(2,)]
    project.down(phase="wider_keys")
    project.down(phase="a_shorter_name")
    assert pg_dump(small.url, small.server) == dump
