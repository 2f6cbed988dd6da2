"""op.drop_columns: columns that only the old shape has."""

import pytest

from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run.kept import contract
from gnkmigrate.run.phase import read_steps
from tests.small import Small

ITEMS = """
CREATE TABLE item (
    id int PRIMARY KEY, note text, "Größe" varchar(9) NOT NULL, state text NOT NULL DEFAULT 'new',
    number int
);
CREATE INDEX note ON item (note);
INSERT INTO item VALUES (1, 'a', 'L', 'old', 1), (2, NULL, 'M', 'new', NULL)
"""
DROP = """
op.keep_shape("public.item")
op.drop_columns("public.item", ("note", "Größe", "state"), fallback={"Größe": "'none'"})
"""


def test_the_old_application_keeps_them(small: Small) -> None:
    small.reversible(1, DROP)
    project = small.project()
    project.execute(ITEMS)
    before = project.state
    project.up(dry_run=True)
    project.up()
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        session.execute("INSERT INTO item VALUES (3, 'c', 'S', DEFAULT, 3)")
        session.execute("UPDATE item SET note = 'b' WHERE id = 2")
    project.execute("INSERT INTO item (id, number) VALUES (4, 4)")
    rows = [
        (1, "a", "L", "old", 1),
        (2, "b", "M", "new", None),
        (3, "c", "S", "new", 3),
        (4, None, "none", "new", 4),
    ]
    assert project.rows("SELECT * FROM gnkmigrate_legacy.item ORDER BY id") == rows
    project.down()
    assert project.rows("SELECT * FROM item ORDER BY id") == rows
    project.execute("DELETE FROM item WHERE id > 2; UPDATE item SET note = NULL WHERE id = 2")
    assert project.state == before

    project.up()
    with project.session() as session:
        contract.contract(session, project.phases, project.settings)
    assert project.rows("SELECT * FROM item ORDER BY id") == [(1, 1), (2, None)]
    assert "gnkmigrate" not in project.dump


def test_what_cannot_go_is_refused(small: Small) -> None:
    small.reversible(1, DROP.partition(", fallback")[0] + ")")
    project = small.project()
    project.execute(ITEMS)
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    assert "are NOT NULL, and have no default" in refused.value.details[0]
    project.execute("CREATE VIEW seen AS SELECT note FROM item; ALTER TABLE item ADD UNIQUE (note)")
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    said = "\n".join(refused.value.details)
    assert "view public.seen" in said
    assert "constraint item_note_key" in said


def test_a_fallback_that_is_null(small: Small) -> None:
    fallback = "CASE WHEN false THEN 'x' END"
    small.reversible(1, DROP.replace("'none'", fallback))
    project = small.project()
    project.execute(ITEMS)
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    assert "is NULL, and the column is NOT NULL" in "\n".join(refused.value.details)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("()", "no column is given"),
        ("('a', 'a')", "a is given twice"),
        ("('a',), fallback={'b': '0'}", "b has a fallback, and is not dropped"),
    ],
)
def test_contradictions_are_refused_when_the_revision_is_read(
    small: Small, arguments: str, said: str
) -> None:
    small.reversible(1, f"op.drop_columns('public.t', {arguments})")
    with pytest.raises(RevisionError, match="does not say which columns") as refused:
        read_steps(small.phases)
    assert refused.value.details == (said,)
