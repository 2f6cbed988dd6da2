"""Every fix of an audit runs as printed, on partitioned tables and with rows in the way."""

import pytest

from gnkmigrate.audit.policy import Policy
from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from tests.audit.support import audited, audited_on, of_check
from tests.support import execute

SCHEMA = """
CREATE TABLE users (id bigint PRIMARY KEY, boss bigint, age int);
INSERT INTO users VALUES (1, NULL, 5), (2, 7, 40);
ALTER TABLE users ADD CONSTRAINT users_boss FOREIGN KEY (boss) REFERENCES users NOT VALID;
ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 17) NOT VALID;
CREATE UNLOGGED TABLE "Old Dogs" (id bigint PRIMARY KEY, user_id bigint, good boolean, name text);
CREATE INDEX ON "Old Dogs" (good);
CREATE INDEX dogs_name ON "Old Dogs" (name);
CREATE INDEX dogs_twice ON "Old Dogs" (name);
CREATE INDEX dogs_more ON "Old Dogs" (name, id);
INSERT INTO "Old Dogs" VALUES (1, 1, true, 'a'), (2, 99, false, 'b');
CREATE TABLE visits (
    id bigint, user_id bigint, seen_by bigint REFERENCES users, day date, good boolean, note text,
    PRIMARY KEY (id, day)
) PARTITION BY RANGE (day);
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
CREATE INDEX ON visits (good);
CREATE INDEX visits_note ON visits (note);
CREATE INDEX visits_more ON visits (note, day);
CREATE INDEX idx_visits_seen_by ON visits_1 (note, id);
INSERT INTO visits VALUES (1, 1, 1, '2025-01-02', true), (2, 99, NULL, '2025-02-02', true);
CREATE TABLE notes (id bigint PRIMARY KEY, user_id bigint NOT NULL);
INSERT INTO notes SELECT n, 1 FROM generate_series(1, 100) AS n;
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON notes TO PUBLIC;
"""


def test_they_run_one_after_the_other_and_back(database: DatabaseUrl) -> None:
    execute(database, SCHEMA)
    ran = 0
    for finding in audited(database).findings:
        with connect(database) as session:
            before = read_snapshot(session, schemas=["public"])
            for statement in (*finding.fix, *finding.undo):
                session.execute(statement.encode())
                ran += 1
            if finding.undo:
                assert compare(read_snapshot(session, schemas=["public"]), before) == ()
    assert ran > 20


def test_what_several_findings_propose_is_proposed_once(database: DatabaseUrl) -> None:
    execute(
        database,
        """CREATE TABLE tenants (id bigint PRIMARY KEY);
        CREATE TABLE tasks (
            id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants, a int, b int
        );
        ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
        CREATE POLICY p ON tasks USING (tenant_id = current_setting('app.tenant')::bigint);
        CREATE INDEX i1 ON tasks (a); CREATE INDEX i2 ON tasks (a);
        CREATE INDEX i3 ON tasks (a, b)""",
    )
    found = audited(database).findings
    (key,) = [each for each in found if each.check == "GNK-S002"]
    (policy,) = [each for each in found if each.check == "GNK-A024"]
    assert (policy.fix, policy.evidence["fix"]) == ((), f"that of {key.id} does it")
    with connect(database, search_path=["public"]) as session:
        before = read_snapshot(session, schemas=["public"])
        for statement in (s for each in found for s in each.fix):
            session.execute(statement.encode())
        for statement in (s for each in reversed(found) for s in each.undo):
            session.execute(statement.encode())
        assert compare(read_snapshot(session, schemas=["public"]), before) == ()


@pytest.mark.parametrize(
    ("policies", "check", "fixes"),
    [
        ("", "GNK-A001", 0),  # it would hide every row
        ("CREATE POLICY his ON gates TO CURRENT_USER USING (true);", "GNK-A002", 0),
        ("CREATE POLICY open ON gates USING (id > 0);", "GNK-A002", 1),
    ],
)
def test_a_fix_does_not_hide_all_rows_from_those_who_read_them(
    policies: str, check: str, fixes: int, database: DatabaseUrl
) -> None:
    execute(
        database,
        f"""{SCHEMA} CREATE TABLE gates (id int PRIMARY KEY); INSERT INTO gates VALUES (1);
        {policies} GRANT SELECT ON gates TO PUBLIC; GRANT SELECT ON notes TO PUBLIC""",
    )
    found = [each for each in of_check(audited(database), check) if each.object.table == "gates"]
    assert [len(each.fix) for each in found] == [fixes]


def test_where_rows_are_in_the_way_it_says_how_many_and_what_comes_first(
    database: DatabaseUrl,
) -> None:
    execute(database, SCHEMA)
    found = {each.object.table: each for each in of_check(audited(database), "GNK-S017")}
    dogs = found["Old Dogs"]
    assert (dogs.evidence["rows"], dogs.evidence["examples"]) == (1, ["2"])
    assert [statement.endswith("NOT VALID") for statement in dogs.fix] == [False, True]
    assert "rows" not in found["notes"].evidence
    with connect(database) as session:
        assert session.execute(str(dogs.evidence["query"]).encode()).fetchall() == [("2",)]
        session.execute(str(dogs.evidence["proposed repair"]).encode())
    again = {each.object.table: each for each in of_check(audited(database), "GNK-S017")}
    assert len(again["Old Dogs"].fix) == 3


def test_without_questions_to_rows_it_says_what_the_catalog_says(database: DatabaseUrl) -> None:
    execute(database, SCHEMA)
    found = of_check(audited(database, policy=Policy(data_checks=False)), "GNK-S017")
    assert all("rows" not in each.evidence for each in found)


def test_a_function_finds_its_tables_after_its_path_is_fixed(database: DatabaseUrl) -> None:
    execute(
        database,
        """CREATE SCHEMA billing; CREATE TABLE tasks (id int PRIMARY KEY);
        CREATE FUNCTION billing.count() RETURNS int LANGUAGE plpgsql SECURITY DEFINER
        AS 'BEGIN RETURN (SELECT count(*) FROM tasks); END'""",
    )
    with connect(database, search_path=["public"]) as session:
        live = read_snapshot(session, schemas=["public", "billing"])
        (found,) = of_check(audited_on(session, live=live), "GNK-A010")
        assert found.fix[0].endswith("SET search_path = public, billing, pg_temp")
        for statement in found.fix:
            session.execute(statement.encode())
        assert session.execute("SELECT billing.count()").fetchone() == (0,)
    name = str(database).rpartition("/")[2]
    role = f"reader_{name}"
    execute(database, "ALTER FUNCTION billing.count() RESET search_path")
    execute(database, f"CREATE ROLE {role} LOGIN; ALTER ROLE {role} SET search_path = billing")
    try:
        with connect(database, search_path=["public"]) as session:
            (found,) = of_check(audited_on(session, live=live), "GNK-A010")
    finally:
        execute(database, f"DROP ROLE {role}")
    assert found.fix == ()
    assert "billing" in found.evidence["search paths of sessions"]


def test_what_got_in_while_a_foreign_key_was_off_is_put_right_first(database: DatabaseUrl) -> None:
    execute(
        database,
        """CREATE TABLE people (id int PRIMARY KEY); CREATE TABLE paid (id int);
        CREATE TABLE cards (number int PRIMARY KEY, person int NOT NULL REFERENCES people)
        INHERITS (paid);
        ALTER TABLE cards ADD FOREIGN KEY (id) REFERENCES people;
        CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER own AFTER INSERT ON cards EXECUTE FUNCTION nothing();
        ALTER TABLE cards DISABLE TRIGGER ALL; INSERT INTO cards VALUES (9, 1, 2)""",
    )
    found = of_check(audited(database), "GNK-S043")
    assert [(each.evidence["rows"], each.fix, each.severity.label) for each in found] == [
        (1, (), "high"),
        (1, (), "high"),
    ]
    for each in found:
        execute(database, str(each.evidence["proposed repair"]))
    for each in of_check(audited(database), "GNK-S043"):
        execute(database, "; ".join(each.fix))
    after = audited(database)
    assert of_check(after, "GNK-S043") == []
    assert len(of_check(after, "GNK-S039")) == 1  # somebody's own, which stays as it is
