"""Alembic, Django and TypeORM themselves, with migrations as their users write them."""

from pathlib import Path

import pytest

from gnkmigrate.check.other_tools.tools import opened
from gnkmigrate.errors import RevisionError
from gnkmigrate.servers import Server
from tests.check.other_tools.support import faults, lines, measured, ran, write
from tests.orm.typeorm.support import FOLDERS, needs_typeorm
from tests.support import execute

ENV = '''
"""As `alembic init` writes it, in short."""
from alembic import context
from sqlalchemy import engine_from_config

engine = engine_from_config(context.config.get_section("alembic"), prefix="sqlalchemy.")
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
'''
REVISION = '''
"""{name}"""
import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = {before!r}


def upgrade():
    {up}


def downgrade():
    {down}
'''


def alembic(folder: Path, *revisions: tuple[str, str, str], url: str = "driver://x") -> Path:
    """A folder of Alembic's, with revisions one after the other: names, and both ways."""
    before = None
    for name, up, down in revisions:
        text = REVISION.format(name=name, before=before, up=up, down=down)
        write(folder, {f"alembic/versions/{name}_.py": text})
        before = name
    ini = f"[alembic]\nscript_location = %(here)s/alembic\nsqlalchemy.url = {url}\n"
    return write(folder, {"alembic.ini": ini, "alembic/env.py": ENV})


ITEMS = (
    "a1",
    "op.create_table('item', sa.Column('id', sa.Integer), sa.Column('name', sa.Text))",
    "op.drop_table('item')",
)
INDEX = ("b2", "op.create_index('item_name', 'item', ['name'])", "op.drop_index('item_name')")
CONCURRENT = (
    "c3",
    """with op.get_context().autocommit_block():
        op.create_index('item_id', 'item', ['id', 'name'], postgresql_concurrently=True)""",
    "op.drop_index('item_id')",
)
DROPPED = ("d4", "op.drop_column('item', 'name')", "pass")


def test_alembic(tmp_path: Path, server: Server) -> None:
    # Whatever the settings name, the copy is where they go.
    elsewhere = "postgresql+psycopg://nobody@127.0.0.1:1/live"
    alembic(tmp_path, ITEMS, INDEX, CONCURRENT, DROPPED, url=elsewhere)
    result = ran("alembic", tmp_path / "alembic", server, since="a1")
    found = measured(result)
    assert [set(each) for each in faults(result).values()] == [
        {"blocks"}, set(), {"loses", "way-back"}
    ]  # fmt: skip
    assert [each.mode for each in found["b2_"].locks] == ["ShareLock"]
    assert found["b2_"].locks[0].statement == "CREATE INDEX item_name ON item (name)"
    assert found["b2_"].way_back == found["c3_"].way_back == "whole"
    assert "after the way back: public.item.name: the column is gone" in lines(result)


def test_alembic_fails_as_the_server_says(tmp_path: Path, server: Server) -> None:
    required = "op.add_column('item', sa.Column('code', sa.Text, nullable=False))"
    alembic(tmp_path, ITEMS, ("b2", required, "op.drop_column('item', 'code')"))
    result = ran("alembic", tmp_path, server, since="a1")
    assert 'fails: column "code" of relation "item" contains null values: ALTER TABLE' in lines(
        result
    )
    assert "--rows 0" in result.points[1].hint


def test_alembic_with_two_heads(tmp_path: Path, server: Server) -> None:
    alembic(tmp_path, ITEMS)
    text = REVISION.format(name="b2", before=None, up="pass", down="pass")
    write(tmp_path, {"alembic/versions/b2.py": text})
    with pytest.raises(RevisionError, match="several heads"):
        ran("alembic", tmp_path, server)


def test_a_revision_that_cannot_be_imported(tmp_path: Path, server: Server) -> None:
    alembic(tmp_path, ITEMS)
    write(tmp_path, {"alembic/versions/b2.py": "import nothing_of_that_name\n"})
    with pytest.raises(RevisionError, match="No module named 'nothing_of_that_name'") as caught:
        ran("alembic", tmp_path, server)
    assert "alembic heads" in caught.value.hint


_SETTINGS = """
SECRET_KEY = "none"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.contenttypes", "orders"]
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": "live", "HOST": "nowhere.invalid",
    "OPTIONS": {"sslmode": "require"},
}}
"""
_MANAGE = """
import os, sys

def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)

if __name__ == "__main__":
    main()
"""
_MIGRATION = """
from django.db import migrations, models


def forwards(apps, schema_editor):
    apps.get_model("orders", "Order").objects.update(code="x")


class Migration(migrations.Migration):
    {more}
    dependencies = {dependencies}
    operations = [{operation}]
"""
_CREATE = """migrations.CreateModel("Order", [
    ("id", models.BigAutoField(primary_key=True)), ("code", models.CharField(max_length=20)),
])"""


def _migration(operation: str, before: str = "", more: str = "") -> str:
    dependencies = f"[('orders', {before!r})]" if before else "[]"
    return _MIGRATION.format(operation=operation, dependencies=dependencies, more=more)


def test_django(tmp_path: Path, server: Server) -> None:
    index = "models.Index(fields=['code'], name='order_code')"
    write(
        tmp_path,
        {
            "manage.py": _MANAGE,
            "shop/__init__.py": "",
            "shop/settings.py": _SETTINGS,
            "orders/__init__.py": "",
            "orders/migrations/__init__.py": "",
            "orders/migrations/0001_initial.py": _migration(_CREATE),
            "orders/migrations/0002_index.py": _migration(
                f"migrations.AddIndex('order', {index})", "0001_initial"
            ),
            "orders/migrations/0003_values.py": _migration(
                "migrations.RunPython(forwards)", "0002_index"
            ),
        },
    )
    result = ran("django", tmp_path, server, since="orders.0001")
    assert faults(result) == {
        "orders.0002_index": ["blocks"],
        "orders.0003_values": ["changes", "way-back"],
    }
    assert measured(result)["orders.0002_index"].way_back == "whole"
    assert "is not reversible" in lines(result)


_CLASS = """
import {{ MigrationInterface, QueryRunner }} from "typeorm";

export class {name} implements MigrationInterface {{
  async up(runner: QueryRunner): Promise<void> {{ await runner.query(`{up}`); }}
  async down(runner: QueryRunner): Promise<void> {{ await runner.query(`{down}`); }}
}}
"""


@needs_typeorm
def test_typeorm(tmp_path: Path, server: Server) -> None:
    (tmp_path / "node_modules").symlink_to(FOLDERS["1"] / "node_modules")
    first = ("Items1700000000000", "CREATE TABLE item (id int, name text)", "DROP TABLE item")
    second = ("Names1700000000001", "ALTER TABLE item DROP name", "ALTER TABLE item ADD name text")
    for name, up, down in (second, first):
        write(tmp_path, {f"migrations/{name}.ts": _CLASS.format(name=name, up=up, down=down)})
    result = ran("typeorm", tmp_path / "migrations", server)
    assert faults(result) == {first[0]: [], second[0]: ["loses", "way-back"]}
    assert measured(result)[first[0]].way_back == "whole"


_COMMON = """
exports.Items1700000000000 = class Items1700000000000 {
  async up(runner) { await runner.query("CREATE TABLE item (id int)"); }
  async down(runner) { throw new Error("there is no way back"); }
};
"""


@needs_typeorm
def test_typeorm_in_javascript(tmp_path: Path, server: Server) -> None:
    (tmp_path / "node_modules").symlink_to(FOLDERS["0.3"] / "node_modules")
    write(tmp_path, {"migrations/items.js": _COMMON})
    result = ran("typeorm", tmp_path / "migrations", server)
    assert lines(result) == "the way back fails: there is no way back"


def test_what_alembic_has_recorded_has_run(tmp_path: Path, server: Server) -> None:
    alembic(tmp_path, ITEMS, INDEX)
    with server.database() as url:
        execute(url, "CREATE TABLE alembic_version (version_num varchar(32)); "
                     "INSERT INTO alembic_version VALUES ('a1')")  # fmt: skip
        found = opened("alembic", tmp_path, url, tmp_path).migrations()
        assert [(each.name, each.is_done) for each in found] == [("a1_", True), ("b2_", False)]
