"""Who a text in processed_by means: the rules, one by one."""

import pytest

from tests.migrations.project import Stations

USERS = """
INSERT INTO users (id, email, password) VALUES
    ('a0000000-0000-4000-8000-00000000000a', 'Twice@example.org', ''),
    ('b0000000-0000-4000-8000-00000000000b', 'twice@example.org', ''),
    ('c0000000-0000-4000-8000-00000000000c', 'C0FFEE00-0000-4000-8000-000000000000', ''),
    ('c0ffee00-0000-4000-8000-000000000000', 'coffee@example.org', ''),
    ('d0000000-0000-4000-8000-00000000000d', '', '')
"""
TWICE_LOWER = "b0000000-0000-4000-8000-00000000000b"


@pytest.mark.parametrize(
    ("text", "user"),
    [
        (None, None),
        ("ada@example.org", "10000000-0000-4000-8000-000000000001"),
        ("ADA@Example.ORG", "10000000-0000-4000-8000-000000000001"),
        (" ada@example.org", None),
        ("ada@example.org\n", None),
        ("twice@example.org", TWICE_LOWER),
        ("TWICE@example.org", None),
        ("10000000-0000-4000-8000-000000000003", "10000000-0000-4000-8000-000000000003"),
        ("A0000000-0000-4000-8000-00000000000A", "a0000000-0000-4000-8000-00000000000a"),
        ("{a0000000-0000-4000-8000-00000000000a}", None),
        ("10000000-0000-4000-8000-00000000000f", None),
        ("c0ffee00-0000-4000-8000-000000000000", "c0000000-0000-4000-8000-00000000000c"),
        ("", "d0000000-0000-4000-8000-00000000000d"),
        ("%", None),
    ],
)
def test_a_text_means_a_user_or_nobody(
    stations: Stations, text: str | None, user: str | None
) -> None:
    with stations[4].project() as project:
        project.execute(USERS)
        literal = "NULL" if text is None else "'" + text.replace("'", "''") + "'"
        project.execute(f"UPDATE node_requests SET processed_by = {literal}")
        before = project.state

        project.up(phase="columns")
        assert project.rows("SELECT DISTINCT processed_by::text FROM node_requests") == [(user,)]

        project.down(phase="columns")
        assert project.state == before


def test_two_users_of_one_e_mail_are_nobody(stations: Stations) -> None:
    with stations[4].project() as project:
        project.execute(
            'ALTER TABLE users DROP CONSTRAINT "UQ_97672ac88f789774dd47f7c8be3";'
            "INSERT INTO users (email, password) VALUES ('ada@example.org', '')"
        )
        before = project.state

        project.up(phase="columns")
        found = "SELECT processed_by FROM node_requests WHERE message = 'please'"
        assert project.rows(found) == [(None,)]

        project.down(phase="columns")
        assert project.state == before
