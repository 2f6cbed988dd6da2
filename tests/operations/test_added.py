"""What has come by hand to a table that a phase has made is not lost with it."""

import pytest

from gnkmigrate.errors import PhaseRefused
from tests.operations.swapping import Swapping
from tests.small import Small

TABLE = """
CREATE TABLE n (id int PRIMARY KEY, kind text, at timestamptz NOT NULL DEFAULT now());
INSERT INTO n SELECT i, 'k' || i % 3 FROM generate_series(1, 9) AS i
"""
LINK = """
op.link_table(op.Linking(
    table="public.n", entity="public.made", columns=(op.renamed("kind", "name"),),
    identity=("name",), reference="made_id", links=(op.renamed("id", "n_id"),), owner=("n_id",)))
"""
MADE = {
    "split": (
        'op.extract_lookup("public.n", "kind", "public.made", rename="kind_id")',
        "public.made",
    ),
    "move": (
        'op.move_columns("public.n", "public.made", {"kind": "kind"}, key={"id": "n_id"})',
        "public.made",
    ),
    "entity": (LINK, "public.made"),
    "link": (LINK, "public.n"),
    "partitions": ('op.partition_table("public.n", "at", ("id",), "public.ahead")', "public.n"),
}


@pytest.mark.parametrize(("revision", "made"), MADE.values(), ids=MADE)
def test_a_column(small: Small, revision: str, made: str) -> None:
    small.reversible(1, revision)
    project = small.project()
    project.execute(TABLE)
    before = project.rows("TABLE n")
    project.up()
    project.execute(f"ALTER TABLE {made} ADD phone text; UPDATE {made} SET phone = 'x'")
    state = project.state
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    said = [line.strip() for line in refused.value.details]
    assert said[0].startswith(f"Columns have come to {made}")
    assert said[1] == "phone"
    assert project.state == state

    project.execute(f"ALTER TABLE {made} DROP phone")
    project.down()
    assert sorted(project.rows("TABLE n")) == sorted(before)


def test_a_column_of_a_table_that_was_swapped(small: Small) -> None:
    swapping = Swapping("n", ("id",), ("id",), "id int PRIMARY KEY")
    small.revision(1, swapping.up, swapping.down)
    project = small.project()
    project.execute(TABLE)
    project.up()
    project.execute("ALTER TABLE n ADD phone text")
    with pytest.raises(PhaseRefused, match="nothing was changed"):
        project.down()
    project.execute("ALTER TABLE n DROP phone")
    project.down()


def test_what_uses_the_link(small: Small) -> None:
    small.reversible(1, MADE["split"][0])
    project = small.project()
    project.execute(TABLE)
    project.up()
    project.execute(
        "ALTER TABLE n ADD CONSTRAINT hc CHECK (kind_id > 0); CREATE INDEX hand ON n (kind_id, at)"
    )
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    assert [line.strip() for line in refused.value.details][1:3] == [
        "constraint hc on table public.n",
        "index hand",
    ]


OTHERS = {
    "columns": 'op.add_columns("public.n", (op.new("phone", "text"),))',
    "statement": """op.step(
        "phone", "ALTER TABLE public.n ADD phone text",
        back="ALTER TABLE public.n DROP phone",
    )""",
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_column_of_another_operation_is_its_own_to_look_after(small: Small, other: str) -> None:
    small.reversible(1, f"{MADE['partitions'][0]}\n{other}")
    project = small.project()
    project.execute(TABLE)
    project.up()
    project.down()


def test_a_column_that_a_step_of_another_table_adds_likewise(small: Small) -> None:
    further = 'op.add_columns("public.n", (op.new("phone", "text"),))'
    small.reversible(1, f"{MADE['move'][0]}; {further}")
    project = small.project()
    project.execute(TABLE)
    project.up()
    project.execute("ALTER TABLE public.made ADD phone text")
    with pytest.raises(PhaseRefused, match="nothing was changed"):
        project.down()
