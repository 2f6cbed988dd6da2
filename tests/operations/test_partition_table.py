"""op.partition_table: the same rows in partitions, and back, while others write."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg import conninfo

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run.kept.contract import contract
from gnkmigrate.run.status import Request
from tests.migrations.project import Project
from tests.migrations.ways import Stop, Stopped
from tests.small import Small
from tests.support import execute

OWNER, MEMBER = "part_owner", "part_member"
TABLES = f"""
    CREATE ROLE {OWNER}; GRANT CREATE ON SCHEMA public TO {OWNER};
    CREATE TABLE shop (id int PRIMARY KEY); INSERT INTO shop VALUES (1);
    CREATE TABLE "Sale" (
        shop int REFERENCES shop ON DELETE CASCADE, "No" int, "day" date NOT NULL, note text,
        sum numeric CHECK (sum >= 0), CONSTRAINT sale_key PRIMARY KEY (shop, "No"),
        UNIQUE (shop, note, "day"));
    CREATE INDEX by_day ON "Sale" ("day" DESC) WHERE sum > 0;
    CREATE INDEX by_tax ON "Sale" ((sum / 5)); ALTER INDEX by_tax ALTER 1 SET STATISTICS 700;
    COMMENT ON INDEX by_tax IS 'a fifth'; COMMENT ON CONSTRAINT sale_key ON "Sale" IS 'its key';
    ALTER TABLE "Sale" OWNER TO {OWNER}; GRANT SELECT ON "Sale" TO PUBLIC;
    INSERT INTO "Sale" SELECT 1, n, current_date - n, n::text, n FROM generate_series(1, 100) AS n;
"""
UP = """
op.partition_table("public.Sale", by="day", key=("shop", "No"), procedure="public.sale_ahead")
"""
ROWS = 'SELECT * FROM "Sale" ORDER BY shop, "No"'


@pytest.fixture
def sales(small: Small) -> Iterator[Project]:
    execute(small.url, TABLES)
    small.reversible(1, UP)
    yield small.project()
    execute(small.url, f"DROP OWNED BY {OWNER} CASCADE; DROP ROLE {OWNER}")


def test_there_and_back_with_every_row(sales: Project) -> None:
    before, rows = sales.dump, sales.rows(ROWS)
    sales.up()
    assert sales.rows(ROWS) == rows
    parts = """SELECT count(*), bool_and(pg_get_userbyid(relowner) = 'part_owner')
        FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = '"Sale"'::regclass AND relnamespace = 'public'::regnamespace"""
    ((number, owned),) = sales.rows(parts)
    assert number in {8, 9}
    assert owned
    (said,) = sales.rows("""
        SELECT obj_description('by_tax'::regclass), attstattarget,
               (SELECT obj_description(oid) FROM pg_constraint
                WHERE conname = 'sale_key' AND conrelid = '"Sale"'::regclass)
        FROM pg_attribute WHERE attrelid = 'by_tax'::regclass""")
    assert said == ("a fifth", 700, "its key")

    sales.execute("""INSERT INTO "Sale" VALUES (1, 101, current_date, 'new', 5);
        UPDATE "Sale" SET sum = 7, "day" = "day" - 40 WHERE "No" = 3;
        DELETE FROM "Sale" WHERE "No" = 4""")
    written = sales.rows(ROWS)
    sales.down()
    assert sales.rows(ROWS) == written
    assert sales.dump == before
    sales.up()
    assert sales.rows(ROWS) == written
    with pytest.raises(psycopg.errors.CheckViolation):
        sales.execute("""INSERT INTO "Sale" VALUES (1, 102, current_date, '', -1)""")
    sales.execute("DELETE FROM shop")
    assert sales.rows(ROWS) == []


def test_a_way_back_that_stopped_after_the_exchange_turns_round(sales: Project) -> None:
    sales.up()
    with pytest.raises(Stopped):
        sales.run("down", Request(), Stop("foreign keys of public.Sale hold"))
    sales.up()
    assert sales.rows("SELECT relkind FROM pg_class WHERE oid = '\"Sale\"'::regclass") == [("p",)]


@pytest.mark.usefixtures("sales")
def test_a_later_phase_adds_columns_and_changes_none(small: Small) -> None:
    small.reversible(2, 'op.add_columns("public.Sale", (op.new("by", "text"),))')
    small.reversible(3, 'op.rename_columns("public.Sale", {"No": "number"})')
    project = small.project()
    with pytest.raises(PhaseRefused, match="Phase phase3 cannot upgrade") as refused:
        project.up()
    assert "  No, changed in phase phase1" in refused.value.details
    project.execute("""UPDATE "Sale" SET note = 'new' WHERE "No" = 1""")
    project.execute("""INSERT INTO "Sale" VALUES (1, 101, current_date, 'more', 1)""")
    written = project.rows(ROWS)
    project.down(phase="phase2")
    project.down(phase="phase1")
    assert project.rows(ROWS) == [row[:-1] for row in written]


def test_a_member_of_the_owner_may_do_it_all(sales: Project) -> None:
    """As `gnkmigrate grants` makes the role; and partitions that somebody else makes are theirs."""
    sales.execute(f"""
        CREATE ROLE {MEMBER} LOGIN PASSWORD 'sesame' IN ROLE {OWNER};
        GRANT CREATE ON SCHEMA public TO {MEMBER}; ALTER TABLE shop OWNER TO {OWNER}""")
    sales.execute(
        f"GRANT CREATE ON DATABASE {sales.value('SELECT current_database()')} TO {MEMBER}"
    )
    given = conninfo.make_conninfo(sales.url.conninfo, user=MEMBER, password="sesame")
    member, rows = replace(sales, url=DatabaseUrl(given)), sales.rows(ROWS)
    try:
        member.up()
        assert sales.rows(ROWS) == rows
        sales.execute("CALL sale_ahead(7)")
        owners = """SELECT DISTINCT pg_get_userbyid(relowner)::text FROM pg_class
            WHERE relname LIKE 'Sale%' AND relnamespace = 'public'::regnamespace"""
        assert sales.rows(owners) == [(OWNER,)]
        member.down()
        member.up()
        assert sales.rows(ROWS) == rows
        member.down()
    finally:
        sales.execute(f"DROP OWNED BY {MEMBER} CASCADE; DROP ROLE {MEMBER}")


def test_writers_go_on_meanwhile(sales: Project) -> None:
    stop = threading.Event()
    failed: list[str] = []

    def write() -> None:
        with connect(sales.url, search_path=["public"]) as session:
            number = 1000
            while not stop.is_set():
                number += 1
                try:
                    session.execute(
                        f"""INSERT INTO "Sale" VALUES (1, {number}, current_date, '{number}', 1);
                        UPDATE "Sale" SET sum = sum + 1 WHERE "No" = {number % 100 + 1};
                        DELETE FROM "Sale" WHERE "No" = {number - 5}""".encode()
                    )
                except psycopg.Error as error:
                    failed.append(str(error))

    writers = [threading.Thread(target=write)]
    for writer in writers:
        writer.start()
    try:
        sales.up()
        sales.down()
        sales.up()
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert failed == []
    left = """SELECT count(*) FROM ((TABLE "Sale" EXCEPT TABLE gnkmigrate_archive."Sale")
        UNION ALL (TABLE gnkmigrate_archive."Sale" EXCEPT TABLE "Sale")) AS differing"""
    assert sales.value(left) == 0


def test_partitions_come_ahead_and_stay_after_contract(sales: Project) -> None:
    sales.up()
    with sales.session() as session:
        contract(session, sales.phases, sales.settings)
    count = """SELECT count(*) FROM pg_inherits WHERE inhparent = '"Sale"'::regclass"""
    before = sales.value(count)
    sales.execute("CALL sale_ahead(5)")
    assert sales.value(count) == before + 2
    sales.execute("""INSERT INTO "Sale" VALUES (1, 500, current_date, 'x', 1)""")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('ALTER TABLE "Sale" ADD CONSTRAINT one UNIQUE (note)', "one does not have day"),
        ('CREATE UNIQUE INDEX two ON "Sale" (lower(note))', "two does not have day"),
        ('ALTER TABLE "Sale" ALTER "day" DROP NOT NULL', "day may be NULL"),
        ('ALTER TABLE "Sale" ADD n int GENERATED ALWAYS AS IDENTITY', "n is an identity"),
        ('ALTER TABLE "Sale" ALTER "day" TYPE timestamp', "date or a timestamptz"),
        ('CREATE VIEW seen AS TABLE "Sale"', "view public.seen"),
        ('CREATE TABLE of_sale (s int, n int, FOREIGN KEY (s, n) REFERENCES "Sale")', "of_sale"),
    ],
)
def test_what_it_cannot_do_is_refused(sales: Project, change: str, said: str) -> None:
    sales.execute(change)
    before = sales.dump
    with pytest.raises(PhaseRefused) as refused:
        sales.up()
    assert said in " ".join(refused.value.details)
    assert sales.dump == before
