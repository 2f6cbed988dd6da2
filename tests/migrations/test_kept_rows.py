"""What the new application wrote, value by value: taken back, refused, or kept in the overflow."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.run import events
from tests.migrations.project import Stations

SPILL = {"spill": "yes"}
TABLES = "tables public.nodes, public.node_stats_cache, public.earnings_history"
ADA = "10000000-0000-4000-8000-000000000001"
BEN = "10000000-0000-4000-8000-000000000002"
CLEO = "10000000-0000-4000-8000-000000000003"
FIRST = "20000000-0000-4000-8000-000000000001"
NODE = "(SELECT id FROM nodes WHERE identifier = 'gonka1first')"


@dataclass(frozen=True)
class Kept:
    """Something that the new application wrote and the old shape can hold.

    Attributes:
        written: the statement, in the new shape.
        query: in the old shape.
        answer: its rows.
    """

    written: str
    query: str
    answer: list[tuple[Any, ...]]


KEPT = {
    "a new assignment of a new node": Kept(
        "WITH added AS (INSERT INTO nodes (identifier, identifier_type, display_name, gpu_type)"
        " VALUES ('gonka1new', 'wallet', 'New', 'H200') RETURNING id) INSERT INTO user_nodes"
        f" SELECT '{BEN}', id, '2026-07-01 10:00+00', NULL FROM added",
        "SELECT user_id::text, label, gpu_type, notes, is_active, created_at::text,"
        " updated_at::text FROM user_nodes WHERE node_address = 'gonka1new'",
        [(BEN, "New", "H200", None, True, "2026-07-01 12:00:00", "2026-07-01 12:00:00")],
    ),
    "a changed node keeps its row": Kept(
        "UPDATE nodes SET display_name = 'Changed', gpu_type = NULL, gcore_instance_id = 'new'"
        " WHERE identifier = 'gonka1first'",
        "SELECT label, gpu_type, gcore_instance_id, notes, updated_at::text"
        f" FROM user_nodes WHERE id = '{FIRST}'",
        [("Changed", None, "new", "on the left", "2025-05-01 10:00:00")],
    ),
    "a node with another identifier": Kept(
        "UPDATE nodes SET identifier = 'gonka1renamed' WHERE identifier = 'gonka1first'",
        f"SELECT node_address, label FROM user_nodes WHERE id = '{FIRST}'",
        [("gonka1renamed", "Rack '1'")],
    ),
    "a node that was given to another user": Kept(
        f"UPDATE user_nodes SET user_id = '{CLEO}' WHERE node_id = {NODE}",
        "SELECT user_id::text, node_address, notes, is_active FROM user_nodes"
        f" WHERE id = '{FIRST}'",
        [(CLEO, "gonka1first", "on the left", True)],
    ),
    "a node that is gone": Kept(
        f"DELETE FROM nodes WHERE id = {NODE}",
        "SELECT count(*) FROM user_nodes WHERE node_address = 'gonka1first'",
        [(0,)],
    ),
    "a user who is gone, and the nodes with him": Kept(
        f"DELETE FROM nodes WHERE id IN (SELECT node_id FROM user_nodes WHERE user_id = '{BEN}');"
        f"UPDATE node_requests SET processed_by = NULL WHERE processed_by = '{BEN}';"
        f"DELETE FROM users WHERE id = '{BEN}'",
        "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM user_nodes),"
        " (SELECT count(*) FROM node_requests)",
        [(2, 2, 3)],
    ),
    "a time that was changed": Kept(
        f"UPDATE user_nodes SET assigned_at = '2026-01-01 00:00+00' WHERE node_id = {NODE};"
        f"UPDATE users SET created_at = '2026-08-01 00:00+00' WHERE id = '{ADA}'",
        'SELECT user_nodes.created_at::text, users."createdAt"::text, users."updatedAt"::text'
        f" FROM user_nodes JOIN users ON users.id = user_id WHERE user_nodes.id = '{FIRST}'",
        [("2026-01-01 01:00:00", "2026-08-01 02:00:00", "2025-10-26 02:30:00")],
    ),
    "an assignment without a time keeps the old one": Kept(
        f"UPDATE user_nodes SET assigned_at = NULL WHERE node_id = {NODE}",
        f"SELECT created_at::text FROM user_nodes WHERE id = '{FIRST}'",
        [("2025-03-30 02:30:00",)],
    ),
    "somebody else processed it": Kept(
        f"UPDATE node_requests SET processed_by = '{CLEO}', status = 'completed'"
        " WHERE processed_by IS NULL",
        "SELECT processed_by, status::text FROM node_requests WHERE message IS NULL ORDER BY id",
        [
            ("BEN@EXAMPLE.ORG", "rejected"),
            ("cleo@example.org", "completed"),
            (CLEO, "completed"),
        ],
    ),
    "a user's e-mail, a request's region": Kept(
        f"UPDATE users SET email = 'ada@new.example', name = 'A', role = 'user' WHERE id = '{ADA}';"
        "UPDATE node_requests SET region = 'Oslo' WHERE message = 'please'",
        "SELECT email, name, role::text, region, processed_by FROM users, node_requests"
        f" WHERE users.id = '{ADA}' AND message = 'please'",
        [("ada@new.example", "A", "user", "Oslo", "ada@new.example")],
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_the_old_shape_can_hold_is_taken_back_exactly(stations: Stations, name: str) -> None:
    case = KEPT[name]
    with stations[6].project() as project:
        project.execute(case.written)

        project.down()

        assert project.rows(case.query) == case.answer
        assert project.dump.splitlines() == stations[0].state[0]
        project.up(parameters={"overflow": "truncate", "unmapped": "archive"})


@dataclass(frozen=True)
class Refused:
    """Something that the new application wrote and the old shape cannot hold.

    Attributes:
        level: at which it was written.
        written: the statement.
        phase: whose downgrade refuses.
        said: what the refusal says, apart from the rows.
        kept: what --spill keeps, as (relation, part of the row).
    """

    level: int
    written: str
    phase: int
    said: str
    kept: tuple[tuple[str, dict[str, Any]], ...]


def _refused(phase: int, written: str, said: str, *kept: tuple[str, dict[str, Any]]) -> Refused:
    return Refused(phase, written, phase, said, kept)


REFUSED = {
    "a second user of a node": _refused(
        3,
        f"INSERT INTO user_nodes (user_id, node_id) VALUES ('{CLEO}', {NODE})",
        "no place for links of public.user_nodes that have no row of it. (1)",
        ("public.user_nodes", {"user_id": CLEO}),
    ),
    "two users of a new node": _refused(
        3,
        "WITH added AS (INSERT INTO nodes (identifier, identifier_type) VALUES ('n', 'wallet')"
        " RETURNING id) INSERT INTO user_nodes SELECT users.id, added.id, now() FROM added, users",
        "no place for links of public.user_nodes that have no row of it. (2)",
        ("public.user_nodes", {}),
        ("public.user_nodes", {}),
    ),
    "a node without a user": _refused(
        3,
        f"DELETE FROM user_nodes WHERE node_id = {NODE};"
        f"INSERT INTO node_stats_cache (node_id, status) VALUES ({NODE}, 'up');"
        "INSERT INTO earnings_history (node_id, date, earnings_gnk)"
        f" VALUES ({NODE}, '2026-01-01', 1.5)",
        "no place for rows of public.nodes that have no row of public.user_nodes. (1)",
        ("public.earnings_history", {"earnings_gnk": "1.50000000"}),
        ("public.node_stats_cache", {"status": "up"}),
        ("public.nodes", {"identifier": "gonka1first", "display_name": "Rack '1'"}),
    ),
    "a region": _refused(
        2,
        "UPDATE nodes SET region = 'Oslo' WHERE identifier = 'gonka1first'",
        "says nothing of identifier_type, region in public.nodes. (1)",
        ("public.nodes", {"identifier": "gonka1first", "region": "Oslo"}),
    ),
    "another type of node": _refused(
        2,
        "UPDATE nodes SET identifier_type = 'operator' WHERE identifier = 'gonka1first'",
        "says nothing of identifier_type, region in public.nodes. (1)",
        ("public.nodes", {"identifier": "gonka1first", "identifier_type": "operator"}),
    ),
    "who assigned it": _refused(
        2,
        f"UPDATE user_nodes SET assigned_by = '{ADA}' WHERE id = '{FIRST}'",
        "says nothing of assigned_by in public.user_nodes. (1)",
        ("public.user_nodes", {"id": FIRST, "assigned_by": ADA}),
    ),
    "earnings": _refused(
        2,
        "INSERT INTO earnings_history (node_id, date, earnings_gnk)"
        f" VALUES ({NODE}, '2026-01-01', 0.00000001)",
        "no place for rows of public.earnings_history. (1)",
        ("public.earnings_history", {"date": "2026-01-01", "earnings_gnk": "0.00000001"}),
    ),
    "statistics": _refused(
        2,
        f"INSERT INTO node_stats_cache (node_id, fetched_at) VALUES ({NODE}, 'infinity')",
        "no place for rows of public.node_stats_cache. (1)",
        ("public.node_stats_cache", {"fetched_at": "infinity"}),
    ),
    "nodes before there is data": _refused(
        1,
        "INSERT INTO nodes (identifier, identifier_type) VALUES ('early', 'wallet');"
        "INSERT INTO earnings_history (date, earnings_gnk) VALUES ('2026-01-01', 2)",
        "The old shape has no table public.nodes. (1)",
        ("public.earnings_history", {"earnings_gnk": "2.00000000"}),
        ("public.nodes", {"identifier": "early"}),
    ),
    "what users have got": _refused(
        5,
        f"UPDATE users SET telegram = '@ada', currency_preference = NULL WHERE id = '{ADA}'",
        "no telegram, discord, currency_preference. (1)",
        (
            "public.users",
            {"id": ADA, "telegram": "@ada", "discord": None, "currency_preference": None},
        ),
    ),
    "what requests have got": _refused(
        5,
        "UPDATE node_requests SET type = 'support', budget = '5', assigned_to = user_id"
        " WHERE message = 'please'",
        "no type, budget, network, assigned_to. (1)",
        ("public.node_requests", {"type": "support", "budget": "5", "assigned_to": BEN}),
    ),
    "no role": _refused(
        6,
        f"UPDATE users SET role = NULL, is_active = NULL WHERE id = '{ADA}'",
        "public.users.role: values that the old column cannot hold. (1)",
        ("public.users", {"id": ADA, "role": None}),
        ("public.users", {"id": ADA, "is_active": None}),
    ),
    "a request without a GPU": _refused(
        6,
        f"INSERT INTO node_requests (user_id, message) VALUES ('{ADA}', 'anything');"
        "UPDATE node_requests SET gpu_type = 'B200' WHERE region = 'Kraków'",
        "public.node_requests.gpu_type: values that the old column cannot hold. (2)",
        ("public.node_requests", {"message": "anything", "gpu_type": None}),
        ("public.node_requests", {"region": "Kraków", "gpu_type": "B200"}),
    ),
    "a time before any time": _refused(
        6,
        f"UPDATE users SET created_at = '4714-11-24 00:00:00+00 BC' WHERE id = '{ADA}'",
        "public.users.created_at: values that the old column cannot hold. (1)",
        ("public.users", {"id": ADA, "created_at": "4714-11-24 00:00:00+00 BC"}),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_cannot_hold_is_refused_and_kept_when_asked(stations: Stations, name: str) -> None:
    case = REFUSED[name]
    with stations[case.level].project() as project:
        project.execute(case.written)
        before = project.state

        with pytest.raises(PhaseRefused) as refused:
            project.down(phase=str(case.phase))
        assert case.said in "\n".join(refused.value.details)
        assert "--spill" in "\n".join(refused.value.details)
        assert project.state == before
        assert project.states[case.phase - 1] == "done"

        project.down(phase=str(case.phase), parameters=SPILL)
        overflow = "SELECT relation, content FROM gnkmigrate.overflow ORDER BY relation, content"
        kept = project.rows(overflow)
        assert len(kept) == len(case.kept)
        for relation, part in case.kept:
            assert any(
                found == relation and part.items() <= content.items() for found, content in kept
            ), json.dumps(kept, default=str)
        assert project.dump.splitlines() == stations[case.level - 1].state[0]


@pytest.mark.parametrize("name", [name for name in REFUSED if REFUSED[name].level > 1])
def test_a_rollback_and_another_upgrade_give_what_the_upgrade_alone_gives(
    stations: Stations, name: str
) -> None:
    case = REFUSED[name]
    with stations[case.level].project() as straight:
        straight.execute(case.written)
        with straight.copy() as project:
            straight.up()

            project.down(parameters=SPILL)
            project.up()

            assert (project.dump, project.content) == (straight.dump, straight.content)
            assert project.rows("SELECT relation, content FROM gnkmigrate.overflow") == []


def test_what_has_no_place_any_more_stays_in_the_overflow(stations: Stations) -> None:
    with stations[6].project() as project:
        project.execute(
            f"INSERT INTO user_nodes (user_id, node_id) VALUES ('{CLEO}', {NODE});"
            f"INSERT INTO earnings_history (node_id, date, earnings_gnk) VALUES ({NODE}, now(), 1)"
        )
        project.down(parameters=SPILL)
        project.execute("DELETE FROM user_nodes WHERE node_address = 'gonka1first'")
        project.up()

        assert project.rows("SELECT relation FROM gnkmigrate.overflow ORDER BY relation") == [
            ("public.earnings_history",),
            ("public.user_nodes",),
        ]


def test_a_row_that_hangs_on_what_is_spilled_is_nobodys_to_delete(stations: Stations) -> None:
    with stations[3].project() as project:
        project.execute(
            "CREATE TABLE alerts (node_id uuid REFERENCES nodes (id) ON DELETE CASCADE);"
            f"DELETE FROM user_nodes WHERE node_id = {NODE}; INSERT INTO alerts SELECT {NODE}"
        )

        with pytest.raises(
            PhaseFailed, match=r"rows of public\.alerts hang on rows of public\.nodes"
        ):
            project.down(parameters=SPILL)
        assert project.rows(f"SELECT node_id = {NODE} FROM alerts") == [(True,)]

        project.execute("DROP TABLE alerts")
        project.down(parameters=SPILL)
        assert project.dump.splitlines() == stations[0].state[0]


@pytest.mark.parametrize(
    ("phase", "before", "came"),
    [
        (
            1,
            TABLES,
            "INSERT INTO earnings_history (date, earnings_gnk) VALUES ('2026-01-01', 1)",
        ),
        (
            1,
            TABLES,
            "INSERT INTO nodes (identifier, identifier_type) VALUES ('late', 'wallet')",
        ),
        (2, "rows of public.nodes", f"INSERT INTO node_stats_cache (node_id) VALUES ({NODE})"),
        (6, "old columns of public.users", f"UPDATE users SET role = NULL WHERE id = '{ADA}'"),
    ],
)
def test_rows_that_come_in_the_middle_of_a_downgrade_are_not_lost(
    stations: Stations, phase: int, before: str, came: str
) -> None:
    with stations[phase].project() as project:

        def write(event: events.Event) -> None:
            if isinstance(event, events.StepStarted) and event.step == before:
                project.execute(came)

        with pytest.raises(PhaseFailed):
            project.down(write, phase=str(phase))
        with pytest.raises((PhaseRefused, PhaseFailed)):
            project.down(phase=str(phase))
        project.down(phase=str(phase), parameters=SPILL)

        assert project.value("SELECT count(*) FROM gnkmigrate.overflow") == 1
        assert project.dump.splitlines() == stations[phase - 1].state[0]
