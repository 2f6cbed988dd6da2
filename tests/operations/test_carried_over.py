"""What was said of a column, and set for it, holds for the one that takes its place."""

import pytest

from gnkmigrate.run.kept.contract import contract
from tests.small import Small

TABLES = """
CREATE TABLE n (id int PRIMARY KEY, a text, b timestamp, v int);
COMMENT ON COLUMN n.a IS 'it''s a';
ALTER TABLE n ALTER a SET STATISTICS 77, ALTER a SET STORAGE EXTERNAL, ALTER b SET (n_distinct = 5);
INSERT INTO n VALUES (1, 'a', 'epoch', 1)
"""
CHANGES = '(op.shortened("a", 40, rename="aa"), op.zoned("b", "bb"))'
LINK = f"""
op.link_table(op.Linking(
    table="public.n", entity="public.made", columns={CHANGES}, identity=("aa",), reference="m",
    links=(op.renamed("id", "owner"),), owner=("owner",)))
"""
WAYS = {
    "convert": (f'op.convert_columns("public.n", (), {CHANGES})', "n"),
    "split": (
        f'op.split_table("public.n", "public.made", {CHANGES}, reference="m", identity=("aa",))',
        "made",
    ),
    "move": (
        f'op.move_columns("public.n", "public.made", {CHANGES}, key={{"id": "n_id"}})',
        "made",
    ),
    "entity": (LINK, "made"),
}


@pytest.mark.parametrize(("revision", "table"), WAYS.values(), ids=WAYS)
def test_comments_and_settings(small: Small, revision: str, table: str) -> None:
    small.reversible(1, f'op.keep_shape("public.n")\n{revision}')
    project = small.project(source_timezone="UTC")
    project.execute(TABLES)
    before = project.state
    project.up()
    project.down()
    assert project.state == before

    project.up()
    with project.session() as session:
        contract(session, project.phases, project.settings)
    assert project.rows(f"""
        SELECT attname::text, attstattarget::int, attstorage::text, attoptions,
               col_description(attrelid, attnum)
        FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname IN ('aa', 'bb')
        ORDER BY 1
    """) == [
        ("aa", 77, "e", None, "it's a"),
        ("bb", None if project.server.version >= 170000 else -1, "p", ["n_distinct=5"], None),
    ]


def test_a_type_of_a_fixed_length_is_stored_as_it_is(small: Small) -> None:
    small.reversible(1, 'op.convert_columns("public.n", (), (op.cast("a", "bigint"),))')
    project = small.project()
    project.execute(TABLES.replace("'a', 'epoch', 1", "'1', 'epoch', 1"))
    project.up()
    assert project.rows("""
        SELECT attstattarget::int, attstorage::text FROM pg_attribute
        WHERE attrelid = 'n'::regclass AND attname = 'a'
    """) == [(77, "p")]


def test_settings_of_a_side_table(small: Small) -> None:
    small.reversible(
        1,
        """
        op.merge_tables("public.n", into="public.whole", on={"id": "id"}, columns={"a": "aa"},
                        dropped=("b", "v"))
        """,
    )
    project = small.project()
    project.execute(
        f"CREATE TABLE whole (id int PRIMARY KEY); INSERT INTO whole VALUES (1); {TABLES}"
    )
    project.execute("ALTER TABLE n ADD FOREIGN KEY (id) REFERENCES whole ON DELETE CASCADE")
    project.up()
    assert project.rows("""
        SELECT attstattarget::int, attstorage::text FROM pg_attribute
        WHERE attrelid = 'whole'::regclass AND attname = 'aa'
    """) == [(77, "e")]
