"""The SQL of gaps: it closes them and opens them again."""

from collections.abc import Sequence

from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.script import Step
from gnkmigrate.audit.severity_rules import Design, SeverityRules
from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from tests.audit.conftest import Read
from tests.audit.support import audited
from tests.support import execute

LIVE = """
CREATE TYPE mood AS ENUM ('fine', 'bad');
CREATE TABLE users (
    id int CONSTRAINT "PK_1" PRIMARY KEY,
    email varchar NOT NULL CONSTRAINT "UQ_1" UNIQUE,
    mood mood NOT NULL DEFAULT 'fine',
    "createdAt" timestamp NOT NULL DEFAULT now(),
    old text
);
CREATE TABLE requests (
    id int PRIMARY KEY, user_id int NOT NULL CONSTRAINT "FK_1" REFERENCES users
);
CREATE INDEX users_old ON users (old);
"""
TARGET = """
CREATE TABLE assignments (
    user_id int, node_id int, PRIMARY KEY (user_id, node_id), note text CHECK (note <> '')
);
CREATE TABLE users (
    id int PRIMARY KEY,
    email varchar(255) NOT NULL UNIQUE,
    mood varchar(9) DEFAULT 'fine' CHECK (mood IN ('fine', 'bad')),
    created_at timestamptz DEFAULT now(),
    telegram varchar(100)
);
CREATE TABLE nodes (id serial PRIMARY KEY, name text UNIQUE);
CREATE TABLE requests (
    id int PRIMARY KEY,
    user_id int NOT NULL REFERENCES users ON DELETE CASCADE,
    node_id int REFERENCES nodes
);
ALTER TABLE assignments ADD FOREIGN KEY (user_id) REFERENCES users;
ALTER TABLE assignments ADD FOREIGN KEY (node_id) REFERENCES nodes;
CREATE INDEX requests_node ON requests (node_id);
CREATE INDEX users_created ON users (created_at);
"""


def _run(url: DatabaseUrl, steps: Sequence[Step]) -> None:
    with connect(url) as connection:
        for step in steps:
            connection.execute(step.sql.encode())


def test_the_script_closes_every_gap_and_its_undo_opens_them_again(
    database: DatabaseUrl, read: Read
) -> None:
    execute(database, LIVE)
    before, target = read(LIVE), read(TARGET)
    script = audited(database, target).script
    _run(database, script.fix)
    with connect(database) as connection:
        assert compare(read_snapshot(connection), target) == ()
    _run(database, script.undo)
    with connect(database) as connection:
        assert compare(read_snapshot(connection), before) == ()


def test_a_fix_that_takes_data_away_says_so(database: DatabaseUrl, read: Read) -> None:
    execute(database, "CREATE TABLE users (id int PRIMARY KEY, old text)")
    result = audited(database, read("CREATE TABLE users (id int PRIMARY KEY)"))
    (gap,) = [finding for finding in result.findings if finding.category == "gap"]
    assert gap.fix == ("ALTER TABLE public.users DROP COLUMN old",)
    assert gap.evidence["loses"] == ["the values of public.users.old"]


def test_what_builds_on_a_table_of_another_design_waits_for_its_phase(
    database: DatabaseUrl, read: Read
) -> None:
    execute(database, "CREATE TABLE places (id int PRIMARY KEY, address text UNIQUE)")
    target = read(
        """CREATE TABLE places (owner int, thing int, PRIMARY KEY (owner, thing));
        CREATE INDEX places_thing ON places (thing);
        CREATE TABLE things (id int PRIMARY KEY)"""
    )
    policy = Policy(SeverityRules(designs=(Design(table="public.places"),)))
    result = audited(database, target, policy)
    assert [
        finding.slug for finding in result.findings if finding.fingerprint in result.script.left
    ] == ["table-design", "missing-index"]
    assert [step.sql.split("(")[0] for step in result.script.fix] == ["CREATE TABLE public.things "]
    assert [step.sql for step in result.script.undo] == ["DROP TABLE public.things"]
