"""Tables that Citus keeps in shards.

No server with Citus is to be had here: a catalog of the same names stands for it, so what is tested
is what gnkmigrate makes of that.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.session import audit_project
from gnkmigrate.doctor.run import examine
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres import citus
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.settings import ServerSettings, Settings
from tests.small import Small
from tests.support import ROOT, execute, execute_file

TABLES = """
CREATE TABLE orders (id int, account_id int, name varchar(60), city text, seen timestamp,
    PRIMARY KEY (account_id, id));
CREATE TABLE states (code text PRIMARY KEY, name varchar(60));
CREATE TABLE kept (id int PRIMARY KEY, name varchar(60));
CREATE TABLE ordinary (id int PRIMARY KEY, name varchar(60))
"""
CATALOG = """
INSERT INTO pg_dist_partition VALUES
    ('orders', 'h', '{VAR :varno 1 :varattno 2 :vartype 23}', 2, 's'),
    ('states', 'n', NULL, 3, 't'),
    ('kept', 'n', NULL, 0, 's')
"""
EXTENSION = """
SET allow_system_table_mods = on;
INSERT INTO pg_extension
SELECT 99999, 'citus', extowner, extnamespace, false, '13.0-1', NULL, NULL
FROM pg_extension WHERE extname = 'plpgsql'
"""
CONVERSION = 'op.convert_columns("public.{}", conversions=(Conversion("name", "text"),))'
IMPORT = "from gnkmigrate.run.sync.conversion import Conversion\n"


@pytest.fixture
def sharded(small: Small) -> Small:
    """A database of four tables, of which Citus distributes two."""
    execute_file(small.url, ROOT / "tests" / "citus.sql")
    execute(small.url, TABLES)
    execute(small.url, CATALOG)
    return small


def refused(small: Small, revision: str) -> str:
    small.reversible(1, IMPORT + revision)
    before = small.project().rows("SELECT * FROM pg_class WHERE oid > 16384 ORDER BY oid")
    with pytest.raises(PhaseRefused, match="nothing was changed") as error:
        small.project().up()
    tables = small.project().rows(
        "SELECT * FROM pg_class WHERE oid > 16384 AND relnamespace = 'public'::regnamespace"
    )
    assert {row for row in tables if row not in before} == set()
    return "\n".join(error.value.details)


def test_what_it_knows_is_told(sharded: Small) -> None:
    with connect(sharded.url) as connection:
        found = {each.name: each.words for each in citus.tables(connection)}
    assert found == {
        "orders": "distributed by account_id",
        "states": "a reference table",
        "kept": "local, and known to Citus",
    }


@pytest.mark.parametrize(
    ("revision", "table"),
    [
        (CONVERSION.format("orders"), "public.orders: distributed by account_id"),
        (CONVERSION.format("states"), "public.states: a reference table"),
        ('op.drop_columns("public.orders", ("city",))', "public.orders: distributed by account_id"),
        ('op.rename_table("public.states", "state")', "public.states: a reference table"),
    ],
)
def test_another_shape_is_refused_by_name(sharded: Small, revision: str, table: str) -> None:
    said = refused(sharded, revision)
    assert table in said
    assert "undistribute_table" in said


def test_the_column_of_distribution_is_a_part_of_what_is_unique(sharded: Small) -> None:
    said = refused(sharded, 'op.add_unique("public.orders", "orders_id", ("id",))')
    assert "Have the constraint include account_id." in said
    sharded.reversible(1, 'op.add_unique("public.orders", "orders_id", ("id", "account_id"))')
    sharded.project().up()


@pytest.mark.parametrize("table", ["kept", "ordinary"])
def test_tables_of_this_server_alone_are_as_elsewhere(sharded: Small, table: str) -> None:
    sharded.reversible(1, IMPORT + CONVERSION.format(table))
    sharded.project().up()
    sharded.project().down()


def test_what_it_carries_to_its_nodes_is_not_refused(sharded: Small) -> None:
    sharded.revision(
        1,
        'op.execute("ALTER TABLE public.orders ADD COLUMN note text")',
        'op.execute("ALTER TABLE public.orders DROP COLUMN note")',
    )
    sharded.project().up()


def test_distributed_since_then_the_way_back_is_refused(small: Small) -> None:
    execute_file(small.url, ROOT / "tests" / "citus.sql")
    execute(small.url, TABLES)
    small.reversible(1, IMPORT + CONVERSION.format("states"))
    small.project().up()
    execute(small.url, CATALOG)
    with pytest.raises(PhaseRefused, match="cannot downgrade"):
        small.project().down()


def test_doctor_says_what_is_refused(sharded: Small, tmp_path: Path) -> None:
    execute(sharded.url, EXTENSION)
    said = examine(Settings(root=tmp_path), None, sharded.url)
    known, warned = (each for each in said if each.title == "citus")
    assert known.message == (
        "Citus 13.0-1: 1 distributed table, 1 reference table, 1 local table that it knows"
    )
    assert warned.details == (
        "public.orders: distributed by account_id",
        "public.states: a reference table",
    )


def test_a_target_may_say_nothing_of_an_extension(sharded: Small, tmp_path: Path) -> None:
    execute(sharded.url, "CREATE EXTENSION hstore")
    (tmp_path / "target.sql").write_text(TABLES + ";")
    target, options = tmp_path / "target.sql", AuditOptions(data_checks=False)
    server = ServerSettings(provider="url", url=SecretStr(sharded.server.url.conninfo))
    settings = Settings(root=tmp_path, target=target, server=server, ignore=("hstore",))
    result = audit_project(settings, sharded.url, options, datetime.now(UTC), lambda _: None)
    assert [each.message for each in result.findings if each.kind != "check"] == []
    assert sum(each.check == "GNK-O012" for each in result.findings) == 2


def test_doctor_is_silent_where_it_is_not(database: DatabaseUrl, tmp_path: Path) -> None:
    titles = [each.title for each in examine(Settings(root=tmp_path), None, database)]
    assert "citus" not in titles
