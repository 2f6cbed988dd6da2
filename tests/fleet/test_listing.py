import os
import pickle
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo

from gnkmigrate.errors import PhaseRefused, SettingsError
from gnkmigrate.fleet import rows
from gnkmigrate.fleet.listing import listed
from gnkmigrate.fleet.task import Order, Source
from gnkmigrate.postgres.connection import DatabaseUrl
from tests.support import execute

SECRET = "open-sesame"
URL = f"postgresql://me:{SECRET}@db1:6000/shop"


def _written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_a_list_as_csv_and_as_toml(tmp_path: Path) -> None:
    csv = _written(tmp_path, "a.csv", "\ufeffname, url, region\nshop1, dbname=a, eu\n")
    toml = _written(
        tmp_path, "a.toml", '[[target]]\nname = "shop1"\nurl = "dbname=a"\nregion = "eu"\n'
    )
    for file in (csv, toml):
        (row,) = rows.of_file(file)
        assert (row.name, row.url, row.labels) == ("shop1", "dbname=a", {"region": "eu"})


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "name,address\nshop,x\n", "no column url"),
        ("a.csv", "name,url\n", "is empty"),
        ("a.toml", "[[targets]]\nname = 'a'\nurl = 'b'\n", r"has targets, and no \[\[target\]\]"),
        ("a.csv", 'name,url\n"a"b,c\n', "line 2 is not CSV"),
        ("a.toml", "[[target]\n", "not valid TOML"),
        ("a.toml", "target = 3\n", "no list of tables"),
    ],
)
def test_a_list_that_cannot_be_read(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        rows.of_file(_written(tmp_path, name, text))


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        rows.of_file(tmp_path / "gone.csv")


def test_lines_that_name_no_database_are_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOT_SET", raising=False)
    file = _written(
        tmp_path,
        "a.csv",
        f"name,url\na,{URL}\na,dbname=x\nb,{URL}?sslmode=require\n,dbname=x\nc,\n"
        f"d,$NOT_SET\ne,dbname=e,more\nf,postgresql://me:{SECRET}@x@y/z\n",
    )
    listing = listed(rows.of_file(file), elsewhere=False)
    assert [each.target.name for each in listing.placed] == ["a"]
    said = {each.name: each.message for each in listing.unusable}
    assert "twice: line 2 and line 3" in said["a"]
    assert said["b"] == "It is the same database as a."
    assert said["(line 5)"] == "line 5 has no name"
    assert said["c"] == "line 6 has no url"
    assert "NOT_SET is not set" in said["d"]
    assert "more values than there are columns" in said["e"]
    assert "more than one @" in said["f"]
    assert SECRET not in repr(listing)


def test_a_password_goes_to_workers_of_this_machine_by_the_name_of_a_variable(
    tmp_path: Path,
) -> None:
    file = _written(tmp_path, "a.csv", f"name,url\na,{URL}\nb,{URL}2\n")
    listing = listed(rows.of_file(file), elsewhere=False)
    order = Order("audit", Source("", ()), None, "r", 1)
    tasks = [(order, placed.target) for placed in listing.placed]
    assert SECRET not in repr(tasks)
    assert SECRET.encode() not in pickle.dumps(tasks)
    address = listing.placed[0].target.address
    with pytest.raises(SettingsError):
        address.resolved()
    with listing.lent():
        found, wanted = address.resolved(), DatabaseUrl.parse(URL)
        assert conninfo.conninfo_to_dict(found.conninfo) == conninfo.conninfo_to_dict(
            wanted.conninfo
        )
    assert address.secret not in os.environ
    assert len(listing.secrets) == 1  # the one password of both
    assert listing.placed[0].server == "db1:6000"


def test_a_password_is_not_sent_to_other_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOP_URL", raising=False)
    file = _written(tmp_path, "a.csv", f"name,url\na,{URL}\nb,$SHOP_URL\nc,service=shop\n")
    listing = listed(rows.of_file(file), elsewhere=True)
    (refused,) = listing.unusable
    assert "not sent to other machines" in refused.message
    assert [each.server for each in listing.placed] == ["elsewhere", "service=shop"]
    assert listing.placed[0].target.address.variable == "SHOP_URL"
    assert not listing.secrets


def test_a_list_by_a_query(database: DatabaseUrl) -> None:
    found = rows.of_query(database, "SELECT 'a' AS name, 'dbname=a' AS url, 3 AS zone")
    assert [(row.name, row.labels) for row in found] == [("a", {"zone": "3"})]
    with pytest.raises(SettingsError, match="gives the columns name, x"):
        rows.of_query(database, "SELECT 1 AS name, 2 AS x")
    with pytest.raises(SettingsError, match="gives no row"):
        rows.of_query(database, "SELECT '' AS name, '' AS url LIMIT 0")


def test_a_query_that_lists_cannot_change_anything(database: DatabaseUrl) -> None:
    execute(database, "CREATE TABLE tenants (name text, url text)")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        rows.of_query(database, "INSERT INTO tenants VALUES ('a', 'b') RETURNING name, url")


def test_schemas_of_one_database(database: DatabaseUrl) -> None:
    for name in ("tenant_a", "tenant_b", "gnkmigrate_staging", '"Other"'):
        execute(database, f"CREATE SCHEMA {name}")
    found = rows.of_schemas(database, ["tenant_*", "gone"], "public")
    assert [(row.schema, row.problem) for row in found] == [
        ("tenant_a", ""),
        ("tenant_b", ""),
        ("gone", "is not there"),
    ]
    assert rows.of_schemas(database, ["*"], "public")[0].schema == "Other"
    with pytest.raises(SettingsError, match="fits t_"):
        rows.of_schemas(database, ["t_*"], "public")


PLANTED = """
CREATE ROLE {role}; GRANT CREATE, USAGE ON SCHEMA public TO {role}; SET ROLE {role};
CREATE FUNCTION public.lower(varchar) RETURNS text LANGUAGE sql AS $$SELECT 'planted'$$;
"""


def test_a_query_runs_nobody_elses_code(database: DatabaseUrl) -> None:
    role = f"planter_{os.getpid()}"
    execute(database, PLANTED.format(role=role))
    query = "SELECT lower('A'::varchar) AS name, 'dbname=a' AS url"
    try:
        with pytest.raises(PhaseRefused) as refused:
            rows.of_query(database, query)
        assert "public.lower(character varying)" in refused.value.details[0]
        assert [row.name for row in rows.of_query(database, query, trusted=True)] == ["planted"]
    finally:
        execute(database, f"DROP OWNED BY {role}; DROP ROLE {role}")


# Whose rows another role decides on, in each way in which it can.
WRITTEN = {
    "SELECT name, url FROM shops": "CREATE TABLE shops (name text, url text)",
    "SELECT name, url FROM ours": "GRANT INSERT ON ours TO {role}",
    "SELECT name, url FROM public.ours AS x": "GRANT UPDATE (url) ON ours TO {role}",
    'SELECT name, url FROM "Shown"': (
        'GRANT UPDATE ON ours TO {role}; CREATE VIEW "Shown" AS SELECT * FROM ours'
    ),
    "SELECT * FROM given()": (
        "CREATE FUNCTION public.given(OUT name text, OUT url text) SECURITY DEFINER LANGUAGE sql"
        " AS $$SELECT 'evil', 'host=evil'$$"
    ),
}


@pytest.mark.parametrize("query", WRITTEN)
def test_passwords_go_nowhere_that_another_role_says(database: DatabaseUrl, query: str) -> None:
    role = f"writer_{os.getpid()}"
    make = f"CREATE ROLE {role}; GRANT CREATE, USAGE ON SCHEMA public TO {role}"
    execute(database, f"{make}; CREATE TABLE ours (name text, url text)")
    execute(database, "INSERT INTO ours VALUES ('a', 'dbname=a')")
    ours = "SELECT name, url FROM ours"
    try:
        assert [row.name for row in rows.of_query(database, ours)] == ["a"]
        # Grants and the view are ours, the rest is theirs.
        taken = "" if WRITTEN[query].startswith("GRANT") else f"SET ROLE {role}; "
        execute(database, taken + WRITTEN[query].format(role=role))
        with pytest.raises(PhaseRefused, match="Other roles decide on rows of --query") as refused:
            rows.of_query(database, query)
        assert role in refused.value.details[0]
        with suppress(SettingsError):  # some are empty
            rows.of_query(database, query, trusted=True)
    finally:
        execute(database, f"DROP OWNED BY {role}; DROP ROLE {role}")
