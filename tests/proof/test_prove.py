"""What running a plan on a copy shows, and what it refuses to call proven."""

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gnkmigrate.copies.clone import CloneFailed
from gnkmigrate.copies.disk_space import NoRoom
from gnkmigrate.copies.sample import EVERYTHING, Selection
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.plan.planned import Planned
from gnkmigrate.plan.proof import Proof
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.project_plan import plan_project
from gnkmigrate.proof.objection import NotProven
from gnkmigrate.proof.prove import prove
from gnkmigrate.servers import Server
from gnkmigrate.servers.confinement import is_confining
from gnkmigrate.settings import ServerSettings, Settings
from tests.proof.support import instead, untold
from tests.rehearsal.test_workflow import COSMOLOGY
from tests.support import execute, pg_dump, rows

SHOP = """
CREATE TABLE item (id integer PRIMARY KEY, name text, price numeric(10, 2));
CREATE TABLE sale (id bigint GENERATED ALWAYS AS IDENTITY, day date, item integer, note text)
    PARTITION BY RANGE (day);
CREATE TABLE sale_2024 PARTITION OF sale FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
"""
ROWS = """
INSERT INTO item SELECT n, 'item ' || n, n FROM generate_series(1, 40) AS n;
INSERT INTO sale (day, item, note) SELECT '2024-02-03', n, 'x' FROM generate_series(1, 60) AS n;
"""
MORE = """
ALTER TABLE item ALTER COLUMN price TYPE numeric(12, 2);
ALTER TABLE sale ADD COLUMN paid boolean;
"""


@dataclass(frozen=True)
class Shop:
    """A database, and the project that means it to be otherwise."""

    url: DatabaseUrl
    settings: Settings

    def planned(self, wanted: str) -> Planned:
        """The plan to the schema that it has, with `wanted` done to it."""
        self.settings.path(self.settings.target).write_text(SHOP + wanted)
        return plan_project(self.settings, self.url, None)

    def proven(self, wanted: str, selection: Selection = EVERYTHING, *, besides: str = "") -> Proof:
        """The proof of the plan, to which `besides` was added without a word."""
        planned = self.planned(wanted)
        if besides:
            statements = (*planned.statements, Statement(besides, "Nothing to speak of."))
            planned = replace(planned, statements=statements)
        return prove(planned, self.settings, self.url, untold, selection)


@pytest.fixture
def shop(tmp_path: Path, database: DatabaseUrl, server: Server) -> Shop:
    execute(database, SHOP + ROWS)
    there = ServerSettings.model_validate({"provider": "url", "url": server.url.conninfo})
    return Shop(database, Settings(root=tmp_path, target=Path("target.sql"), server=there))


@pytest.mark.parametrize(
    "wanted",
    [
        "CREATE INDEX item_name ON item (name)",
        "ALTER TABLE item ALTER COLUMN id TYPE bigint, ADD COLUMN size text NOT NULL DEFAULT 's'",
        "ALTER TABLE sale ALTER COLUMN note TYPE varchar(10), ADD COLUMN paid boolean",
        "ALTER TABLE item DROP COLUMN price; ALTER TABLE item ALTER COLUMN name SET NOT NULL",
        "DROP TABLE sale",
    ],
)
def test_a_plan_that_holds_is_proven_and_only_read_for(
    shop: Shop, server: Server, wanted: str
) -> None:
    before = pg_dump(shop.url, server)
    planned = shop.planned(wanted)
    proof = prove(planned, shop.settings, shop.url, untold)
    assert (proof.rows, proof.live_rows, proof.provider) == (100, 100, "url")
    assert len(proof.seconds) == len(planned.statements) > 0
    assert "with 100 rows: it runs, arrives" in str(proof)
    assert pg_dump(shop.url, server) == before


HIDING = """
CREATE TABLE hidden (a {type}); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON hidden TO pg_monitor USING (a > 1); GRANT SELECT ON hidden TO pg_monitor;
CREATE VIEW seen AS SELECT * FROM hidden; ALTER VIEW seen OWNER TO pg_monitor;
"""
KEPT = "CREATE MATERIALIZED VIEW kept AS SELECT * FROM seen;"


@pytest.mark.parametrize("selection", [EVERYTHING, Selection(rows=10)], ids=["whole", "sample"])
def test_a_materialized_view_through_row_security(shop: Shop, selection: Selection) -> None:
    rows_of = "INSERT INTO hidden VALUES (1), (2), (3);"
    execute(shop.url, f"SET row_security = on; {HIDING.format(type='int')}{rows_of}{KEPT}")
    proof = shop.proven(HIDING.format(type="bigint") + KEPT, selection)
    assert "it runs, arrives" in str(proof)


def test_a_renamed_table_is_compared_with_itself(shop: Shop) -> None:
    execute(shop.url, 'CREATE TABLE "Sheep" (id int); INSERT INTO "Sheep" VALUES (1)')
    planned = shop.planned("CREATE TABLE sheep (id int)")
    assert [change.sql for change in planned.statements] == [
        'ALTER TABLE public."Sheep" RENAME TO sheep'
    ]
    assert prove(planned, shop.settings, shop.url, untold).rows == 101


OUTSIDE = """
CREATE FUNCTION outside(text) RETURNS boolean LANGUAGE plpgsql AS $f$ BEGIN
    IF current_setting('is_superuser') = 'on' THEN EXECUTE $$COPY (SELECT 1) {}$$; END IF;
    RETURN true;
END $f$;
ALTER TABLE item ADD CHECK (outside(name));
"""


@pytest.mark.skipif(not is_confining(), reason="the kernel has no Landlock")
@pytest.mark.parametrize("where", ["TO PROGRAM 'cat'", "TO '/tmp/outside'"])
def test_a_check_that_leaves_the_server_is_no_defect(shop: Shop, where: str) -> None:
    """The throwaway server does not let it, and it is not the plan that failed."""
    checked = OUTSIDE.format(where)
    # The check is not asked about the rows that are there, on a server that has no such limits.
    execute(shop.url, f"{checked.replace('(outside(name))', '(outside(name)) NOT VALID')}")
    with pytest.raises(NotProven, match="fails on a copy") as found:
        shop.proven(checked)
    assert "a function of the database that it sets off" in found.value.hint
    assert "defect" not in found.value.hint
    assert any("function outside(text)" in line for line in found.value.details)


def test_rows_in_the_way_of_a_statement_are_found(shop: Shop) -> None:
    execute(shop.url, "UPDATE item SET name = NULL WHERE id = 7")
    with pytest.raises(NotProven, match=r"fails on a copy .* is violated by some row") as found:
        shop.proven("ALTER TABLE item ALTER COLUMN name SET NOT NULL")
    assert any("public.item" in detail for detail in found.value.details)
    assert "gnkmigrate audit" in found.value.hint


@pytest.mark.parametrize(
    ("wanted", "table"),
    [
        ("ALTER TABLE item ADD COLUMN size text NOT NULL", "public.item"),
        ("ALTER TABLE sale ADD COLUMN size text NOT NULL", "public.sale_2024"),
    ],
)
def test_rows_that_a_new_column_has_no_value_for(shop: Shop, wanted: str, table: str) -> None:
    with pytest.raises(NotProven, match="would stop at rows that are there") as found:
        shop.proven(wanted)
    assert found.value.details[0].startswith(f"{table} holds rows. Column public.")
    assert "Give a new column a default in the target" in found.value.hint


def test_a_proof_does_not_load_what_runs_phases() -> None:
    program = "import sys, gnkmigrate.proof.prove; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert {"alembic", "sqlalchemy", "sqlglot"}.isdisjoint(loaded.stdout.split())


def test_a_sample_need_not_find_them(shop: Shop) -> None:
    proof = shop.proven("CREATE INDEX ON item (name)", Selection(rows=5))
    assert 10 <= proof.rows < proof.live_rows == 100
    assert f"with {proof.rows} of 100 rows" in str(proof)


@pytest.mark.parametrize(
    ("theft", "said"),
    [
        ("DELETE FROM public.item WHERE id = 7", "public.item: 40 rows before, 39 rows after"),
        ("UPDATE public.item SET name = 'x'", "public.item: 40 rows, but not the same"),
        ("UPDATE public.sale SET item = 1", "public.sale_2024: 60 rows, but not the same"),
    ],
)
def test_rows_that_go_without_a_word_are_found(shop: Shop, theft: str, said: str) -> None:
    with pytest.raises(NotProven, match="not every row is as before") as found:
        shop.proven(MORE, besides=theft)
    assert found.value.details == (said,)


def test_everything_that_is_not_as_before_is_told_at_once(shop: Shop) -> None:
    theft = (
        "DELETE FROM public.item WHERE id = 7; UPDATE public.sale SET item = 1;"
        "ALTER SEQUENCE public.sale_id_seq RESTART; CREATE VIEW public.more AS SELECT 1 AS one"
    )
    with pytest.raises(NotProven, match="does not make it the target") as found:
        shop.proven(MORE, besides=theft)
    told = "\n".join(found.value.details)
    for said in (
        "remove view public.more",
        "CREATE VIEW public.more",
        "public.item: 40 rows before, 39 rows after",
        "public.sale_2024: 60 rows, but not the same",
        "not every sequence goes on",
    ):
        assert said in told


def test_too_small_a_disk_says_nothing_about_the_plan(shop: Shop) -> None:
    full = "DO $$BEGIN RAISE 'could not extend file' USING ERRCODE = '53100'; END$$"
    with pytest.raises(NoRoom, match="disk is full: could not extend file") as found:
        shop.proven("ALTER TABLE item ADD COLUMN size text", besides=full)
    assert "--sample" in found.value.hint


def test_a_plan_that_leaves_a_difference_is_found(shop: Shop) -> None:
    planned = instead(shop.planned("CREATE INDEX item_name ON item (name)"), ["SELECT 1"])
    with pytest.raises(NotProven, match="does not make it the target") as found:
        prove(planned, shop.settings, shop.url, untold)
    assert found.value.details == (
        "add index public.item_name",
        "pg_dump (- the target, + what there is):",
        "INDEX public.item_name",
        "  -CREATE INDEX item_name ON public.item USING btree (name);",
    )


def test_an_empty_plan_needs_no_copy_but_has_to_be_true(shop: Shop) -> None:
    assert str(shop.proven("")) == (
        "Proven: pg_dump says the same of the database and of the target. As before, since the "
        "target says nothing of them: owners."
    )
    planned = instead(shop.planned("CREATE INDEX item_name ON item (name)"), [])
    with pytest.raises(NotProven, match="The plan is empty, but") as found:
        prove(planned, shop.settings, shop.url, untold)
    assert "INDEX public.item_name" in found.value.details


def test_a_text_that_does_not_survive_its_own_dump_is_no_difference(shop: Shop) -> None:
    odd = "CREATE VIEW goods AS SELECT id, name FROM item UNION ALL SELECT NULL, note FROM sale"
    execute(shop.url, odd)
    assert str(shop.proven(odd)).startswith("Proven: pg_dump says the same")


def test_what_was_not_compared_is_said_instead_of_proven(shop: Shop) -> None:
    planned = shop.planned("CREATE INDEX ON item (name)")
    unread = (Unread("large object", ("24601",), 1),)
    planned = replace(planned, source=replace(planned.source, unread=unread))
    proof = prove(planned, shop.settings, shop.url, untold)
    assert str(proof).startswith(
        "Tried on a copy with 100 rows: it runs, arrives, and loses nothing unsaid, as far as was "
        "compared. Not compared: 1 large object (24601)."
    )


def test_values_that_are_others_by_their_new_type_are_told(shop: Shop) -> None:
    execute(shop.url, "UPDATE item SET price = 1.25 WHERE id = 7")
    coarser = "ALTER TABLE public.item ALTER COLUMN price TYPE numeric(10, 1)"
    planned = instead(shop.planned(coarser), [coarser])
    proof = prove(planned, shop.settings, shop.url, untold)
    assert str(proof).endswith(
        "Other values by their new type: public.item.price (numeric(10,2) to numeric(10,1))."
    )


def test_a_database_that_has_changed_since_is_found(shop: Shop) -> None:
    planned = shop.planned("CREATE INDEX item_name ON item (name)")
    execute(shop.url, "ALTER TABLE item ADD COLUMN late text")
    with pytest.raises(NotProven, match="the live database has changed") as found:
        prove(planned, shop.settings, shop.url, untold)
    assert found.value.details == ("add column public.item.late",)


def test_an_extension_that_the_copy_lacks_is_named_or_left_out(shop: Shop) -> None:
    wanted = "CREATE INDEX item_name ON item (name)"
    planned = shop.planned(wanted)
    execute(shop.url, COSMOLOGY)
    with pytest.raises(CloneFailed, match="lacks extensions"):
        prove(planned, shop.settings, shop.url, untold)
    left_out = Selection(without=("cosmology",))
    assert prove(planned, shop.settings, shop.url, untold, left_out).rows == 100
    assert rows(shop.url, "SELECT to_regclass('item_name')") == [(None,)]
