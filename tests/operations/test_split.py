"""op.split_table and op.extract_lookup: columns of a table become rows of a new one."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from gnkmigrate.errors import PhaseFailed, PhaseRefused, RevisionError
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.run import events
from gnkmigrate.run.kept import contract
from gnkmigrate.run.phase import read_steps
from tests.migrations.project import Project
from tests.small import Small

SHOP = """
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE orders (
    id int PRIMARY KEY, total int, ship_street text, ship_city text, note text, state state NOT NULL
);
CREATE INDEX orders_city ON orders (ship_city);
INSERT INTO orders VALUES
    (1, 10, 'Elm 1', 'Ulm', 'ring', 'new'), (2, 20, 'Elm 1', 'Ulm', 'ring', 'paid'),
    (3, 30, NULL, NULL, NULL, 'new'), (4, 40, 'Oak 2', 'Bonn', NULL, 'new')
"""
SPLIT = """
op.keep_shape("public.orders")
op.split_table(
    "public.orders",
    "public.addresses",
    (
        op.renamed("ship_street", "street", not_null=True),
        op.cast("ship_city", "varchar(40)", rename="city", not_null=True),
        op.renamed("note"),
    ),
    reference="address_id",
    identity=("street", "city"),
    new=(op.new("country", "text", default="'DE'"),),
)
"""
LOOKUP = """
op.extract_lookup(
    "public.orders",
    "state",
    "public.states",
    type="smallint GENERATED ALWAYS AS IDENTITY",
    rename="state_id",
    enum="public.state",
    not_null=True,
)
op.archive_type("public.state", ("public.orders.state",))
"""
NEW = (
    "SELECT o.id, street, city, note, country FROM public.orders o"
    " LEFT JOIN public.addresses a ON a.id = address_id ORDER BY o.id"
)
OLD = "SELECT id, ship_street, ship_city, note FROM gnkmigrate_legacy.orders ORDER BY id"


def shop(small: Small, revision: str = SPLIT) -> Project:
    small.reversible(1, revision)
    project = small.project()
    project.execute(SHOP)
    return project


@contextmanager
def old_application(project: Project) -> Iterator[Connection]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        yield session


def test_up_and_down_and_up_again(small: Small) -> None:
    project = shop(small)
    before = project.state
    project.up(dry_run=True)
    assert project.state == before
    project.up()
    assert project.rows(NEW) == [
        (1, "Elm 1", "Ulm", "ring", "DE"),
        (2, "Elm 1", "Ulm", "ring", "DE"),
        (3, None, None, None, None),
        (4, "Oak 2", "Bonn", None, "DE"),
    ]
    project.down()
    assert project.state == before
    project.up(atomic=True)
    assert project.value("SELECT count(*) FROM addresses") == 2


def test_the_old_application_finds_or_makes_a_row(small: Small) -> None:
    project = shop(small, SPLIT + LOOKUP)
    project.up()
    columns = "(id, total, ship_street, ship_city, note, state)"
    with old_application(project) as session:
        session.execute(
            f"INSERT INTO orders {columns} VALUES (5, 0, 'Fir 3', 'Kiel', NULL, 'new'),"
            " (6, 0, 'Fir 3', 'Kiel', NULL, 'new'), (7, 0, 'Elm 1', 'Ulm', 'ring', 'new')"
        )
        session.execute(
            f"INSERT INTO orders {columns} VALUES (5, 0, 'Never', 'Never', NULL, 'new')"
            " ON CONFLICT DO NOTHING"
        )
        session.execute("UPDATE orders SET ship_city = 'Rom' WHERE id = 4")
        session.execute("UPDATE orders SET note = 'knock' WHERE id = 7")  # all rows of the address
        session.execute("UPDATE orders SET ship_street = NULL, ship_city = NULL, note = NULL"
                        " WHERE id = 6")  # fmt: skip
        with pytest.raises(psycopg.errors.NotNullViolation, match="needs a value in each of"):
            session.execute("UPDATE orders SET ship_city = NULL WHERE id = 5")
        with pytest.raises(psycopg.errors.NotNullViolation, match='column "state" of relation'):
            session.execute("INSERT INTO orders (id, total) VALUES (8, 0)")
    assert project.rows("SELECT street, city, note FROM addresses ORDER BY street, city") == [
        ("Elm 1", "Ulm", "knock"),
        ("Fir 3", "Kiel", None),
        ("Oak 2", "Bonn", None),
        ("Oak 2", "Rom", None),
    ]
    assert [row[:4] for row in project.rows(NEW)] == project.rows(OLD)
    assert project.rows(OLD)[0] == (1, "Elm 1", "Ulm", "knock")


def test_the_new_application_leads_as_well(small: Small) -> None:
    project = shop(small)
    project.up()
    project.execute(
        """
        UPDATE addresses SET street = 'Elm 11', note = NULL WHERE street = 'Elm 1';
        INSERT INTO addresses (street, city, country) VALUES ('Via 1', 'Rom', 'IT');
        INSERT INTO orders (id, total, state, address_id)
            SELECT 5, 50, 'new', id FROM addresses WHERE street = 'Via 1';
        INSERT INTO orders (id, total, state) VALUES (6, 60, 'new');
        UPDATE orders SET address_id = (SELECT id FROM addresses WHERE city = 'Ulm') WHERE id = 4;
        """
    )
    assert project.rows(OLD) == [
        (1, "Elm 11", "Ulm", None),
        (2, "Elm 11", "Ulm", None),
        (3, None, None, None),
        (4, "Elm 11", "Ulm", None),
        (5, "Via 1", "Rom", None),
        (6, None, None, None),
    ]
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        project.execute("DELETE FROM addresses WHERE city = 'Rom'")


def test_what_the_new_shape_cannot_hold_is_refused_to_the_old_application(small: Small) -> None:
    project = shop(
        small,
        """
        op.keep_shape("public.orders")
        op.split_table("public.orders", "public.cities", (
            op.shortened("ship_city", 6, rename="name", not_null=True),
            op.cast("total", "numeric")), reference="city_id", identity=("name",), disagree="last")
        """,
    )
    project.execute("UPDATE orders SET total = NULL WHERE ship_city IS NULL")
    project.up()
    with (
        old_application(project) as session,
        pytest.raises(psycopg.errors.CheckViolation, match='value of column "ship_city"'),
    ):
        session.execute("UPDATE orders SET ship_city = 'Karlsruhe' WHERE id = 4")
    project.execute("UPDATE cities SET total = 4.5 WHERE name = 'Bonn'")
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    assert (
        "public.cities.total: values that the old column cannot hold. (1)"
        in (refused.value.details[0])
    )


def test_whoever_changes_an_entity_is_waited_for(small: Small) -> None:
    project = shop(small)
    project.up()
    waiting = (
        "INSERT INTO gnkmigrate_legacy.orders VALUES (5, 0, 'Elm 1', 'Ulm', 'ring', 'new')",
        """INSERT INTO orders (id, state, address_id)
           SELECT 5, 'new', address_id FROM orders WHERE id = 1""",
        "UPDATE orders SET address_id = (SELECT address_id FROM orders WHERE id = 1) WHERE id = 4",
    )
    with project.session() as renaming, project.session() as client:
        renaming.execute("BEGIN; UPDATE addresses SET street = 'Elm 11' WHERE street = 'Elm 1'")
        client.execute("SET lock_timeout = '20ms'")
        for statement in waiting:
            with pytest.raises(psycopg.errors.LockNotAvailable):
                client.execute(statement.encode())
        renaming.execute("COMMIT")
        client.execute(waiting[1].encode())
    assert project.rows(OLD)[4] == (5, "Elm 11", "Ulm", "ring")


def test_what_the_old_shape_cannot_hold_is_spilled_and_comes_back(small: Small) -> None:
    project = shop(small)
    project.up()
    project.execute(
        "INSERT INTO addresses (street, city, country) VALUES ('Via 1', 'Rom', 'IT');"
        "UPDATE addresses SET country = 'AT' WHERE city = 'Ulm'"
    )
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    said = "\n".join(refused.value.details)
    assert "no place for rows of public.addresses that public.orders does not use." in said
    assert "The old shape says nothing of country in public.addresses." in said
    project.down(parameters={"spill": "yes"})
    project.execute("INSERT INTO orders VALUES (5, 0, 'Fir 3', 'Kiel', NULL, 'new')")
    project.up()
    assert project.rows("SELECT street, country FROM addresses ORDER BY street") == [
        ("Elm 1", "AT"),
        ("Fir 3", "DE"),
        ("Oak 2", "DE"),
        ("Via 1", "IT"),
    ]
    assert project.value("SELECT count(*) FROM gnkmigrate.overflow") == 0


def test_several_leave_one_table_in_one_phase(small: Small) -> None:
    convert = 'op.convert_columns("public.orders", conversions=(op.cast("total", "bigint"),))'
    project = shop(small, f"{SPLIT}\n{convert}\n{LOOKUP}")
    before = project.state
    project.up()
    with old_application(project) as session:
        session.execute("INSERT INTO orders VALUES (5, 50, 'Fir 3', 'Kiel', NULL, 'paid')")
    project.execute(
        "INSERT INTO orders (id, total, address_id, state_id)"
        " SELECT 6, 60, address_id, state_id FROM orders WHERE id = 5"
    )
    assert project.rows("SELECT * FROM gnkmigrate_legacy.orders WHERE id > 4 ORDER BY id") == [
        (5, 50, "Fir 3", "Kiel", None, "paid"),
        (6, 60, "Fir 3", "Kiel", None, "paid"),
    ]
    with pytest.raises(psycopg.errors.NotNullViolation):
        project.execute("INSERT INTO orders (id) VALUES (7)")
    project.execute("DELETE FROM orders WHERE id > 4; DELETE FROM addresses WHERE city = 'Kiel'")
    project.down()
    assert project.state == before

    project.up()
    with project.session() as session:
        contract.contract(session, project.phases, project.settings)
    assert "gnkmigrate" not in project.dump
    assert project.value("SELECT count(*) FROM orders JOIN states s ON s.id = state_id") == 4


def test_a_client_with_an_old_snapshot_repeats_its_transaction(small: Small) -> None:
    project = shop(small)
    with project.session() as client:

        def work_on(event: events.Event) -> None:
            done = event.step if isinstance(event, events.StepFinished) else ""
            if done == "public.addresses follows public.orders":
                client.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
                client.execute("SELECT 1")
            if done == "rows of public.addresses":
                with pytest.raises(psycopg.errors.SerializationFailure):
                    client.execute("UPDATE orders SET ship_street = 'Oak 2', ship_city = 'Bonn'"
                                   " WHERE id = 3")  # fmt: skip
                client.execute("ROLLBACK")

        project.execute("INSERT INTO orders VALUES (9, 0, 'Elm 9', 'Ulm', NULL, 'new')")
        project.up(work_on)
    assert project.rows(OLD)[2] == (3, None, None, None)


@pytest.mark.parametrize(("disagree", "note"), [("first", "ring"), ("last", "knock")])
def test_rows_that_disagree(small: Small, disagree: str, note: str) -> None:
    project = shop(small)
    project.execute("UPDATE orders SET note = 'knock' WHERE id = 2")
    before = project.state
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "would become one row of public.addresses disagree" in refused.value.details[0]
    assert 'said: ("Elm 1",Ulm,knock) or ("Elm 1",Ulm,ring)' in refused.value.details[1]

    small.reversible(1, SPLIT.replace("new=(", f"disagree={disagree!r}, new=("))
    project = small.project()
    project.up()
    assert project.value("SELECT note FROM addresses WHERE city = 'Ulm'") == note
    assert project.rows(OLD)[:2] == [(1, "Elm 1", "Ulm", "ring"), (2, "Elm 1", "Ulm", "knock")]
    project.down()
    assert project.state == before


def test_rows_that_disagree_about_a_secret(small: Small) -> None:
    project = shop(small, SPLIT.replace('"note"', '"note_token"'))
    project.execute(
        "ALTER TABLE orders RENAME note TO note_token;"
        "UPDATE orders SET note_token = 'knock' WHERE id = 2"
    )
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "said: (not shown)" in refused.value.details[1]
    assert "knock" not in "\n".join(refused.value.details)


def test_what_comes_meanwhile_and_does_not_fit_stops_it_before_the_cutover(small: Small) -> None:
    project = shop(small)
    before = project.content

    def work_on(event: events.Event) -> None:
        if isinstance(event, events.StepFinished) and event.step == "rows of public.addresses":
            project.execute("UPDATE orders SET ship_city = NULL WHERE id = 4")

    with pytest.raises(PhaseFailed, match=r"public\.orders"):
        project.up(work_on)
    project.execute("UPDATE orders SET ship_city = 'Bonn' WHERE id = 4")
    project.up()
    project.down()
    assert project.content == before


def test_a_row_whose_key_changes_behind_the_backfill_is_linked(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gnkmigrate.run.batches.progress._TELL_EVERY_S", 0)
    small.reversible(1, SPLIT)
    project = small.project(limits={"batch_rows": 1})
    project.execute(SHOP)
    moved: list[events.Event] = []

    def move(event: events.Event) -> None:
        if isinstance(event, events.StepProgress) and event.rows == 2 and not moved:
            moved.append(event)
            project.execute("UPDATE orders SET id = 0 WHERE id = 4")

    project.up(move)
    assert moved
    assert project.rows(NEW)[0] == (0, "Oak 2", "Bonn", None, "DE")


def test_nothing_that_is_being_built_is_a_gap(small: Small) -> None:
    """The entity's table is part of the target; the link has its name from the cutover on."""
    project = shop(small)
    before = project.facts
    project.up(defer_cutover=True)
    built = {name: fact for name, fact in project.facts.items() if "public.addresses" not in name}
    assert built == before


def refused(project: Project) -> str:
    """What speaks against the upgrade, which has changed nothing."""
    before = project.state
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    assert project.state == before
    return "\n".join(refused.value.details)


def test_all_that_speaks_against_it_is_listed_at_once(small: Small) -> None:
    project = shop(small)
    project.execute(
        """
        CREATE TABLE addresses (); ALTER TABLE orders ADD address_id int;
        CREATE VIEW seen AS SELECT ship_city FROM orders;
        ALTER TABLE orders ADD CHECK (ship_city <> ''), ADD UNIQUE (ship_city, id);
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER zzz BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION f()
        """
    )
    said = refused(project)
    for each in (
        "public.addresses is there already",
        "public.orders has a column address_id already",
        "view public.seen",
        "constraint orders_ship_city_check",
        "constraint orders_ship_city_id_key",
        "zzz",
    ):
        assert each in said


def test_rows_and_columns_that_do_not_fit_are_refused(small: Small) -> None:
    project = shop(small)
    project.execute("UPDATE orders SET ship_city = NULL WHERE id = 1;"
                    "UPDATE orders SET ship_street = repeat('-', 3000) WHERE id = 4")  # fmt: skip
    said = refused(project)
    assert "but not which row of public.addresses they are about: ship_street, ship_city" in said
    assert "(2)" in said
    project.execute("ALTER TABLE orders DROP CONSTRAINT orders_pkey")
    assert "public.orders has no key" in refused(project)
    project.execute("ALTER TABLE orders DROP note")
    assert "note is missing" in refused(project)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("(op.renamed('a', 'x'), op.renamed('b', 'x'))", "x would be given two columns"),
        ("(op.renamed('a', 'x'), op.renamed('a', 'y'))", "a takes two columns"),
        ("(op.renamed('a', 'id'),)", "id would be given two columns"),
        ("(op.renamed('a'),), identity=('b',)", "b of the identity comes from no column"),
        ("()", "no column leaves the table"),
        ("(op.renamed('a'),), disagree='ask'", 'and not "ask"'),
        (
            "(op.reference('a', 'public.u', 'email', type='int'),)",
            "a is looked up in another table",
        ),
    ],
)
def test_contradictions_are_refused_when_the_revision_is_read(
    small: Small, arguments: str, said: str
) -> None:
    small.reversible(1, f"op.split_table('public.t', 'public.e', {arguments}, reference='e_id')")
    with pytest.raises(RevisionError, match="contradicts itself") as refused:
        read_steps(small.phases)
    assert said in "\n".join(refused.value.details)


def test_a_later_phase_leaves_what_its_triggers_name(small: Small) -> None:
    small.reversible(2, 'op.convert_columns("public.addresses", conversions=('
                     'op.cast("city", "text", not_null=True),))')  # fmt: skip
    project = shop(small)
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "city, changed in phase phase1" in "\n".join(refused.value.details)


def test_a_downgrade_is_refused_where_others_use_the_entity(small: Small) -> None:
    project = shop(small)
    project.up()
    project.execute("CREATE TABLE visit (address_id bigint REFERENCES addresses)")
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    assert "Other objects use public.addresses" in "\n".join(refused.value.details)


def test_a_later_phase_shows_a_type_that_was_put_aside(small: Small) -> None:
    """The view's default names it where it is by then."""
    small.reversible(1, SPLIT + LOOKUP)
    small.reversible(2, 'op.rename_columns("public.orders", {"total": "sum"})')
    project = small.project()
    project.execute(SHOP + "; ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'new'")
    before = project.state
    project.up()
    project.execute("INSERT INTO gnkmigrate_legacy.orders (id, total) VALUES (9, 1)")
    assert project.rows("SELECT state::text FROM gnkmigrate_legacy.orders WHERE id = 9") == [
        ("new",)
    ]
    project.execute("DELETE FROM gnkmigrate_legacy.orders WHERE id = 9")
    project.down(phase="phase2")
    assert project.value("SELECT count(total) FROM gnkmigrate_legacy.orders") == 4
    project.down()
    assert project.state == before


def test_columns_beside_the_identity_need_no_value(small: Small) -> None:
    columns = {"ship_street": "street", "ship_city": "city", "note": "note"}
    split = f'op.split_table("public.orders", "public.addresses", {columns},'
    said = f'{split} reference="address_id", identity=("street", "city"))'
    project = shop(small, f'op.keep_shape("public.orders")\n{said}')
    project.up()
    assert project.rows("SELECT city, note FROM addresses ORDER BY 1") == [
        ("Bonn", None),
        ("Ulm", "ring"),
    ]
    with old_application(project) as session:
        session.execute("UPDATE orders SET note = NULL WHERE id = 1")
    assert project.value("SELECT note FROM addresses WHERE city = 'Ulm'") is None
