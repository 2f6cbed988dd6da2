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
        assert "what somebody writes to motto of a row would count for all" in refused(project)
        project.execute(f"REVOKE {granted} ON client FROM PUBLIC")
