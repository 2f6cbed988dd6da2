"""SQLAlchemy's models as the target."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gnkmigrate.cli import application
from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.source import load_schema
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.models import projects

BASE = "sqlalchemy:shop.models:Base"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return projects.sqlalchemy(tmp_path)


def run(folder: Path, url: DatabaseUrl, *arguments: str) -> Result:
    config = ("--config", str(folder / "gnkmigrate.toml"))
    return CliRunner().invoke(application(), [*config, "--url", url.conninfo, *arguments])


def test_models_are_read_as_they_are_created(shop: Path, server: Server) -> None:
    target = load_schema(BASE, Settings(root=shop), server=server)
    assert target.get("table", "sales", "order")
    assert target.get("enum", "public", "order_state")
    assert target.get("constraint", "sales", "order", "order_total")


def test_a_plan_takes_a_database_to_the_models_and_is_proven(
    shop: Path, database: DatabaseUrl
) -> None:
    plan = str(shop / "plan.json")
    (shop / "gnkmigrate.toml").write_text(
        f'target = "{BASE}"\nschemas = ["public", "sales"]\naudits = "audits"\n'
    )
    with connect(database) as session:
        session.execute("CREATE TABLE public.customer (id int PRIMARY KEY, email varchar(200))")
    assert run(shop, database, "audit").exit_code == 1
    proven = run(shop, database, "plan", "--prove", "--format", "json", "--output", plan)
    assert proven.exit_code == 1, proven.stderr
    applied = run(shop, database, "apply", plan, "--yes")
    assert applied.exit_code == 0, applied.stderr
    assert run(shop, database, "plan").exit_code == 0


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("sqlalchemy:shop.models", "does not say where"),
        ("sqlalchemy:shop.none:Base", "No module named 'shop.none'"),
        ("sqlalchemy:shop.models:State", "neither a MetaData"),
        ("sqlalchemy:shop.models:Nobody", "no attribute 'Nobody'"),
    ],
)
def test_what_cannot_be_imported_is_named(
    shop: Path, server: Server, source: str, said: str
) -> None:
    with pytest.raises(SchemaError) as told:
        load_schema(source, Settings(root=shop), server=server)
    assert said in "\n".join([told.value.message, *told.value.details])


@pytest.mark.parametrize(
    ("text", "line"),
    [("import not_installed", 1), ("import sqlalchemy\nBase = not_there", 2), ("def f(:", 1)],
)
def test_models_that_fail_are_told_by_their_line(
    shop: Path, server: Server, text: str, line: int
) -> None:
    (shop / "shop" / "models.py").write_text(text)
    with pytest.raises(SchemaError) as told:
        load_schema(BASE, Settings(root=shop), server=server)
    assert f'models.py", line {line}' in told.value.details[0]
    assert len(told.value.details) <= 4


def test_a_driver_that_shows_its_password_is_silenced(shop: Path, server: Server) -> None:
    (shop / "shop" / "models.py").write_text(
        'import os\nraise SystemExit("postgresql://u:" + os.environ["PGPASSWORD"] + "@h/d")\n'
    )
    with pytest.raises(SchemaError) as told:
        load_schema(BASE, Settings(root=shop), server=server)
    assert told.value.details == ("postgresql://u:***@h/d",)
