"""A real TypeORM application of the old shape works at every level as on its own tables."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from psycopg import conninfo

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.run.phase import Phase
from gnkmigrate.servers import Server
from tests.migrations.project import STATION_SETTINGS, Project, minegnk_settings
from tests.typeorm.client import ZONE, application, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

Rows = Mapping[str, list[dict[str, Any]]]
Answers = dict[str, Any]

UP_AND_DOWN = (*range(7), *reversed(range(6)))
# The target's foreign keys have ON DELETE CASCADE, from these levels on, whoever deletes a user.
CASCADES = {"delete of a user who has a node": 3, "delete of a user who has a request": 6}


@pytest.fixture
def project(server: Server, minegnk: DatabaseUrl, phases: tuple[Phase, ...]) -> Project:
    """An empty database, in the zone of the application."""
    settings = minegnk_settings(**{**STATION_SETTINGS, "source_timezone": ZONE})
    project = Project(minegnk, server, phases, settings)
    name = conninfo.conninfo_to_dict(minegnk.conninfo)["dbname"]
    project.execute(f"ALTER DATABASE {name} SET timezone = '{ZONE}'")
    return project


def at_level(answers: Answers, level: int) -> Answers:
    """What is answered there by an application that answered so at the start."""
    return answers | {name: "accepted" for name, since in CASCADES.items() if level >= since}


def differing(answers: Answers, expected: Answers) -> Answers:
    return {
        name: (answer, expected[name])
        for name, answer in answers.items()
        if answer != expected[name]
    }


def test_no_operation_fails_before_between_and_after_all_phases(project: Project) -> None:
    with application(project.url) as old:
        assert old.ask("shape") == []
        old.ask("work", tag="stage-00")
        rows, at_start = old.ask("list"), Answers()
        for number, level in enumerate(UP_AND_DOWN, start=1):
            project.go_to(level)
            assert old.ask("list") == rows
            answers = old.ask("work", tag=f"stage-{number:02}", earlier=f"stage-{number - 1:02}")
            at_start = at_start or answers
            assert differing(answers, at_level(at_start, level)) == {}
            rows = old.ask("list")
            for since, query, told in SEEN:
                if level >= since:
                    assert sorted(project.rows(query)) == sorted(told(rows))
        assert old.ask("shape") == []


def test_two_of_them_work_while_the_phases_go_up_and_down(project: Project) -> None:
    with application(project.url) as one, application(project.url) as other:
        one.ask("work", tag="before-")
        answers = one.ask("work", tag="start-")
        for level in (6, 0):
            for name, old in (("one", one), ("other", other)):
                old.ask("begin", tag=f"{name}{level}", expected=[answers, at_level(answers, 6)])
            project.go_to(level)
            for old in (one, other):
                done = old.ask("end")
                assert done["differing"] == []
                assert done["rounds"] > 0
        assert one.ask("shape") == []


def seconds(time: str | None) -> int | None:
    return None if time is None else int(datetime.fromisoformat(time).timestamp())


def cut(text: str | None, length: int) -> str | None:
    return None if text is None else text[:length]


def users(rows: Rows) -> list[tuple[Any, ...]]:
    return [
        (
            row["id"],
            row["email"],
            cut(row["name"], 255),
            row["role"],
            row["isActive"],
            seconds(row["createdAt"]),
            seconds(row["updatedAt"]),
        )
        for row in rows["users"]
    ]


def nodes(rows: Rows) -> list[tuple[Any, ...]]:
    return [
        (
            row["userId"],
            row["nodeAddress"],
            cut(row["label"], 100) or "",
            row["gpuType"] or "",
            seconds(row["createdAt"]),
        )
        for row in rows["user_nodes"]
    ]


def processed(rows: Rows) -> list[tuple[Any, ...]]:
    known = {row["email"] for row in rows["users"]}
    return [
        (row["id"], row["processedBy"] if row["processedBy"] in known else "")
        for row in rows["node_requests"]
    ]


def requests(rows: Rows) -> list[tuple[Any, ...]]:
    return [
        (
            row["id"],
            row["userId"],
            row["gpuType"],
            row["gpuCount"],
            cut(row["region"], 100) or "",
            row["status"],
            seconds(row["processedAt"]) or 0,
            seconds(row["createdAt"]),
            seconds(row["updatedAt"]),
        )
        for row in rows["node_requests"]
    ]


def since_epoch(column: str) -> str:
    return f"floor(extract(epoch FROM {column}))::bigint"


# What the new application reads from which level on, and what of the old one's rows that is.
SEEN: tuple[tuple[int, str, Callable[[Rows], list[tuple[Any, ...]]]], ...] = (
    (
        2,
        f"""
        SELECT user_id::text, identifier, coalesce(display_name, ''), coalesce(nodes.gpu_type, ''),
               {since_epoch("nodes.created_at")}
        FROM user_nodes JOIN nodes ON nodes.id = node_id
        """,
        nodes,
    ),
    (
        5,
        """
        SELECT request.id::text, coalesce(email, '')
        FROM node_requests AS request LEFT JOIN users ON users.id = request.processed_by
        """,
        processed,
    ),
    (
        6,
        f"""
        SELECT id::text, email, name, role, is_active, {since_epoch("created_at")},
               {since_epoch("updated_at")}
        FROM users
        """,
        users,
    ),
    (
        6,
        f"""
        SELECT id::text, user_id::text, gpu_type, gpu_count, coalesce(region, ''), status,
               coalesce({since_epoch("processed_at")}, 0), {since_epoch("created_at")},
               {since_epoch("updated_at")}
        FROM node_requests
        """,
        requests,
    ),
)
