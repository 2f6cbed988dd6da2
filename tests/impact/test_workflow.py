"""Queries of a small shop, measured before and after its one phase."""

import json
from pathlib import Path

import jsonschema
import pytest

from gnkmigrate.errors import SettingsError
from gnkmigrate.impact.query import load
from gnkmigrate.postgres.connection import connect
from tests.impact.shop import Shop
from tests.small import Small
from tests.support import ROOT, execute

OF_CUSTOMER = """
-- ---
-- name = "orders of a customer"
-- calls_a_day = 86400
-- requests_a_row = 1
-- request_ms = 2
-- [parameters]
-- customer = "SELECT customer FROM orders GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
-- ---
SELECT id, total FROM orders WHERE customer = :'customer';
"""
OPEN = """
-- ---
-- name = "open orders"
-- shape = "{shape}"
-- ---
SELECT id FROM orders WHERE {column} = 'open' AND id::text LIKE '%00';
"""
ONE_SHAPE = """
-- ---
-- name = "states"
-- ---
SELECT state, count(*) FROM orders GROUP BY state;
"""
ALWAYS = """
CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no''; END';
CREATE TRIGGER no BEFORE INSERT OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION no();
ALTER TABLE orders ENABLE ALWAYS TRIGGER no
"""
WRITING = """
-- ---
-- name = "a writing one"
-- ---
{statement};
"""


@pytest.fixture
def shop(small: Small) -> Shop:
    return Shop(small)


def test_queries_are_measured_before_and_after_the_phases(shop: Shop) -> None:
    execute(shop.small.url, ALWAYS)
    shop.write("of_customer", OF_CUSTOMER)
    shop.write("open_before", OPEN.format(shape="before", column="state"))
    shop.write("open_after", OPEN.format(shape="after", column="status"))
    page = shop.folder / "impact.html"
    result = shop.run("--format", "json", "--report", str(page))
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    jsonschema.validate(document, json.loads((ROOT / "docs" / "impact.schema.json").read_text()))
    of_customer = document["queries"][1]
    before, after = of_customer["shapes"]["before"], of_customer["shapes"]["after"]
    assert before["plan"] == ["Seq Scan of orders"]
    assert "orders_customer_idx" in after["plan"][-1]
    assert before["buffers"] > after["buffers"] > 0
    assert before["rows"] == after["rows"] == 40
    assert before["total_ms"] == pytest.approx(before["median_ms"] + 40 * 2)
    assert of_customer["saved_s_a_day"] > 0
    assert set(document["queries"][0]["shapes"]) == {"before", "after"}
    indexes = {index["name"]: index for index in document["indexes"]}
    assert indexes["public.orders_customer_idx"]["used_by"] == ["orders of a customer"]
    assert indexes["public.orders_total_idx"]["write_us"] is not None  # 0 where it is noise
    assert document["useless"] == ["public.orders_total_idx"]
    assert "orders of a customer" in page.read_text()


def test_a_query_that_fails_afterwards_is_told(shop: Shop) -> None:
    shop.write("states", ONE_SHAPE)
    text = shop.folder / "impact.md"
    result = shop.run("--report", str(text))
    assert result.exit_code == 1
    assert 'fails after: column "state" does not exist' in result.stdout
    assert "| states |" in text.read_text()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM orders", "it writes"),
        ("WITH gone AS (DELETE FROM orders RETURNING 1) SELECT FROM gone", "it writes"),
        ("SELECT FROM orders FOR UPDATE", "it locks rows"),
        ("SELECT * INTO copies FROM orders", "it writes"),
        ("CREATE TABLE copies AS SELECT * FROM orders", "syntax error"),
        ("SELECT nextval('number')", "read-only transaction"),
        ("SELECT 1; DROP TABLE orders", "multiple commands"),
        ("SELEC 1", "syntax error"),
    ],
)
def test_nothing_but_reading_is_measured(shop: Shop, statement: str, said: str) -> None:
    shop.write("writing", WRITING.format(statement=statement))
    execute(shop.small.url, "CREATE SEQUENCE number")
    result = shop.run("--live")
    assert result.exit_code == 2
    text = " ".join(result.stderr.split())
    assert "writing.sql cannot be measured: " in text
    assert said in text
    with connect(shop.small.url) as session:
        assert session.execute("SELECT count(*) FROM public.orders").fetchone() == (20000,)
        assert session.execute("SELECT is_called FROM public.number").fetchone() == (False,)


def test_the_live_database_is_measured_as_it_is(shop: Shop) -> None:
    shop.write("of_customer", OF_CUSTOMER)
    result = shop.run("--live", "--format", "json")
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["place"] == "live"
    assert set(document["queries"][0]["shapes"]) == {"before"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT 1", "does not begin with a comment"),
        ("-- ---\n-- shape = 'now'\n-- ---\nSELECT 1", "shape: "),
        ("-- ---\n-- name = 'a'\n-- ---\nSELECT :'b'", "parameters: b is missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.sql").write_text(text)
    with pytest.raises(SettingsError, match=r"a\.sql") as refused:
        load(tmp_path)
    assert said in "\n".join(refused.value.details)


def test_two_files_of_one_shape_contradict_each_other(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.sql").write_text(ONE_SHAPE.lstrip())
    with pytest.raises(SettingsError, match="are both the query states before"):
        load(tmp_path)


def test_no_queries_are_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There are no queries"):
        load(tmp_path)


PLANTED = """
CREATE ROLE planter; GRANT CREATE, USAGE ON SCHEMA public TO planter; SET ROLE planter;
CREATE FUNCTION public.lower(varchar) RETURNS text IMMUTABLE LANGUAGE plpgsql
AS $$BEGIN RAISE 'it ran'; END$$
"""


@pytest.mark.parametrize("options", [("--live",), ()], ids=["live", "copy"])
def test_a_planted_function_is_not_run(shop: Shop, options: tuple[str, ...]) -> None:
    execute(shop.small.url, PLANTED)
    shop.write("planted", ONE_SHAPE.replace("GROUP", "WHERE state <> lower('A'::varchar) GROUP"))
    try:
        result = shop.run(*options)
    finally:
        execute(shop.small.url, "DROP OWNED BY planter; DROP ROLE planter")
    assert result.exit_code == 2
    assert "public.lower(character varying)" in result.stderr


OF_ANOTHER = """
CREATE ROLE planter; GRANT CREATE, USAGE ON SCHEMA public TO planter;
SET ROLE planter;
CREATE FUNCTION public.odd() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$BEGIN
    IF current_user <> 'planter' THEN RAISE 'it ran'; END IF;
    RETURN 1;
END$$;
CREATE TABLE public.stock (id int);
CREATE INDEX odd_idx ON public.stock ((public.odd()))
"""


@pytest.mark.parametrize("options", [("--live",), ()], ids=["live", "copy"])
def test_a_table_whose_index_calls_another_one_s_function_is_not_read(
    shop: Shop, options: tuple[str, ...]
) -> None:
    execute(shop.small.url, OF_ANOTHER)
    shop.write("of_stock", OF_CUSTOMER.replace("FROM orders GROUP", "FROM stock, orders GROUP"))
    try:
        result = shop.run(*options)
    finally:
        execute(shop.small.url, "DROP OWNED BY planter; DROP ROLE planter")
    assert result.exit_code == 2
    assert "index public.odd_idx: function public.odd() of planter" in result.stderr
    assert "it ran" not in result.output
