"""Passwords that are stored as they are.

A column whose name says password should hold nothing from which a password can be had. Up to a
thousand values of each such column are looked at inside the server: what has the prefix of a known
password hash, is long hexadecimal, or is long and without a space (a hash or a ciphertext in some
encoding) counts as protected, what is shorter than six characters as a placeholder. No value
leaves the server, only how many of them look like passwords.

Sources: PostgreSQL manual, F.26 (pgcrypto: password hashing); the modular crypt format of crypt(3).
"""

import re
from collections.abc import Iterator

from psycopg import sql

from gnkmigrate.audit.check import CannotRun, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._rows import beside
from gnkmigrate.audit.checks._server import answers, listed, union
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.types import Type
from gnkmigrate.postgres.connection import Connection

SAMPLE = 1000

# The last words of a name decide: password_hint and password_changed_at hold no password.
_PASSWORD = re.compile(r"(passw(or)?d|passwd|pwd|passphrase|passcode|kennwort)\d?$", re.IGNORECASE)
_TEXTS = {"text", "character varying", "character", "citext"}


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    candidates = [fact for fact in question.live.of_kind("column") if _may_hold_passwords(fact)]
    tables = sorted({fact.identity.path[:2] for fact in candidates})
    closed = _closed(connection, question, tables)
    readable = [fact for fact in candidates if fact.identity.path[:2] not in closed]
    unread = {"not examined": listed(map(".".join, sorted(closed)))} if closed else {}
    found = False
    for number, examined, plain in _sampled(connection, readable):
        if plain:
            found = True
            about = object_of(readable[number])
            label = about.label(question.default_schema)
            yield Observation(
                about,
                f"Column {label} holds values that look like passwords in the clear.",
                evidence={"values examined": examined, "in the clear": plain, **unread},
            )
    if closed and not found:
        raise CannotRun(f"the role may not read all of {', '.join(unread['not examined'])}")


def _may_hold_passwords(column: Fact) -> bool:
    is_of_table = column.parent is not None and column.parent.kind == "table"
    type_ = Type.parse(str(column.payload["type"]))
    is_text = not type_.array and type_.name.rpartition(".")[2] in _TEXTS
    return is_of_table and is_text and bool(_PASSWORD.search(column.identity.name))


def _closed(
    connection: Connection, question: Question, tables: list[tuple[str, ...]]
) -> set[tuple[str, str]]:
    """Which of the tables the role may not read, or not all rows of."""
    rows = answers(
        connection,
        question,
        "password_in_the_clear_access",
        tables=[schema for schema, _ in tables],
        names=[name for _, name in tables],
    )
    return {(row.schema, row.relation) for row in rows}


def _sampled(connection: Connection, columns: list[Fact]) -> Iterator[tuple[int, ...]]:
    """For each column its number, how many values were examined, and how many are in the clear."""
    template = sql.SQL(beside("password_in_the_clear"))
    parts = [
        template.format(
            number=sql.Literal(number),
            column=sql.Identifier(fact.identity.name),
            relation=sql.Identifier(*fact.identity.path[:2]),
            sample=sql.Literal(SAMPLE),
        )
        for number, fact in enumerate(columns)
    ]
    return union(connection, parts)


CHECK = ServerCheck(
    id="GNK-A020",
    slug="password-in-the-clear",
    title="No password is stored as it is",
    category="security",
    severity=Severity.CRITICAL,
    impact="Whoever sees the rows, a backup or a replica has the users' passwords, which they "
    "often use elsewhere too.",
    recommendation="Replace them by salted hashes (argon2id or bcrypt), and have users whose "
    "passwords may have been seen choose new ones.",
    privileges=("SELECT on the tables concerned",),
    find=find,
    asks_rows=True,
)
