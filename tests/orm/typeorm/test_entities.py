"""Written entities compile, find nothing to change, and write and read every row."""

from pathlib import Path

import pytest

from gnkmigrate.errors import OrmError
from gnkmigrate.orm.typeorm.entities import Written, write_entities
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.postgres.quoting import identifier, literal
from gnkmigrate.settings import Settings
from tests.orm.typeorm.support import HERE, Backend, needs_typeorm
from tests.support import TARGET, execute, execute_file

SHOP, TYPES = str(HERE / "shop.sql"), str(HERE / "types.sql")


@needs_typeorm
def test_minegnk(backend: Backend, minegnk_target: DatabaseUrl, minegnk_settings: Settings) -> None:
    written = write_entities(minegnk_settings, str(TARGET), backend.entities)
    assert {entity.class_name for entity in written.model.entities} == {
        "EarningsHistory", "Node", "NodeRequest", "NodeStatsCache", "User", "UserNode",
    }  # fmt: skip
    assert {limit.identity.name for limit in written.model.all_limits} == {
        "idx_earnings_date", "idx_earnings_node_date", "idx_requests_created_at", "pgcrypto",
        "uuid-ossp",
    }  # fmt: skip
    backend.compile("minegnk_rows.ts", typescript=backend.version)
    assert backend.shape(minegnk_target) == []
    backend.run(minegnk_target, backend.folder / "out" / "minegnk_rows.js")


@needs_typeorm
def test_a_schema_of_another_sort(
    backend: Backend, shop: DatabaseUrl, shop_settings: Settings
) -> None:
    write_entities(shop_settings, SHOP, backend.entities)
    backend.compile("shop_rows.ts")
    assert backend.shape(shop) == []
    backend.run(shop, backend.folder / "out" / "shop_rows.js")


@needs_typeorm
def test_types_and_defaults(
    any_backend: Backend, database: DatabaseUrl, shop_settings: Settings
) -> None:
    """What TypeORM would set anew each time, it is told to leave alone."""
    execute_file(database, Path(TYPES))
    written = write_entities(shop_settings, TYPES, any_backend.entities)
    any_backend.compile()
    assert any_backend.shape(database) == []
    apart = {entity.table.name for entity in written.model.entities if entity.is_apart}
    assert apart == {
        f"t_{name}" for name in
        ("b5", "b9", "b10", "b13", "c1", "c6", "c7", "c11", "c14", "d3", "d7", "f4", "h2", "h3",
         "h4", "h5")
    }  # fmt: skip


@needs_typeorm
def test_a_difference_is_seen(
    any_backend: Backend, minegnk_target: DatabaseUrl, minegnk_settings: Settings
) -> None:
    """The silence of the others means something."""
    write_entities(minegnk_settings, str(TARGET), any_backend.entities)
    any_backend.compile()
    execute(
        minegnk_target,
        """
        ALTER TABLE nodes ALTER region TYPE text, DROP CONSTRAINT nodes_identifier_key;
        ALTER TABLE users ALTER is_active SET DEFAULT false;
        ALTER TABLE node_requests RENAME CONSTRAINT node_requests_user_id_fkey TO other;
        DROP INDEX idx_users_role;
        """,
    )
    changed = "\n".join(any_backend.shape(minegnk_target))
    for name in ('"region"', 'UNIQUE ("identifier")', '"is_active"', '"other"', '"idx_users_role"'):
        assert name in changed


def written(tmp_path: Path, settings: Settings, schema: str) -> tuple[Written, str]:
    """What was written, and all of its text."""
    found = write_entities(settings, schema, tmp_path)
    return found, "\n".join(path.read_text() for path in sorted(tmp_path.glob("*.ts")))


def test_what_typeorm_has_no_word_for_is_told(tmp_path: Path, shop_settings: Settings) -> None:
    found, text = written(tmp_path, shop_settings, SHOP)
    told = {str(limit.identity) for limit in found.model.all_limits}
    assert {
        "view shop.v", "materialized view shop.mv", "function shop.f()", "trigger shop.orders.t",
        "table public.log", "table shop.parts", "domain shop.money_amount",
        "index shop.customers_lower", "index shop.customers_tags", "index shop.customers_made",
        "column shop.customers.full_name", "column shop.customers.levels",
    } <= told  # fmt: skip
    for limit in found.model.all_limits:
        assert str(limit) in text


def test_a_property_that_nobody_has_thought_of_is_told(
    tmp_path: Path, shop_settings: Settings
) -> None:
    schema = tmp_path / "schema.sql"
    schema.write_text(
        """
        CREATE UNLOGGED TABLE a (id integer PRIMARY KEY, b text, c integer) WITH (fillfactor = 70);
        ALTER TABLE a ALTER b SET STORAGE EXTERNAL;
        ALTER TABLE a ADD FOREIGN KEY (c) REFERENCES a MATCH FULL, ADD CHECK (c > 0) NOT VALID;
        ALTER TABLE a ENABLE ROW LEVEL SECURITY;
        CREATE POLICY p ON a USING (true);
        """
    )
    found, _ = written(tmp_path / "out", shop_settings, str(schema))
    reasons = "\n".join(map(str, found.model.all_limits))
    for reason in ("persistence (unlogged)", "fillfactor=70", "storage (external)", "MATCH FULL",
                   "row security (yes)", "policy public.a.p"):  # fmt: skip
        assert reason in reasons
    assert "a_c_check" in reasons


NAMES = ("*/ evil(); /*", "`${evil()}`", "\u2028evil();", "\\", "'); evil(); ('")


@needs_typeorm
def test_names_stay_texts(
    any_backend: Backend, database: DatabaseUrl, shop_settings: Settings, tmp_path: Path
) -> None:
    schema = tmp_path / "schema.sql"
    schema.write_text("".join(map(table_called, NAMES)))
    execute_file(database, schema)
    write_entities(shop_settings, str(schema), any_backend.entities)
    any_backend.compile()
    assert any_backend.shape(database) == []


def table_called(name: str) -> str:
    quoted, text = identifier(name), literal(name)
    return f"""
        CREATE TABLE public.{quoted} (id integer PRIMARY KEY, {quoted} text DEFAULT {text});
        COMMENT ON TABLE public.{quoted} IS {text};
        CREATE INDEX ON public.{quoted} (lower({quoted}));
        """


def test_a_name_that_typeorm_cannot_quote_is_left_out(
    tmp_path: Path, shop_settings: Settings
) -> None:
    schema = tmp_path / "schema.sql"
    schema.write_text(
        """
        CREATE TABLE "a "" b" (id integer PRIMARY KEY);
        CREATE TABLE "c.d" (id integer PRIMARY KEY);
        CREATE TABLE e (id integer PRIMARY KEY, "f "" g" text);
        CREATE TABLE h (id integer PRIMARY KEY);
        """
    )
    found, _ = written(tmp_path / "out", shop_settings, str(schema))
    assert [entity.class_name for entity in found.model.entities] == ["H"]
    assert [limit.identity.name for limit in found.model.limits] == ['a " b', "c.d", "e"]


def test_files_of_others_stay(tmp_path: Path, minegnk_settings: Settings) -> None:
    mine = tmp_path / "node.entity.ts"
    mine.write_text("export class Node {}\n")
    with pytest.raises(OrmError, match="did not write") as refused:
        write_entities(minegnk_settings, str(TARGET), tmp_path)
    assert refused.value.details == ("node.entity.ts",)
    assert [path.name for path in tmp_path.iterdir()] == ["node.entity.ts"]


def test_what_is_no_longer_written_is_told(tmp_path: Path, minegnk_settings: Settings) -> None:
    write_entities(minegnk_settings, str(TARGET), tmp_path)
    smaller = tmp_path / "smaller.sql"
    smaller.write_text("CREATE TABLE nodes (id uuid PRIMARY KEY);")
    found = write_entities(minegnk_settings, str(smaller), tmp_path)
    assert "user.entity.ts" in found.stale
    assert "node.entity.ts" not in found.stale


def test_a_target_without_any_entity(tmp_path: Path, minegnk_settings: Settings) -> None:
    schema = tmp_path / "schema.sql"
    schema.write_text("CREATE TABLE log (what text);")
    with pytest.raises(OrmError, match="no table with a primary key"):
        write_entities(minegnk_settings, str(schema), tmp_path / "out")


def test_relations_have_the_names_that_the_settings_give(
    tmp_path: Path, minegnk_settings: Settings
) -> None:
    write_entities(minegnk_settings, str(TARGET), tmp_path)
    assert "nodes!: Relation<UserNode[]>;" in (tmp_path / "user.entity.ts").read_text()
    assert "(other) => other.stats" in (tmp_path / "node-stats-cache.entity.ts").read_text()


def test_a_setting_that_names_no_foreign_key_is_refused(
    tmp_path: Path, minegnk_settings: Settings
) -> None:
    given = {"public.user_nodes.user": "nodes"}
    typeorm = minegnk_settings.typeorm.model_copy(update={"relations": given})
    with pytest.raises(OrmError, match="is no foreign key") as refused:
        write_entities(minegnk_settings.model_copy(update={"typeorm": typeorm}), None, tmp_path)
    assert refused.value.details == ("public.user_nodes.user",)
    assert "public.user_nodes.user_id" in (refused.value.hint or "")
