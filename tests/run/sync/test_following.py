"""A trigger that follows stands back for what its own two shapes write, and for nothing else."""

import pytest

from gnkmigrate.run.runner import verify
from tests.small import Small

# What is written to one table, the application's own trigger writes to the other as well.
SETUP = """
CREATE TABLE customer (id int PRIMARY KEY, street text);
CREATE TABLE note (id int PRIMARY KEY, text text);
INSERT INTO customer VALUES (1, 'Elm 1'), (2, 'Oak 2');
INSERT INTO note VALUES (1, 'old'), (2, 'old');
CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    UPDATE gnkmigrate_legacy.note SET text = text || '!' WHERE id = NEW.id;
    RETURN NULL;
END$$;
CREATE TRIGGER log AFTER UPDATE ON customer FOR EACH ROW EXECUTE FUNCTION log()
"""
FIRST = """
op.keep_shape("public.customer")
op.split_table("public.customer", "public.place", {"street": "street"}, reference="place_id")
"""
SECOND = {
    "move": """
    op.keep_shape("public.note")
    op.move_columns("public.note", "public.remark", {"text": "text"}, key={"id": "note_id"})
    """,
    "split": """
    op.keep_shape("public.note")
    op.split_table("public.note", "public.remark", {"text": "text"}, reference="remark_id")
    """,
}


@pytest.mark.parametrize("second", SECOND)
def test_what_a_trigger_of_the_application_writes_is_followed(small: Small, second: str) -> None:
    small.reversible(1, FIRST)
    small.reversible(2, SECOND[second])
    project = small.project(policies={"functions": "checked"})
    project.execute(SETUP)
    project.up()
    project.execute("UPDATE place SET street = 'Fir 3' WHERE street = 'Elm 1'")
    project.execute("UPDATE place SET street = 'Ash 4' WHERE street = 'Fir 3'")
    assert project.rows("SELECT id, text FROM gnkmigrate_legacy.note ORDER BY id") == [
        (1, "old!!"),
        (2, "old"),
    ]
    assert project.value("SELECT count(*) FROM remark WHERE text = 'old!!'") == 1
    with project.session() as session:
        assert all(claim.passed for claim in verify(session, project.phases, project.settings))
