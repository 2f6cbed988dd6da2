"""Where the statements of a script begin and end."""

import pytest

from gnkmigrate.facts.statements import statements


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE a (id int); SELECT 1",
        "SELECT 'a;b', E'it\\'s; it', \"semi;colon\"; SELECT 1;",
        "DO $$ BEGIN PERFORM 1; END $$; SELECT 1",
        "DO $body$ SELECT '$$;' $body$; SELECT 1",
        "SELECT a$b FROM t; -- a; comment\nSELECT 1",
        "/* one; /* within; */ another; */ SELECT 2; SELECT 1;;",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b); SELECT 1",
        "CREATE OR REPLACE FUNCTION f() BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; END;SELECT 1",
    ],
)
def test_a_script_of_two_statements(script: str) -> None:
    found = [script[each.start : each.end] for each in statements(script)]
    assert len(found) == 2
    assert found[1].rstrip(";") == "SELECT 1"


def test_the_words_of_a_statement() -> None:
    (found,) = statements('alter event trigger "Et"\n  owner to Admin;')
    assert found.words == ("ALTER", "EVENT", "TRIGGER", '"Et"', "OWNER", "TO", "ADMIN")
    assert found.begins("ALTER", "EVENT")
    assert found.after("OWNER", "TO") == "Admin"
    assert found.after("OWNER", "OF") is None
