"""SQLAlchemy models of a target, held against it by Alembic and by ourselves."""

import importlib.util
from pathlib import Path
from types import ModuleType

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine

from gnkmigrate.errors import SettingsError
from gnkmigrate.orm.sqlalchemy.models import sqlalchemy_models
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.settings import Settings
from tests.conftest import MAJOR
from tests.support import TARGET

SHOP = """
CREATE TYPE state AS ENUM ('open', 'paid');
CREATE TABLE customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email varchar(200) NOT NULL UNIQUE, labels text[] DEFAULT '{}' NOT NULL, extra jsonb);
CREATE TABLE orders (customer_id bigint REFERENCES customer ON DELETE CASCADE, no int,
    state state DEFAULT 'open' NOT NULL, total numeric(12, 2) CHECK (total >= 0),
    placed timestamptz DEFAULT now(), PRIMARY KEY (customer_id, no));
CREATE INDEX orders_placed_idx ON orders (placed DESC) WHERE state = 'open';
"""


def imported(text: str, folder: Path) -> ModuleType:
    file = folder / "written.py"
    file.write_text(text)
    spec = importlib.util.spec_from_file_location("written", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("schema", [SHOP, TARGET.read_text()], ids=["a shop", "MineGNK"])
def test_alembic_finds_no_difference(tmp_path: Path, database: DatabaseUrl, schema: str) -> None:
    file = tmp_path / "target.sql"
    file.write_text(schema)
    module = imported(sqlalchemy_models(str(file), Settings(), MAJOR), tmp_path)
    with connect(database, search_path=["public"]) as session:
        session.execute(schema.encode())
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(database.conninfo),
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, module.Base.metadata) == []


def test_a_database_is_no_declared_target(database: DatabaseUrl) -> None:
    with pytest.raises(SettingsError, match="a database or a snapshot"):
        sqlalchemy_models(database.conninfo, Settings(), MAJOR)
