"""Owners, grants, comments and policies are there again after a column or a table is exchanged."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from gnkmigrate.run import runner_session
from gnkmigrate.run.events import ignore
from gnkmigrate.run.status import Request
from gnkmigrate.run.sync import privileges
from tests.migrations.project import Project
from tests.operations.swapping import Swapping
from tests.small import Small
from tests.support import execute

CONVERSIONS = """(
    Conversion("n", "text", using=":column::text", back=":column::int"),
    Conversion("m", "text", using=":column::text", back=":column::int", rename="moved"),
)"""


@pytest.fixture
def roles(small: Small) -> Iterator[tuple[str, str]]:
    """An owner and a guest."""
    made = (f"owner_{uuid4().hex[:8]}", f"guest_{uuid4().hex[:8]}")
    for role in made:
        execute(small.url, f"CREATE ROLE {role}")
    yield made
    for role in made:
        execute(small.url, f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")


def test_a_converted_column_keeps_what_was_granted_and_said(
    small: Small, roles: tuple[str, str]
) -> None:
    owner, guest = roles
    arguments = f'"public.t", "id", {CONVERSIONS}'
    small.revision(1, f"op.convert_columns({arguments})", f"op.revert_columns({arguments})")
    project = small.project()
    project.execute(
        f"CREATE TABLE t (id int PRIMARY KEY, n int, m int, other int); INSERT INTO t VALUES (1);"
        f"ALTER TABLE t OWNER TO {owner}; ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
        f"CREATE POLICY p ON t FOR SELECT TO {guest} USING (other > 0);"
        f"GRANT SELECT (id, n), UPDATE (m) ON t TO {guest} WITH GRANT OPTION;"
        "GRANT SELECT (m) ON t TO PUBLIC; GRANT INSERT ON t TO PUBLIC;"
        "COMMENT ON COLUMN t.n IS 'it''s n'; COMMENT ON COLUMN t.m IS 'm';"
        "COMMENT ON TABLE t IS 't'"
    )
    before = said_and_granted(project)

    project.up()
    renamed = {"m": "moved"}
    assert said_and_granted(project) == sorted(
        (renamed.get(name, name), *rest) for name, *rest in before
    )
    assert (
        project.value(
            "SELECT rolname FROM pg_class JOIN pg_roles ON relowner = pg_roles.oid"
            " WHERE pg_class.oid = 't'::regclass"
        )
        == owner
    )
    assert project.rows("SELECT polname FROM pg_policy WHERE polrelid = 't'::regclass") == [("p",)]

    project.down()
    assert said_and_granted(project) == before


def said_and_granted(project: Project) -> list[tuple[Any, ...]]:
    """Column, comment, and each of its grants; those of the table under the name ""."""
    found = project.rows(
        "SELECT attname::text, coalesce(col_description(attrelid, attnum), ''),"
        " coalesce(ARRAY(SELECT item::text FROM unnest(attacl) AS item ORDER BY 1)::text, '')"
        " FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped"
        " AND NOT starts_with(attname, 'gnkmigrate_kept_')"
        " UNION ALL SELECT '', obj_description(oid),"
        " ARRAY(SELECT item::text FROM unnest(relacl) AS item ORDER BY 1)::text"
        " FROM pg_class WHERE oid = 't'::regclass"
    )
    return sorted(found)


def test_a_swapped_table_is_open_to_the_same_roles(small: Small, roles: tuple[str, str]) -> None:
    owner, guest = roles
    swapping = Swapping("t", ("id", "n"), ("id",), "id int PRIMARY KEY, n text")
    small.revision(1, swapping.up, swapping.down)
    project = small.project()
    project.execute(
        f"CREATE TABLE t (id int PRIMARY KEY, n int, gone int); ALTER TABLE t OWNER TO {owner};"
        f"ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT SELECT (n), SELECT (gone) ON t TO {guest};"
        f"GRANT DELETE ON t TO {guest} WITH GRANT OPTION;"
        "COMMENT ON TABLE t IS 'what it is'; COMMENT ON COLUMN t.n IS 'n'"
    )
    project.up()
    assert project.rows(
        "SELECT obj_description('t'::regclass), col_description('t'::regclass, 2)"
    ) == [("what it is", "n")]
    assert project.rows(
        "SELECT relowner::regrole::text, relrowsecurity,"
        f" has_column_privilege('{guest}', oid, 'n', 'SELECT'),"
        f" has_column_privilege('{guest}', oid, 'id', 'SELECT'),"
        f" has_table_privilege('{guest}', oid, 'DELETE WITH GRANT OPTION')"
        " FROM pg_class WHERE oid = 't'::regclass"
    ) == [(owner, True, True, False, True)]


def test_comments_are_carried_where_there_is_none(small: Small) -> None:
    small.revision(1, 'op.step("nothing", "SELECT 1")')
    project = small.project()
    project.execute(
        "CREATE TABLE old (id int, n int, gone int); CREATE TABLE new (id int, n int);"
        "COMMENT ON TABLE old IS 'a ''table'' %'; COMMENT ON COLUMN old.id IS 'old';"
        "COMMENT ON COLUMN old.n IS 'n'; COMMENT ON COLUMN old.gone IS 'g';"
        "COMMENT ON COLUMN new.id IS 'new'"
    )
    with (
        project.session() as session,
        runner_session.at_work(session, project.settings, Request(), ignore) as work,
    ):
        privileges.carry_comments(work, "public.old", "public.new")
    assert project.rows(
        "SELECT obj_description('new'::regclass), col_description('new'::regclass, 1),"
        " col_description('new'::regclass, 2)"
    ) == [("a 'table' %", "new", "n")]
