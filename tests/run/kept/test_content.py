"""What is spilled comes back to the last bit, whatever its type."""

import pytest

from tests.small import Small

# Values of which jsonb would keep something else.
VALUES = {
    "json": '\'{"b" : 1,\n  "a": 1.0, "a": 2}\'',
    "jsonb": '\'{"a": [1, null, "\\\\u00e9"]}\'',
    "integer[]": "'[0:2]={1,NULL,3}'",
    "text[]": "ARRAY['a,b', 'say \"no\"', NULL, '', E'back\\\\slash', '{}']",
    "double precision": "'-0'",
    "numeric": "1.500",
    "bytea": r"'\x00ff5c22'",
    "character(6)": "'ab'",
    "interval": "'1 mon -1 day 00:00:00.000001'",
    "timestamptz": "'infinity'",
    "tstzrange": "'[\"2024-01-01 00:00+00\",)'",
    "pair": "ROW('x, \"y\"', ROW(1, NULL))",
    "pair[]": "ARRAY[ROW('(', NULL)::pair]",
    "xml": "'<a>  &lt; </a>'",
    "box": "'(1.5,2),(0,0)'",
    "text": "E'line\\nline \\\\ \"q\" (,)'",
}
DEFINED = """
CREATE TYPE inside AS (n int, note text);
CREATE TYPE pair AS (said text, more inside);
"""


@pytest.mark.parametrize("name", VALUES)
def test_a_value_comes_back_as_it_was(small: Small, name: str) -> None:
    small.revision(
        1,
        'op.step("column v", "ALTER TABLE public.t ADD COLUMN v public.v", touches=("public.t",))\n'
        'op.take_back("There is no v.", "public.t", ("v",), key=("id",))\n'
        'op.take_back("No such rows.", "public.t", key=("id",))',
        'op.spill("There is no v.", "public.t", "id = 1", ("id",), ("id", "v"), of="column v")\n'
        'op.spill("No such rows.", "public.t", "id = 2", ("id",), of="column v")\n'
        'op.step("column v", "ALTER TABLE public.t DROP COLUMN v")',
    )
    project = small.project()
    project.execute(f"{DEFINED} CREATE TABLE t (id int PRIMARY KEY, gone int);")
    project.execute(f"ALTER TABLE t DROP COLUMN gone; CREATE DOMAIN v AS {name}")
    project.execute("INSERT INTO t VALUES (1), (2), (3)")
    project.up()
    project.execute(f"UPDATE t SET v = {VALUES[name]} WHERE id < 3")
    read = "SELECT id, format('%s', v), v IS NULL FROM t ORDER BY id"
    before = project.rows(read)
    project.down(parameters={"spill": "yes"})
    assert sorted(project.rows("TABLE t")) == [(1,), (3,)]
    project.up()
    assert project.rows(read) == before
    assert project.value("SELECT count(*) FROM gnkmigrate.overflow") == 0
