"""Rows of the old shape as hypothesis makes them: everything that the old shape allows."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hypothesis import Phase, settings
from hypothesis import strategies as st
from psycopg import sql

from gnkmigrate.postgres.connection import DatabaseUrl, connect

Row = Mapping[str, Any]


def examples(number: int) -> settings:
    """Half as many examples of a test to which each is a database and some phases.

    GNKMIGRATE_TEST_EXAMPLES=2 makes all of them, and more as many times. What fails is not made
    smaller, which takes minutes.
    """
    many = int(os.environ.get("GNKMIGRATE_TEST_EXAMPLES", "1"))
    return settings(
        max_examples=max(2, number * many // 2),
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )


ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu")

# Whatever has broken a migration somewhere: quotes, placeholders, other writing systems.
ODD_TEXTS = (
    "",
    " ",
    "O'Reilly",
    "back\\slash\\'",
    'say "when"',
    ":'source_timezone'",
    ':"inactive" :batch %s %(x)s {row} $1',
    "$body$; DROP TABLE users; --",
    "line\nbreak\r\n\ttab",
    "e\u0301 and \u00e9",
    "\U0001f469\u200d\U0001f680",
    "\u0644\u0648\u062d\u0629",
    "\u65e5\u672c\u8a9e",
    "\u202eright to left",
    "NULL",
    "İstanbul Straße ΣΑΣ",
)

# Around the changes of summer time, in both zones, and at the ends of what there is.
ODD_TIMES = (
    "2025-03-30 01:59:59.999999",
    "2025-03-30 02:00:00",
    "2025-03-30 02:30:00.000001",
    "2025-03-30 03:00:00",
    "2025-10-26 01:59:59",
    "2025-10-26 02:30:00",
    "2025-10-26 03:00:00",
    "2025-03-09 02:30:00",
    "2025-11-02 01:30:00",
    "1893-03-31 23:59:59",
    "0044-03-15 12:00:00 BC",
    "4713-01-02 00:00:00 BC",
    "9999-12-31 23:59:59.999999",
    "200000-06-15 12:00:00",
    "infinity",
    "-infinity",
)

texts = st.sampled_from(ODD_TEXTS) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=12
)
times = st.sampled_from(ODD_TIMES) | st.datetimes().map(lambda moment: moment.isoformat(" "))
labels = st.none() | texts | st.sampled_from(("L" * 100, "\N{GRINNING FACE}" * 100))
long_labels = labels | texts.map(lambda text: text + "l" * 101)


@dataclass(frozen=True)
class OldRows:
    """The rows of a database in the old shape, as parameters of INSERT."""

    users: Sequence[Row]
    user_nodes: Sequence[Row]
    node_requests: Sequence[Row]

    def insert(self, url: DatabaseUrl) -> None:
        with connect(url, search_path=["public"]) as connection, connection.transaction():
            for table in ("users", "user_nodes", "node_requests"):
                for row in getattr(self, table):
                    connection.execute(_insert(table, row), list(row.values()))


def _insert(table: str, row: Row) -> sql.Composed:
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(name) for name in row),
        sql.SQL(", ").join([sql.Placeholder()] * len(row)),
    )


@st.composite
def old_rows(draw: st.DrawFn, *, too_long: bool = False) -> OldRows:
    """A few users, their nodes and their requests.

    Args:
        draw: hypothesis's.
        too_long: values may be longer than the target allows.
    """
    ends = st.sampled_from(("", "x" * 300)) if too_long else st.just("")
    label = long_labels if too_long else labels

    def key(group: int, number: int) -> str:
        return str(UUID(int=(draw(st.integers(0, 2**60)) << 64) + (group << 32) + number))

    # The number in front keeps them different where they are cut.
    names = draw(st.lists(texts, min_size=1, max_size=4))
    emails = [f"{number}{name}@x{draw(ends)}" for number, name in enumerate(names)]
    if draw(st.booleans()):
        emails.append("Twice@Example.org")
        emails.append("twice@example.ORG")
    users: list[dict[str, Any]] = [
        {
            "id": key(1, number),
            "email": email,
            "password": draw(texts),
            "name": draw(st.none() | texts),
            "role": draw(st.sampled_from(("user", "admin"))),
            "isActive": draw(st.booleans()),
            "createdAt": draw(times),
            "updatedAt": draw(times),
        }
        for number, email in enumerate(emails)
    ]
    owner = st.sampled_from([user["id"] for user in users])
    nodes = draw(st.lists(texts, max_size=5))
    user_nodes = [
        {
            "id": key(2, number),
            "user_id": draw(owner),
            "node_address": f"{number}{address}{draw(ends)}",
            "label": draw(label),
            "gpu_type": draw(st.none() | st.sampled_from(("H100", "a 3080, used"))),
            "gcore_instance_id": draw(st.none() | texts),
            "notes": draw(st.none() | texts),
            "is_active": draw(st.booleans()),
            "created_at": draw(times),
            "updated_at": draw(times),
        }
        for number, address in enumerate(nodes)
    ]
    someone = st.sampled_from(users)
    processed_by = st.one_of(
        st.none(),
        someone.map(lambda user: user["email"]),
        someone.map(lambda user: user["email"].swapcase()),
        someone.map(lambda user: f" {user['email']} "),
        someone.map(lambda user: user["id"]),
        someone.map(lambda user: user["id"].upper()),
        st.just("TWICE@example.org"),
        st.just("11111111-1111-4111-8111-111111111111"),
        texts,
    )
    node_requests = [
        {
            "id": key(3, number),
            "user_id": draw(owner),
            "gpu_type": draw(st.sampled_from(("3080", "4090", "H100", "H200"))),
            "gpu_count": draw(st.integers(-(2**31), 2**31 - 1)),
            "region": draw(label),
            "message": draw(st.none() | texts),
            "status": draw(st.sampled_from(("pending", "approved", "rejected", "completed"))),
            "admin_notes": draw(st.none() | texts),
            "processed_by": draw(processed_by),
            "processed_at": draw(st.none() | times),
            "created_at": draw(times),
            "updated_at": draw(times),
        }
        for number in range(draw(st.integers(0, 3)))
    ]
    return OldRows(users, user_nodes, node_requests)
