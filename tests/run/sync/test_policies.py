"""Row-level security policies on columns that are converted come along, both ways."""

import psycopg
import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.run import events
from tests.migrations.project import Project
from tests.small import Small

ARGUMENTS = """
    "public.My Table", "id",
    (Conversion("ownerName", "varchar(80)", rename="owner_name"),
     Conversion("level", "bigint"))
"""
TABLES = """
CREATE TABLE team (name text PRIMARY KEY, lead text);
CREATE TABLE "My Table" (id int PRIMARY KEY, "ownerName" text, level int, other text);
ALTER TABLE "My Table" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Own, 100%" ON "My Table" TO PUBLIC
    USING ("ownerName" LIKE 'own%' OR EXISTS (
        SELECT FROM team WHERE team.lead = "My Table"."ownerName"))
    WITH CHECK ("ownerName" <> '');
COMMENT ON POLICY "Own, 100%" ON "My Table" IS 'only one''s 100 %';
CREATE POLICY low ON "My Table" AS RESTRICTIVE FOR SELECT TO CURRENT_USER USING (level < 5);
CREATE POLICY untouched ON "My Table" FOR INSERT WITH CHECK (other IS NOT NULL);
INSERT INTO "My Table" SELECT g, 'own', g FROM generate_series(1, 20) AS g
"""
POLICIES = "SELECT policyname, qual, with_check FROM pg_policies ORDER BY policyname"


@pytest.fixture
def secured(small: Small) -> Project:
    small.revision(1, f"op.convert_columns({ARGUMENTS})", f"op.revert_columns({ARGUMENTS})")
    project = small.project()
    project.execute(TABLES)
    return project


def test_policies_come_along_and_back(secured: Project) -> None:
    before = secured.state

    secured.up()
    (low, own, _) = sorted(secured.rows(POLICIES), key=lambda row: row[0].lower())
    assert low[1] == "(level < 5)"
    assert "(owner_name)::text" in own[1]
    assert "team.lead = (" in own[1]
    assert own[2] == "((owner_name)::text <> ''::text)"

    secured.down()
    assert secured.state == before


def test_row_security_is_never_off(secured: Project) -> None:
    """Whoever looks between two steps sees all policies and row-level security on."""
    seen: list[tuple[object, ...]] = []
    query = (
        "SELECT relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid)"
        " FROM pg_class WHERE relname = 'My Table'"
    )

    def look(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            seen.extend(secured.rows(query))

    secured.up(look)
    secured.down(look)
    assert set(seen) == {(True, 3)}


@pytest.fixture
def to_text(small: Small) -> Project:
    arguments = """
        "public.t", "id",
        (Conversion("n", "text", using=":column::text", back=":column::int"),)
    """
    small.revision(1, f"op.convert_columns({arguments})", f"op.revert_columns({arguments})")
    project = small.project()
    project.execute("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1)")
    return project


def test_a_policy_that_does_not_compile_with_the_new_type_is_refused(to_text: Project) -> None:
    to_text.execute("CREATE POLICY p ON t USING (n > 0)")
    before = to_text.state
    with pytest.raises(PhaseRefused) as refused:
        to_text.up()
    said = refused.value.details
    assert said[0].startswith("Policies of public.t do not compile with the new types")
    assert said[1].strip() == "policy p on public.t (n): operator does not exist: text > integer"
    assert said[2].startswith("  -> Rewrite each condition")
    assert to_text.state == before
    assert to_text.states == ("pending",)

    to_text.execute("ALTER POLICY p ON t USING (n::numeric > 0)")
    before = to_text.state
    to_text.up()
    to_text.down()
    assert to_text.state == before


def test_a_policy_that_does_not_compile_with_the_old_type_stops_the_way_back(
    to_text: Project,
) -> None:
    to_text.up()
    to_text.execute("CREATE POLICY since ON t USING (n LIKE '1%')")
    with pytest.raises(PhaseRefused) as refused:
        to_text.down()
    assert any("policy since on public.t (n)" in line for line in refused.value.details)

    to_text.execute("DROP POLICY since ON t")
    to_text.down()
    assert to_text.states == ("pending",)
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        to_text.execute("INSERT INTO t VALUES (2, 'x')")
