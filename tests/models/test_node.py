"""Targets of ORMs that Node.js runs: TypeORM's entities, Drizzle's schema, Prisma's."""

from pathlib import Path

import pytest

from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.source import load_schema
from gnkmigrate.orm.typeorm.entities import write_entities
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.orm.typeorm.support import Backend, needs_typeorm

pytestmark = needs_typeorm

SCHEMA = """
import { integer, pgEnum, pgTable, serial, text } from "drizzle-orm/pg-core";
export const mood = pgEnum("mood", ["glad", "sad"]);
export const users = pgTable("users", {
  id: serial().primaryKey(), email: text().notNull().unique(), mood: mood(),
});
export const posts = pgTable("posts", {
  id: serial().primaryKey(), author: integer().references(() => users.id),
});
"""
TARGET = """
CREATE TABLE customer (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email varchar(200) NOT NULL);
"""


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return Backend.at(tmp_path / "backend", "1")


def test_entities_make_the_schema(backend: Backend, server: Server) -> None:
    target = backend.folder / "target.sql"
    target.write_text(TARGET)
    write_entities(Settings(), str(target), backend.entities)
    made = load_schema("typeorm:entities", Settings(root=backend.folder), server=server)
    assert made.get("column", "public", "customer", "email")


def test_a_schema_of_drizzle(backend: Backend, server: Server) -> None:
    (backend.folder / "schema.ts").write_text(SCHEMA)
    made = load_schema("drizzle:./schema.ts", Settings(root=backend.folder), server=server)
    assert made.get("enum", "public", "mood")
    assert made.get("constraint", "public", "posts", "posts_author_users_id_fk")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("typeorm", "does not say where the entities are"),
        ("typeorm:none", "There is no folder"),
        ("drizzle:./none.ts", "The schema of the models cannot be had"),
        ("prisma:none.prisma", "The schema of the models cannot be had"),
    ],
)
def test_what_is_missing_is_named(backend: Backend, server: Server, source: str, said: str) -> None:
    with pytest.raises(GnkMigrateError, match=said):
        load_schema(source, Settings(root=backend.folder), server=server)
