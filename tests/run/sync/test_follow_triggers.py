"""A trigger that follows stands back for what its own two shapes write, and for nothing else."""

import secrets

import pytest

from gnkmigrate.run.lasting_verifications import verify
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


def test_marks_that_a_client_has_set_are_not_carried_on(small: Small) -> None:
    """They would count in what follows, which runs as the owner."""
    small.reversible(1, FIRST)
    small.reversible(2, SECOND["move"])
    project = small.project(policies={"functions": "checked"})
    project.execute(SETUP)
    project.up()
    client = f"gnk_client_{secrets.token_hex(4)}"
    project.execute(f"CREATE ROLE {client}; GRANT SELECT, UPDATE ON place TO {client}")
    with project.session() as session:
        session.execute(
            f"""
            SET SESSION AUTHORIZATION {client};
            SET gnkmigrate.following = 'on'; UPDATE public.place SET street = 'Fir 3' WHERE id = 1
            """.encode()
        )
    project.execute(f"DROP OWNED BY {client}; DROP ROLE {client}")
    assert project.rows("SELECT text FROM gnkmigrate_legacy.note WHERE id = 1") == [("old!",)]
    assert project.rows("SELECT text FROM remark WHERE note_id = 1") == [("old!",)]
