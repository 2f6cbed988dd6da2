"""Django's own migrations as the target."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from psycopg import conninfo

from gnkmigrate.diff.compare import compare
from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.source import load_schema
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.models import projects


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = projects.django(tmp_path_factory.mktemp("django"))
    manage(folder, "makemigrations", "orders")
    projects.add_view(folder)
    return folder


@pytest.fixture
def shop(tmp_path: Path, written: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "shop"))


def manage(folder: Path, *arguments: str, url: DatabaseUrl | None = None) -> None:
    """Runs manage.py as a developer does."""
    given = conninfo.conninfo_to_dict(url.conninfo) if url else {}
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    variables = {f"DB_{name}": str(given.get(key, "none")) for name, key in names.items()}
    variables["DB_PORT"] = str(given.get("port", 1))
    subprocess.run(
        [sys.executable, "manage.py", *arguments, "-v0"],
        cwd=folder,
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
    )


def test_a_database_that_django_migrated_has_no_gap(
    shop: Path, database: DatabaseUrl, server: Server
) -> None:
    manage(shop, "migrate", url=database)
    settings = Settings(root=shop)
    target = load_schema("django", settings, server=server)
    live = load_schema(database.conninfo, settings)
    assert {"orders_order", "auth_user", "django_migrations"} <= {
        table.identity.name for table in target.of_kind("table")
    }
    assert target.get("view", "public", "large")
    assert compare(live, target) == ()


def test_a_change_by_hand_is_a_gap(shop: Path, database: DatabaseUrl, server: Server) -> None:
    manage(shop, "migrate", url=database)
    with connect(database) as session:
        session.execute("ALTER TABLE public.orders_order DROP CONSTRAINT affordable")
    settings = Settings(root=shop)
    live = load_schema(database.conninfo, settings)
    (change,) = compare(live, load_schema("django:shop.settings", settings, server=server))
    assert change.identity.name == "affordable"


def test_models_that_no_migration_follows_are_told(shop: Path, server: Server) -> None:
    models = shop / "orders" / "models.py"
    models.write_text(f"{models.read_text()}    colour = models.CharField(max_length=9)\n")
    with pytest.raises(SchemaError) as told:
        load_schema("django", Settings(root=shop), server=server)
    assert "no migration has" in told.value.details[-1]


@pytest.mark.parametrize(
    ("source", "said"),
    [("django:shop.other", "No module named 'shop.other'"), ("django", "There is no manage.py")],
)
def test_settings_that_are_not_there_are_named(
    shop: Path, server: Server, source: str, said: str
) -> None:
    (shop / "manage.py").unlink()
    with pytest.raises(SchemaError) as told:
        load_schema(source, Settings(root=shop), server=server)
    assert said in "\n".join(told.value.details)
