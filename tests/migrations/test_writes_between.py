"""Between the phases the old application goes on writing, and the new shape follows it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import errors

from tests.migrations.project import Home, Project, Stations
from tests.migrations.strategies import ODD_TEXTS, examples
from tests.migrations.ways import Stop, Stopped

BERLIN = "AT TIME ZONE 'Europe/Berlin'"

# What nodes must hold, from user_nodes alone: what is missing and what is too much.
NODES_THAT_DIFFER = f"""
WITH expected AS (
    SELECT node_id, left(node_address, 255), 'wallet', left(label, 100), left(gpu_type, 50),
           NULL, left(gcore_instance_id, 255), created_at {BERLIN}
    FROM user_nodes
), found AS (
    SELECT id, identifier, identifier_type, display_name, gpu_type, region, gcore_instance_id,
           created_at
    FROM nodes
)
(TABLE expected EXCEPT TABLE found) UNION ALL (TABLE found EXCEPT TABLE expected)
"""
ASSIGNMENTS_THAT_DIFFER = f"""
WITH expected AS (
    SELECT user_id, node_id, created_at {BERLIN}, assigned_by FROM user_nodes
    WHERE is_active OR {{keep}}
), found AS (
    SELECT user_id, node_id, assigned_at, assigned_by FROM gnkmigrate_staging.user_nodes
)
(TABLE expected EXCEPT ALL TABLE found) UNION ALL (TABLE found EXCEPT ALL TABLE expected)
"""

ADA = "10000000-0000-4000-8000-000000000001"
BEN = "10000000-0000-4000-8000-000000000002"
NEW = (
    f"INSERT INTO user_nodes (user_id, node_address, label) VALUES ('{BEN}', {{address}}, {{text}})"
)
SAME_ID = f"""
INSERT INTO user_nodes (id, user_id, node_address)
VALUES ('20000000-0000-4000-8000-000000000001', '{ADA}', {{address}})
"""

# Statements of the old application; {address} and {text} are literals.
WRITES = (
    NEW,
    f"{SAME_ID} ON CONFLICT (id) DO NOTHING",
    f"{NEW} ON CONFLICT DO NOTHING",
    f"{NEW} ON CONFLICT (node_address) DO NOTHING",
    f"{NEW} ON CONFLICT (node_address) DO UPDATE SET label = excluded.label, updated_at = now()",
    f"{NEW} ON CONFLICT (node_address) DO UPDATE SET notes = excluded.label",
    f"{NEW} ON CONFLICT (node_address) DO UPDATE SET label = excluded.label WHERE false",
    "UPDATE user_nodes SET label = {text} WHERE node_address = {address}",
    "UPDATE user_nodes SET label = {text}",
    "UPDATE user_nodes SET gpu_type = {text} WHERE node_address = {address}",
    "UPDATE user_nodes SET gcore_instance_id = {text}, notes = {text}",
    "UPDATE user_nodes SET notes = {text}",
    "UPDATE user_nodes SET is_active = NOT is_active WHERE node_address = {address}",
    "UPDATE user_nodes SET created_at = created_at - interval '5 months'",
    "UPDATE user_nodes SET updated_at = now()",
    f"UPDATE user_nodes SET user_id = '{BEN}' WHERE node_address = {{address}}",
    "UPDATE user_nodes SET node_address = {text} WHERE node_address = {address}",
    "UPDATE user_nodes SET node_address = node_address || {text}",
    "UPDATE user_nodes SET node_address = {text}, label = {text} WHERE node_address = {address}",
    "DELETE FROM user_nodes WHERE node_address = {address}",
    "DELETE FROM user_nodes WHERE is_active",
    f"DELETE FROM user_nodes WHERE user_id = '{BEN}'",
    "TRUNCATE user_nodes",
    "BEGIN; UPDATE user_nodes SET label = {text}; ROLLBACK",
    "DELETE FROM user_nodes WHERE node_address = {address};" + NEW,
)

writes = st.builds(
    lambda write, address, text: write.format(address=_literal(address), text=_literal(text)),
    st.sampled_from(WRITES),
    st.sampled_from(("gonka1first", "gonka1second", "gonka1third", "gonka1fourth")),
    st.sampled_from((*ODD_TEXTS, "gonka1fourth", "t" * 120)),
)


def _literal(text: str) -> str:
    """A literal with standard_conforming_strings on."""
    return "'" + text.replace("'", "''") + "'"


def write(project: Project, statement: str) -> None:
    """As the old application, which lives with an address that is taken."""
    with suppress(errors.UniqueViolation):
        project.execute(statement)


def up_to_the_swap(project: Project) -> None:
    with pytest.raises(Stopped):
        project.up(Stop("swap of public.user_nodes"), phase="join-table")


@given(statements=st.lists(writes, min_size=1, max_size=6))
@examples(8)
def test_nodes_follow_what_the_old_application_writes_after_the_phase_data(
    stations: Stations, statements: list[str]
) -> None:
    with stations[2].project() as project:
        for statement in statements:
            write(project, statement)
            assert project.rows(NODES_THAT_DIFFER) == []
        old = project.rows("SELECT user_nodes.*::text FROM user_nodes ORDER BY id")

        project.up(phase="join-table")
        project.down(phase="join-table")

        assert project.rows("SELECT user_nodes.*::text FROM user_nodes ORDER BY id") == old
        assert project.rows(NODES_THAT_DIFFER) == []


@given(
    statements=st.lists(writes, min_size=1, max_size=6),
    inactive=st.sampled_from(("keep", "unassign")),
)
@examples(8)
def test_the_join_table_follows_until_it_takes_its_place(
    stations: Stations, statements: list[str], inactive: str
) -> None:
    policies = {"overflow": "truncate", "unmapped": "archive", "inactive": inactive}
    keep = str(inactive == "keep")
    with stations[2].project(policies=policies) as project:
        up_to_the_swap(project)
        for statement in statements:
            write(project, statement)
            assert project.rows(NODES_THAT_DIFFER) == []
            assert project.rows(ASSIGNMENTS_THAT_DIFFER.format(keep=keep)) == []
        old = project.rows("SELECT user_nodes.*::text FROM user_nodes ORDER BY id")

        project.up(phase="join-table")
        project.down(phase="join-table")

        assert project.rows("SELECT user_nodes.*::text FROM user_nodes ORDER BY id") == old


@given(
    first=st.lists(writes, max_size=3),
    then=st.lists(writes, max_size=3),
    back_to=st.sampled_from(
        ("rows of public.nodes", "public.nodes follows public.user_nodes", "columns node_id")
    ),
)
@examples(6)
def test_a_downgrade_that_is_given_up_finds_what_was_written_meanwhile(
    stations: Stations, first: list[str], then: list[str], back_to: str
) -> None:
    with stations[2].project() as project:
        (stop_at,) = {
            step.name
            for step in project.phases[1].down_steps
            if step.changes and step.name.startswith(back_to)
        }
        for statement in first:
            write(project, statement)
        with pytest.raises(Stopped):
            project.down(Stop(stop_at), phase="data")
        for statement in then:
            write(project, statement)

        project.up(phase="data")

        assert project.rows(NODES_THAT_DIFFER) == []


def test_what_a_trigger_of_the_user_changes_is_followed_as_well(home: Home) -> None:
    policies = {"functions": "checked"}
    with home.project(policies=policies) as project:
        project.execute(
            "INSERT INTO users (email, password) VALUES ('a@x', 'p');"
            "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN NEW.\"updatedAt\" := ''2026-02-03 04:05:06''; RETURN NEW; END';"
            "CREATE TRIGGER touch BEFORE UPDATE ON users"
            " FOR EACH ROW EXECUTE FUNCTION touch()"
        )
        project.go_to(5)
        with pytest.raises(Stopped):
            project.up(Stop("indexes of new columns of public.users"))

        project.execute("UPDATE users SET name = 'changed'")
        project.execute("DROP TRIGGER touch ON users")
        project.up()

        assert project.rows("SELECT name, updated_at::text FROM users") == [
            ("changed", "2026-02-03 04:05:06+00")
        ]


def test_rows_that_come_by_replication_are_followed_as_well(stations: Stations) -> None:
    with stations[2].project() as project:
        project.execute(
            "SET session_replication_role = replica;"
            "UPDATE user_nodes SET label = 'replicated';"
            f"INSERT INTO user_nodes (user_id, node_address) VALUES ('{BEN}', 'gonka1replicated');"
            "DELETE FROM user_nodes WHERE node_address = 'gonka1second'"
        )

        assert project.rows(NODES_THAT_DIFFER) == []


@pytest.mark.parametrize(
    "statement", ["DELETE FROM user_nodes", "UPDATE user_nodes SET is_active = false"]
)
def test_a_client_with_an_old_snapshot_repeats_what_it_cannot_see(
    stations: Stations, statement: str
) -> None:
    policies = {"overflow": "truncate", "unmapped": "archive", "inactive": "unassign"}
    with stations[2].project(policies=policies) as project, project.session() as client:
        with pytest.raises(Stopped):
            project.up(Stop("links of public.user_nodes"), phase="join-table")
        client.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        client.execute("SELECT count(*) FROM users")  # takes the snapshot
        with pytest.raises(Stopped):
            project.up(Stop("rows of public.user_nodes follow its links"), phase="join-table")

        with pytest.raises(errors.SerializationFailure):
            client.execute(statement.encode())

        client.execute("ROLLBACK")
        client.execute(statement.encode())
        assert project.rows(ASSIGNMENTS_THAT_DIFFER.format(keep="false")) == []
