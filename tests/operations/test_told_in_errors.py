"""What a trigger of ours cannot write tells nobody the rest of the row, which he may not read."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from gnkmigrate.postgres.connection import connect
from tests.small import Small

TABLES = """
CREATE TABLE t (id int PRIMARY KEY, street text, secret text);
CREATE TABLE side (t_id int PRIMARY KEY REFERENCES t, bio text CHECK (length(bio) < 10), pay text);
INSERT INTO t SELECT i, 's' || i, 'TOPSECRET' FROM generate_series(1, 5) AS i;
INSERT INTO side SELECT i, 'b', 'TOPSECRET' FROM generate_series(1, 5) AS i;
"""
GRANTS = """
GRANT SELECT (id, street), UPDATE, INSERT, DELETE ON t TO {role};
GRANT SELECT (t_id, bio), UPDATE, INSERT, DELETE ON side TO {role}
"""
MOVE = """
op.keep_shape("public.t")
op.move_columns("public.t", "public.made",
    (op.shortened("street", 20, not_null=True), op.renamed("secret")), key={"id": "t_id"})
"""
SPLIT = """
op.keep_shape("public.t")
op.split_table("public.t", "public.made",
    (op.renamed("street", not_null=True), op.renamed("secret", not_null=True)),
    reference="made_id", identity=("street",), disagree="last")
"""
MERGE = """
op.keep_shape("public.side")
op.merge_tables(
    "public.side", into="public.t", on={"t_id": "id"}, columns={"bio": "bio", "pay": "pay"})
"""


@pytest.fixture
def role(small: Small) -> Iterator[str]:
    name = f"gnk_{uuid4().hex}"
    with connect(small.url) as session:
        session.execute(f"CREATE ROLE {name}".encode())
        yield name
        session.execute(f"DROP OWNED BY {name}; DROP ROLE {name}".encode())


@pytest.mark.parametrize(
    ("revision", "write", "state"),
    [
        (MOVE, "UPDATE gnkmigrate_legacy.t SET street = NULL WHERE id = 1", "23502"),
        (SPLIT, "UPDATE gnkmigrate_legacy.t SET secret = NULL WHERE id = 1", "23502"),
        (MERGE, "UPDATE t SET bio = 'much too long' WHERE id = 1", "23514"),
    ],
    ids=["move", "split", "merge"],
)
def test_it_tells_nothing(small: Small, role: str, revision: str, write: str, state: str) -> None:
    small.reversible(1, revision)
    project = small.project()
    project.execute(TABLES + GRANTS.format(role=role))
    project.up()
    with project.session() as session:
        session.execute(f"SET ROLE {role}".encode())
        with pytest.raises(psycopg.Error) as refused:
            session.execute(write.encode())
    assert refused.value.sqlstate == state
    assert "TOPSECRET" not in f"{refused.value} {refused.value.diag.message_detail}"


def test_marks_of_ours_count_for_no_other_owner(small: Small, role: str) -> None:
    """Who owns another table that is kept in step says nothing about this one."""
    convert = 'op.convert_columns("public.{}", conversions=(op.cast("street", "varchar(9)"),))'
    small.reversible(1, f"{convert.format('t')}\n{convert.format('other')}\n{MERGE}")
    project = small.project()
    project.execute(f"""
        {TABLES} CREATE TABLE other (id int PRIMARY KEY, street text);
        ALTER TABLE other OWNER TO {role}; GRANT SELECT, UPDATE ON t, side TO {role};
        GRANT INSERT, DELETE ON side TO {role}
    """)
    project.up()
    with project.session() as session:
        session.execute(f"SET ROLE {role}".encode())
        session.execute("SELECT set_config('gnkmigrate.filling', 'on', false)")
        session.execute("SELECT set_config('gnkmigrate.following', 'on', false)")
        session.execute("UPDATE t SET street = 'new', bio = 'new' WHERE id = 3")
    kept = project.rows("SELECT gnkmigrate_kept_street FROM t WHERE id = 3")
    assert kept + project.rows("SELECT bio FROM gnkmigrate_archive.side WHERE t_id = 3") == [
        ("new",),
        ("new",),
    ]
