"""What changes in a table, while a check of its goes over from a column that goes to a new one."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

TABLE = "CREATE TABLE t (id integer, {0} text, CONSTRAINT ck CHECK ({0} IS NOT NULL));"
CHANGES = {
    "unlogged": TABLE.replace("CREATE", "CREATE UNLOGGED", 1),
    "with row security": TABLE + "ALTER TABLE t ENABLE ROW LEVEL SECURITY;",
    "with another fill": TABLE + "ALTER TABLE t SET (fillfactor = 50);",
}


@pytest.mark.parametrize("new", CHANGES.values(), ids=CHANGES)
def test_the_table_changes_first(server: Server, new: str) -> None:
    converge(server, TABLE.format("a"), new.format("b"))


def test_a_type_is_given_to_the_table_once_the_old_column_has_gone(server: Server) -> None:
    typed = "CREATE TABLE t OF ty (CONSTRAINT ck CHECK (b IS NOT NULL));"
    type_ = "CREATE TYPE ty AS (id integer, b text);"
    converge(server, TABLE.format("a"), type_ + typed, back=False)
