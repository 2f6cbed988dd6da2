"""What was not run is estimated: statements of pg_stat_statements, and indexes of hypopg."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import Result

from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import Server
from tests.audit.own_server import needs_own_server, own_server
from tests.impact.shop import Shop
from tests.small import Small
from tests.support import ROOT, execute

pytestmark = needs_own_server

OF_CUSTOMER = "SELECT id, total FROM orders WHERE customer = "
OF_STATE = "SELECT count(*) FROM orders WHERE state = "
EVERYTHING = "SELECT sum(total) FROM orders"


@pytest.fixture(scope="module")
def watched() -> Iterator[Server]:
    with own_server("shared_preload_libraries = 'pg_stat_statements'") as server:
        yield server


@pytest.fixture
def shop(watched: Server, tmp_path: Path) -> Iterator[Shop]:
    with watched.database() as url:
        yield Shop(Small(tmp_path / "migrations", url, watched))


def used(shop: Shop) -> None:
    """As an application leaves its traces."""
    execute(shop.small.url, 'CREATE SCHEMA "Odd"; CREATE EXTENSION pg_stat_statements SCHEMA "Odd"')
    with connect(shop.small.url, search_path=["public"]) as session:
        for number in range(9):
            session.execute(f"{OF_CUSTOMER}{number}".encode())
        for _ in range(3):
            session.execute(f"{OF_STATE}'open'".encode())
            session.execute("SELECT count(*) FROM pg_class, pg_attribute")


def document(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    jsonschema.validate(found, json.loads((ROOT / "docs" / "impact.schema.json").read_text()))
    return found


def test_what_took_most_time_is_estimated_by_the_plans_of_the_copy(shop: Shop) -> None:
    used(shop)
    result = shop.run("--top", "10", "--format", "json")
    assert result.exit_code == 1, result.stderr
    found = document(result)
    assert found["basis"] == "estimated"
    queries = {query["name"]: query for query in found["queries"]}
    assert set(queries) == {f"{OF_CUSTOMER}$1", f"{OF_STATE}$1"}  # no catalog's
    assert queries[f"{OF_STATE}$1"]["failures"] == {"after": 'column "state" does not exist'}
    of_customer = queries[f"{OF_CUSTOMER}$1"]
    before, after = of_customer["shapes"]["before"], of_customer["shapes"]["after"]
    assert before["basis"] == after["basis"] == "estimated"
    assert of_customer["ratio"] == pytest.approx(before["cost"] / after["cost"])
    saved = 9 * (before["median_ms"] - after["median_ms"]) / 1000
    assert of_customer["saved_s_a_day"] == pytest.approx(saved)
    assert before["buffers"] is None
    assert found["useless"] == ["public.orders_total_idx"]


PLANTED = """
CREATE ROLE planter; GRANT CREATE, USAGE ON SCHEMA public TO planter; SET ROLE planter;
CREATE FUNCTION public.odd() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$BEGIN
    IF current_user <> 'planter' THEN RAISE 'it ran'; END IF;
    RETURN 1;
END$$;
SELECT id, public.odd() FROM public.orders LIMIT 0
"""


def test_what_would_run_anothers_function_is_left_out(shop: Shop) -> None:
    """Who runs it often enough finds his statement among those that took most time."""
    execute(shop.small.url, "CREATE EXTENSION pg_stat_statements; GRANT SELECT ON orders TO PUBLIC")
    execute(shop.small.url, PLANTED)
    try:
        result = shop.run("--live", "--top", "10")
    finally:
        execute(shop.small.url, "DROP OWNED BY planter; DROP ROLE planter")
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert "left out, for it would run with your rights: function public.odd() of planter" in said


def test_an_estimate_is_called_one(shop: Shop) -> None:
    used(shop)
    shop.write("everything", f"-- ---\n-- name = 'everything'\n-- ---\n{EVERYTHING}")
    page = shop.folder / "impact.html"
    shown = shop.run("--live", "--top", "10", "--report", str(page))
    assert shown.exit_code == 0, shown.output
    text = " ".join(shown.stdout.split())
    assert "What begins with ~ is estimated." in text
    assert "before: estimated: what a call takes is the mean in pg_stat_statements" in text
    assert "the extension hypopg is not installed" in text
    assert "(estimated)" in page.read_text()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT", "The extension pg_stat_statements is not installed in this database."),
        ("CREATE EXTENSION pg_stat_statements", "has no query here that reads a table of public"),
    ],
)
def test_statistics_that_are_not_there_are_told(shop: Shop, statement: str, said: str) -> None:
    execute(shop.small.url, statement)
    refused = shop.run("--live", "--top", "5")
    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.split())


def test_a_server_that_does_not_collect_is_told(small: Small) -> None:
    shop = Shop(small)
    execute(small.url, "CREATE EXTENSION pg_stat_statements")
    refused = shop.run("--live", "--top", "5")
    assert refused.exit_code == 2
    assert "shared_preload_libraries" in refused.stderr


def test_indexes_that_are_not_there_yet(shop: Shop) -> None:
    """Runs where the server has HypoPG, which embedded servers do not bring along."""
    with connect(shop.small.url) as session:
        if not session.execute(
            "SELECT FROM pg_available_extensions WHERE name = 'hypopg'"
        ).fetchall():
            pytest.skip("this server has no HypoPG")
    used(shop)
    execute(shop.small.url, "CREATE SCHEMA tools; CREATE EXTENSION hypopg SCHEMA tools")
    shop.write("everything", f"-- ---\n-- name = 'everything'\n-- ---\n{EVERYTHING}")
    result = shop.run("--live", "--top", "10", "--format", "json")
    assert result.exit_code == 0, result.stderr
    found = document(result)
    queries = {query["name"]: query for query in found["queries"]}
    of_customer = queries[f"{OF_CUSTOMER}$1"]
    assert of_customer["ratio"] > 2
    assert of_customer["shapes"]["after"]["indexes"] == ["public.orders_customer_idx"]
    assert "by orders_customer_idx" in " ".join(of_customer["shapes"]["after"]["plan"])
    assert queries["everything"]["shapes"]["before"]["basis"] == "measured"
    assert queries["everything"]["shapes"]["after"]["basis"] == "estimated"
    assert queries["everything"]["ratio"] == pytest.approx(1)
    assert found["useless"] == ["public.orders_total_idx"]
    with connect(shop.small.url) as session:
        names = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'"
        assert session.execute(names).fetchone() == (1,)
