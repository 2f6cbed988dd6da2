"""What is granted and revoked by hand while an old shape is kept is true of it once it is back."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from gnkmigrate.postgres.connection import connect
from tests.operations.swapping import Swapping
from tests.small import Small

TABLES = """
CREATE TABLE person (id int PRIMARY KEY, name text);
CREATE TABLE n (id int PRIMARY KEY REFERENCES person ON DELETE CASCADE, kind text, town text);
INSERT INTO person SELECT i, 'p' || i FROM generate_series(1, 6) AS i;
INSERT INTO n SELECT i, 'k' || i % 3, 't' || i % 3 FROM generate_series(1, 6) AS i
"""
SWAP = Swapping("n", ("id", "kind", "town"), ("id",), "id int PRIMARY KEY, kind text, town text")
REVISIONS = {
    "link": """
op.link_table(op.Linking(
    table="public.n", entity="public.made",
    columns=(op.renamed("kind", "name"), op.renamed("town", "place")),
    identity=("name",), reference="made_id", links=(op.renamed("id", "n_id"),), owner=("n_id",),
    references={"n_id": "public.person (id) ON DELETE CASCADE"}))
""",
    "split": """
op.keep_shape("public.n")
op.split_table("public.n", "public.made", (op.renamed("kind", "name"), op.renamed("town", "place")),
               reference="made_id", identity=("name",))
""",
    "lookup": """
op.keep_shape("public.n")
op.extract_lookup("public.n", "kind", "public.made", rename="made_id", label="name")
""",
    "move": """
op.keep_shape("public.n")
op.move_columns("public.n", "public.made", {"kind": "name", "town": "place"}, key={"id": "n_id"})
""",
    "merge": """
op.keep_shape("public.n")
op.merge_tables("public.n", into="public.person", on={"id": "id"},
                columns={"kind": "kind", "town": "town"})
""",
}
# What the new shape has of a table that stays.
LEFT = {"lookup": ["id", "town"], "merge": []}
NEW = {"link": "n, made", "merge": "person"}


@pytest.fixture
def roles(small: Small) -> Iterator[list[str]]:
    made = [f"gnk_{name}_{uuid4().hex}" for name in ("old", "gone", "new")]
    with connect(small.url) as session:
        session.execute("; ".join(f"CREATE ROLE {role}" for role in made).encode())
        yield made
        listed = ", ".join(made)
        session.execute(f"DROP OWNED BY {listed}; DROP ROLE {listed}".encode())


@pytest.mark.parametrize("name", REVISIONS)
def test_roles_read_what_they_could_by_either_shape(
    small: Small, roles: list[str], name: str
) -> None:
    small.reversible(1, REVISIONS[name])
    project = small.project()
    old, gone, new = roles
    project.execute(f"{TABLES}; GRANT SELECT ON n, person TO {old}, {gone}")
    project.up()
    # The first goes on with the old shape alone, the second may read neither.
    table = "person" if name == "merge" else "made"
    columns = " (kind, town)" if name == "merge" else ""
    project.execute(f"""
        REVOKE SELECT{columns} ON {table} FROM {old}, {gone};
        REVOKE SELECT ON {table} FROM {old}, {gone};
        REVOKE SELECT ON gnkmigrate_legacy.n FROM {gone};
        GRANT SELECT ON {NEW.get(name, "n, made")} TO {new}
    """)
    project.down()

    def readable(role: str) -> list[str]:
        asked = f"has_column_privilege('{role}', attrelid, attname, 'SELECT')"
        return [
            str(row[0])
            for row in project.rows(
                "SELECT attname::text FROM pg_attribute WHERE attrelid = 'n'::regclass"
                f" AND attnum > 0 AND NOT attisdropped AND {asked} ORDER BY attnum"
            )
        ]

    assert readable(old) == readable(new) == ["id", "kind", "town"]
    assert readable(gone) == LEFT.get(name, ["id"])


def test_a_table_that_was_swapped(small: Small, roles: list[str]) -> None:
    small.revision(1, SWAP.up, SWAP.down)
    project = small.project()
    old, new = roles[:2]
    project.execute(f"{TABLES}; GRANT SELECT, DELETE ON n TO {old}")
    project.up()
    project.execute(f"REVOKE DELETE ON n FROM {old}; GRANT INSERT ON n TO {new} WITH GRANT OPTION")
    project.down()
    given = project.rows("SELECT relacl::text FROM pg_class WHERE oid = 'n'::regclass")[0][0]
    assert f"{old}=r/" in given
    assert f"{new}=a*/" in given
