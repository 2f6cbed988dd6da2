"""What policies hide from somebody is not changed by what he writes to rows of his own."""

import pytest

from gnkmigrate.errors import PhaseRefused
from tests.migrations.project import Project
from tests.small import Small

SETUP = """
CREATE TABLE client (
    id int PRIMARY KEY, who text NOT NULL, street text, city text, motto text
);
INSERT INTO client VALUES (1, 'ann', 'Elm 1', 'Ulm', 'm'), (2, 'ben', 'Elm 1', 'Ulm', 'm');
ALTER TABLE client ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON client USING (who = current_user)
"""
SPLIT = """
op.split_table("public.client", "public.place", {"street": "street", "city": "city",
               "motto": "motto"}, reference="place_id", identity=("street", "city"))
"""
LINK = """
op.link_table(op.Linking(
    "public.client", "public.place", columns=tuple(map(op.renamed, ("street", "city", "motto"))),
    identity=("street", "city"), reference="place_id", links=(op.renamed("who"),), owner=("who",),
    fallback={"id": "0"},
), only="entity")
"""


def refused(project: Project) -> str:
    with pytest.raises(PhaseRefused) as refusal:
        project.up(dry_run=True)
    return "\n".join(refusal.value.details)


@pytest.mark.parametrize("revision", [SPLIT, LINK])
def test_rows_that_share_what_one_says_are_refused(small: Small, revision: str) -> None:
    small.reversible(1, revision)
    project = small.project()
    project.execute(SETUP)
    project.up(dry_run=True)  # nobody but the owner writes
    for granted in ("UPDATE (motto)", "INSERT"):
        project.execute(f"GRANT {granted} ON client TO PUBLIC")
        assert "would read in the old shape what policies hide from him" in refused(project)
        project.execute(f"REVOKE {granted} ON client FROM PUBLIC")


RESOLVED = """
op.resolve_reference("public.client", "who", "public.person", "name", type="int", rename="who_id")
"""
PEOPLE = """
CREATE TABLE person (id int PRIMARY KEY, name text NOT NULL UNIQUE);
INSERT INTO person VALUES (1, 'ann'), (2, 'ben');
ALTER TABLE client DISABLE ROW LEVEL SECURITY; DROP POLICY own ON client
"""


def test_a_key_tells_its_row_to_nobody_who_may_not_read_that(small: Small) -> None:
    small.reversible(1, RESOLVED)
    project = small.project()
    project.execute(SETUP)
    project.execute(PEOPLE)
    project.execute("GRANT SELECT, UPDATE ON client TO PUBLIC")
    assert 'GRANT SELECT ("id", "name") ON "public"."person" TO PUBLIC;' in refused(project)
    project.execute("GRANT SELECT (id, name) ON person TO PUBLIC")
    project.up(dry_run=True)
    project.execute("ALTER TABLE person ENABLE ROW LEVEL SECURITY")
    assert "would read id, name of rows that policies hide" in refused(project)


def test_policies_of_the_phase_s_own_go_back_with_it(small: Small) -> None:
    policy = """
op.step("policy", "CREATE POLICY all_see ON public.place FOR SELECT USING (true)",
        touches=("public.place",), back="DROP POLICY all_see ON public.place")
"""
    small.reversible(1, SPLIT + policy)
    project = small.project()
    project.execute(SETUP)
    project.up()
    project.down()
    assert project.rows("SELECT to_regclass('public.place')") == [(None,)]
