"""What was written to the new shape outlives a rollback: in the old tables or in the overflow."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from psycopg import errors

from gnkmigrate.errors import PhaseRefused
from tests.migrations.project import Project, Stations
from tests.migrations.strategies import examples

LAST = 6
SPILL = {"spill": "yes"}

ADA = "10000000-0000-4000-8000-000000000001"
BEN = "10000000-0000-4000-8000-000000000002"
CLEO = "10000000-0000-4000-8000-000000000003"
DORA = "10000000-0000-4000-8000-000000000004"
NODE = "(SELECT id FROM nodes WHERE identifier = {node})"
ADD_NODE = "INSERT INTO nodes (identifier, identifier_type, display_name, created_at)"
ADD_NODE_AND_USER = f"""
WITH added AS ({ADD_NODE} VALUES ('gonka1new', 'wallet', {{text}}, NULL) RETURNING id)
INSERT INTO user_nodes SELECT {{user}}, id, {{time}}, NULL FROM added
"""
EXCHANGE_IDENTIFIERS = """
UPDATE nodes SET identifier = 'x' WHERE identifier = 'gonka1first';
UPDATE nodes SET identifier = 'gonka1first' WHERE identifier = 'gonka1second';
UPDATE nodes SET identifier = 'gonka1second' WHERE identifier = 'x'
"""

# Statements of the new application; {node} is an identifier, {user} an id, {text} and {time}
# are literals.
WRITES = (
    f"INSERT INTO users (id, email, password) VALUES ('{DORA}', 'dora@example.org', 'secret')",
    f"{ADD_NODE} VALUES ({{node}}, 'wallet', {{text}}, {{time}})",
    "INSERT INTO nodes (identifier, identifier_type) VALUES ({node}, 'operator')",
    ADD_NODE_AND_USER,
    f"INSERT INTO user_nodes VALUES ({{user}}, {NODE}, {{time}}, NULL)",
    f"INSERT INTO user_nodes VALUES ({{user}}, {NODE}, NULL, {{user}})",
    f"DELETE FROM user_nodes WHERE node_id = {NODE}",
    "DELETE FROM nodes WHERE identifier = {node}",
    "DELETE FROM user_nodes",
    "DELETE FROM users WHERE id = {user}",
    f"UPDATE user_nodes SET user_id = {{user}} WHERE node_id = {NODE}",
    f"UPDATE user_nodes SET node_id = {NODE} WHERE user_id = {{user}}",
    f"UPDATE user_nodes SET assigned_at = {{time}} WHERE node_id = {NODE}",
    "UPDATE user_nodes SET assigned_by = {user}",
    "UPDATE nodes SET display_name = {text} WHERE identifier = {node}",
    "UPDATE nodes SET gpu_type = left({text}, 50), gcore_instance_id = NULL",
    "UPDATE nodes SET identifier = {text} WHERE identifier = {node}",
    EXCHANGE_IDENTIFIERS,
    "UPDATE nodes SET region = {text} WHERE identifier = {node}",
    "UPDATE nodes SET identifier_type = 'validator' WHERE identifier = {node}",
    "UPDATE nodes SET created_at = {time} WHERE identifier = {node}",
    "UPDATE users SET role = NULL, updated_at = {time} WHERE id = {user}",
    "UPDATE users SET role = 'admin', is_active = NULL, name = {text} WHERE id = {user}",
    "UPDATE users SET created_at = NULL WHERE id = {user}",
    "UPDATE users SET telegram = {text}, currency_preference = NULL WHERE id = {user}",
    "UPDATE users SET currency_preference = 'EUR'",
    "UPDATE users SET email = {text} || '@example.org' WHERE id = {user}",
    "INSERT INTO node_requests (user_id, type, budget) VALUES ({user}, 'support', {text})",
    "INSERT INTO node_requests (user_id, gpu_type, message) VALUES ({user}, '4090', {text})",
    "UPDATE node_requests SET gpu_type = 'B200', region = {text}",
    "UPDATE node_requests SET status = NULL, gpu_count = NULL WHERE user_id = {user}",
    "UPDATE node_requests SET status = 'completed', processed_at = {time} WHERE user_id = {user}",
    "UPDATE node_requests SET processed_by = {user}",
    "UPDATE node_requests SET processed_by = NULL, assigned_to = {user}",
    "UPDATE node_requests SET network = NULL, created_at = NULL WHERE user_id = {user}",
    "DELETE FROM node_requests WHERE user_id = {user}",
    f"INSERT INTO node_stats_cache (node_id, status, fetched_at) VALUES ({NODE}, 'up', {{time}})",
    f"INSERT INTO earnings_history (node_id, date, earnings_gnk) VALUES ({NODE}, {{time}}, 1.5)",
    "INSERT INTO earnings_history (date, earnings_gnk) VALUES ({time}, 0.00000001)",
)

writes = st.builds(
    lambda write, node, user, text, time: write.format(
        node=f"'{node}'", user=f"'{user}'", text=f"'{text}'", time=f"'{time}'"
    ),
    st.sampled_from(WRITES),
    st.sampled_from(("gonka1first", "gonka1second", "gonka1third", "gonka1fourth")),
    st.sampled_from((ADA, BEN, CLEO, DORA)),
    st.sampled_from(("a text", "gonka1fourth", "\N{ROCKET}", "''", "t" * 90)),
    st.sampled_from(("2025-07-01 12:00:00+00", "1999-01-01 00:00:00+00", "infinity")),
)

Row = Mapping[str, Any]


def rows_of(project: Project) -> dict[tuple[str, ...], Row]:
    """The rows of the new shape by a key that lasts: a node goes by its identifier."""
    content = {
        table.removeprefix("public."): [json.loads(row) for row in listed]
        for table, listed in project.content.items()
    }
    nodes = {row["id"]: row["identifier"] for row in content["nodes"]}
    found: dict[tuple[str, ...], Row] = {}
    for row in content["users"]:
        found["users", row["id"]] = row
    for row in content["node_requests"]:
        # A text that names a user says on the way back how that one is called by then.
        found["node_requests", row["id"]] = _without(row, "gnkmigrate_kept_processed_by")
    for row in content["nodes"]:
        found["nodes", row["identifier"]] = _without(row, "id")
    for row in content["user_nodes"]:
        found["user_nodes", row["user_id"], nodes[row["node_id"]]] = _without(row, "node_id")
    for table in ("node_stats_cache", "earnings_history"):
        for row in content[table]:
            node = str(nodes.get(row["node_id"]))
            found[table, node, row.get("id", "")] = _without(row, "node_id")
    return found


def _without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}


def overflow(project: Project) -> list[tuple[str, Row]]:
    return [
        (relation.removeprefix("public."), content)
        for relation, content in project.rows("SELECT relation, content FROM gnkmigrate.overflow")
    ]


def lost(before: Mapping[tuple[str, ...], Row], project: Project) -> Iterator[tuple[Any, ...]]:
    """Values that are neither where they were before nor in the overflow."""
    after, spilled = rows_of(project), overflow(project)
    for key, row in before.items():
        for name, value in row.items():
            kept = after.get(key, {}).get(name) == value or any(
                relation == key[0] and content.get(name) == value for relation, content in spilled
            )
            if value is not None and not kept:
                yield (*key, name, value)


def write(project: Project, statement: str) -> None:
    """As the new application, which lives with what a constraint forbids."""
    with suppress(errors.IntegrityError):
        project.execute(statement)


@given(statements=st.lists(writes, min_size=1, max_size=8))
@examples(10)
def test_down_with_spill_and_up_again_loses_no_value(
    stations: Stations, statements: list[str]
) -> None:
    with stations[LAST].project() as project:
        for statement in statements:
            write(project, statement)
        before = rows_of(project)

        project.down(parameters=SPILL)
        assert project.dump.splitlines() == stations[0].state[0]

        project.up(parameters={"overflow": "truncate", "unmapped": "archive"})
        assert project.dump.splitlines() == stations[LAST].state[0]
        assert list(lost(before, project)) == []
        assert set(rows_of(project)) <= set(before)


@given(statements=st.lists(writes, min_size=1, max_size=4))
@examples(6)
def test_without_spill_a_phase_goes_down_without_loss_or_refuses_and_changes_nothing(
    stations: Stations, statements: list[str]
) -> None:
    with stations[LAST].project() as project:
        for statement in statements:
            write(project, statement)
        before = rows_of(project)

        for level in range(LAST, 0, -1):
            state = project.state
            try:
                project.down(phase=str(level))
            except PhaseRefused:
                assert project.state == state
                break

        project.up()
        assert list(lost(before, project)) == []
        assert set(rows_of(project)) == set(before)
