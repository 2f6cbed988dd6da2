"""Subscriptions: what is read of them, and what is safe to do without the publisher."""

import psycopg
import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

PLAIN = """CREATE SUBSCRIPTION s CONNECTION 'host=h dbname=d' PUBLICATION a
    WITH (connect = false);"""


def _with(options: str) -> str:
    return PLAIN.replace("connect = false", f"connect = false, {options}")


def test_a_subscription_comes_and_goes(server: Server) -> None:
    new = """CREATE SUBSCRIPTION "S" CONNECTION 'host=h user=''q r''' PUBLICATION b, "A"
        WITH (connect = false, slot_name = 'theirs', binary = true);
        COMMENT ON SUBSCRIPTION "S" IS 'in';"""
    there, back = converge(server, "", new)
    streaming = "parallel" if server.version >= 180000 else "off"
    assert there[0] == (
        "CREATE SUBSCRIPTION \"S\" CONNECTION 'host=h user=''q r''' PUBLICATION b, \"A\" WITH"
        f" (connect = false, slot_name = 'theirs', binary = true, streaming = '{streaming}',"
        " synchronous_commit = 'off')"
    )
    assert back == [
        'ALTER SUBSCRIPTION "S" DISABLE',
        'ALTER SUBSCRIPTION "S" SET (slot_name = NONE)',
        'DROP SUBSCRIPTION "S"',
    ]


def test_what_is_left_to_do_is_said(server: Server) -> None:
    (made,) = planned(server, "", PLAIN)
    assert made.reason == (
        "Subscription s is missing. It rests until you make its slot on the publisher;"
        " enable and refresh it."
    )
    kept = planned(server, PLAIN, "")[1]
    assert "Slot s stays on the publisher and keeps its WAL: drop it there." in kept.reason


def test_connection_publications_and_slot_change_in_place(server: Server) -> None:
    new = """CREATE SUBSCRIPTION s CONNECTION 'host=other' PUBLICATION b, a
        WITH (connect = false, slot_name = NONE);"""
    assert converge(server, PLAIN, new) == (
        [
            "ALTER SUBSCRIPTION s CONNECTION 'host=other'",
            "ALTER SUBSCRIPTION s SET PUBLICATION b, a WITH (refresh = false)",
            "ALTER SUBSCRIPTION s DISABLE",
            "ALTER SUBSCRIPTION s SET (slot_name = NONE)",
        ],
        [
            "ALTER SUBSCRIPTION s CONNECTION 'host=h dbname=d'",
            "ALTER SUBSCRIPTION s SET PUBLICATION a WITH (refresh = false)",
            "ALTER SUBSCRIPTION s SET (slot_name = 's')",
        ],
    )


@pytest.mark.parametrize(
    ("since", "option"),
    [
        (14, "binary = true"),
        (14, "streaming = on"),
        (14, "synchronous_commit = 'remote_apply'"),
        (15, "disable_on_error = true"),
        (16, "streaming = parallel"),
        (16, "password_required = false"),
        (16, "run_as_owner = true"),
        (16, "origin = none"),
    ],
)
def test_each_option_changes_in_place(server: Server, since: int, option: str) -> None:
    if server.version < since * 10000:
        pytest.skip(f"PostgreSQL {since} and later")
    there, _ = converge(server, _with("streaming = off"), _with(f"streaming = off, {option}")
                        if not option.startswith("streaming") else _with(option))  # fmt: skip
    assert len(there) == 1
    converge(server, "", _with(option))


@pytest.mark.parametrize(("since", "option"), [(15, "two_phase"), (17, "failover")])
def test_what_the_publisher_must_know_too_is_refused(
    server: Server, since: int, option: str
) -> None:
    if server.version < since * 10000:
        pytest.skip(f"PostgreSQL {since} and later")
    converge(server, "", _with(f"{option} = true"))
    with pytest.raises(Unplannable, match=f"differs in {option}"):
        planned(server, PLAIN, _with(f"{option} = true"))


def test_a_subscription_is_made_without_its_password(server: Server) -> None:
    new = PLAIN.replace("host=h dbname", "host=h password=''ge heim'' dbname")
    (made,) = planned(server, "", new)
    assert "CONNECTION 'host=h dbname=d'" in made.sql
    assert "until you set its password (ALTER SUBSCRIPTION s CONNECTION); make" in made.reason
    url = PLAIN.replace("host=h dbname=d", "postgresql://u:geheim@h/d?sslpassword=geheim")
    (made,) = planned(server, "", url)
    assert "CONNECTION 'postgresql://u@h/d'" in made.sql


def test_a_connection_with_a_password_is_not_replaced_by_one_without(server: Server) -> None:
    old = PLAIN.replace("dbname=d", "dbname=d password=geheim")
    assert planned(server, old, old.replace("geheim", "other")) == ()
    with pytest.raises(Unplannable, match="with a password") as raised:
        planned(server, old, old.replace("host=h", "host=other"))
    assert raised.value.hint == "Set it by hand: ALTER SUBSCRIPTION s CONNECTION '...'"


CONNECTIONS = {
    r"host=h password='ge\'x heim' user=q sslpassword = ge\ heim dbname=d": (
        "host=h password=*** user=q sslpassword = *** dbname=d"
    ),
    "postgresql://u:geheim@h:5/d?sslmode=prefer&sslpassword=geheim&application_name=a%26%3C": (
        "postgresql://u:***@h:5/d?sslmode=prefer&sslpassword=***&application_name=a%26%3C"
    ),
    "postgres://h:5433/d": "postgres://h:5433/d",
    "host=h application_name='é <&> x'": "host=h application_name='é <&> x'",
}


def test_a_password_is_never_read(database: DatabaseUrl) -> None:
    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        for number, text in enumerate(CONNECTIONS):
            quoted = text.replace("'", "''")
            connection.execute(
                f"CREATE SUBSCRIPTION s{number} CONNECTION '{quoted}' PUBLICATION a "
                "WITH (connect = false, slot_name = NONE)".encode()
            )
        snapshot = _read(database)
        with connect(database) as other, other.transaction(force_rollback=True):
            other.execute("CREATE ROLE onlooker")
            other.execute("SET LOCAL ROLE onlooker")
            seen = read_snapshot(other)
        for number in range(len(CONNECTIONS)):
            connection.execute(f"DROP SUBSCRIPTION s{number}".encode())
    found = [
        fact.payload["connection"] for fact in sorted(snapshot.of_kind("subscription"), key=str)
    ]
    assert found == list(CONNECTIONS.values())
    assert {fact.payload["connection"] for fact in seen.of_kind("subscription")} == {None}
    changes = compare(seen, snapshot)
    assert not [each for each in changes if each.kind == "subscription"]


def _read(database: DatabaseUrl) -> Snapshot:
    with connect(database, read_only=True) as connection:
        return read_snapshot(connection)
