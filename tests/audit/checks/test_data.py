"""Data checks: rows that a target could not hold, and rows that it can."""

from dataclasses import replace

import pytest

from gnkmigrate.audit.check import DataCheck, Gaps
from gnkmigrate.audit.checks import discover
from gnkmigrate.audit.data_checks import run_data
from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.row_query import Bounds, ask, told
from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from tests.audit.conftest import Read
from tests.audit.support import audited, audited_on, of_check
from tests.conftest import MAJOR
from tests.support import execute

USERS = "CREATE TABLE users (id int PRIMARY KEY, name varchar, age int, boss int)"
FOUR = "INSERT INTO users VALUES (1, 'Ada', 30, NULL), (2, 'Bernadette', 5, 1), (3, NULL, 0, 9)"

# Check, live schema, rows, target, sentence, examples; no sentence where nothing is wrong.
CASES = {
    "too long": (
        "GNK-D001",
        (USERS, FOUR),
        "CREATE TABLE users (id int PRIMARY KEY, name varchar(5), age int, boss int)",
        "One value of users.name is longer than the target's 5 characters.",
        ["2 (length 10)"],
    ),
    "long enough": (
        "GNK-D001",
        (USERS, FOUR),
        "CREATE TABLE users (id int PRIMARY KEY, name varchar(10), age int, boss int)",
        "",
        [],
    ),
    "NULL": (
        "GNK-D002",
        (USERS, FOUR),
        "CREATE TABLE users (id int PRIMARY KEY, name varchar NOT NULL, age int, boss int)",
        "One row has no users.name, which the target requires.",
        ["3"],
    ),
    "forbidden by a check": (
        "GNK-D003",
        (USERS, FOUR),
        f"{USERS}; ALTER TABLE users ADD CHECK (age > 17)",
        "2 rows of users break the target's CHECK ((age > 17)).",
        ["2", "3"],
    ),
    "forbidden by a check on a column in another spelling": (
        "GNK-D003",
        (
            'CREATE TABLE users (id int PRIMARY KEY, "theAge" int)',
            "INSERT INTO users VALUES (1, 30), (2, 5)",
        ),
        "CREATE TABLE users (id int PRIMARY KEY, the_age int CHECK (the_age > 17))",
        "One row of users breaks the target's CHECK ((the_age > 17)).",
        ["2"],
    ),
    "an enum's label that a check forbids": (
        "GNK-D003",
        (
            """CREATE TYPE mood AS ENUM ('fine', 'bad');
            CREATE TABLE users (id int PRIMARY KEY, mood mood)""",
            "INSERT INTO users VALUES (1, 'fine'), (2, 'bad'), (3, NULL)",
        ),
        "CREATE TABLE users (id int PRIMARY KEY, mood varchar(9) CHECK (mood IN ('fine')))",
        "One row of users breaks the target's CHECK (((mood)::text = 'fine'::text)).",
        ["2"],
    ),
    "orphans": (
        "GNK-D004",
        (USERS, FOUR),
        f"{USERS}; ALTER TABLE users ADD FOREIGN KEY (boss) REFERENCES users",
        "One row of users (boss) refers to no row of users.",
        ["3"],
    ),
    "orphans of a constraint that was never validated": (
        "GNK-D004",
        (
            f"""{USERS}; INSERT INTO users VALUES (1, 'Ada', 30, 9);
            ALTER TABLE users ADD FOREIGN KEY (boss) REFERENCES users NOT VALID""",
            "",
        ),
        f"{USERS}; ALTER TABLE users ADD FOREIGN KEY (boss) REFERENCES users",
        "One row of users (boss) refers to no row of users.",
        ["1"],
    ),
    "a key of two columns": (
        "GNK-D004",
        (
            """CREATE TABLE places (a int, b int, PRIMARY KEY (a, b));
            CREATE TABLE things (id int PRIMARY KEY, x int, y int)""",
            """INSERT INTO places VALUES (1, 1);
            INSERT INTO things VALUES (1, 1, 1), (2, 1, 2), (3, 7, NULL)""",
        ),
        """CREATE TABLE places (a int, b int, PRIMARY KEY (a, b));
        CREATE TABLE things (
            id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES places
        )""",
        "One row of things (x, y) refers to no row of places.",
        ["2"],
    ),
    "duplicates": (
        "GNK-D005",
        (USERS, "INSERT INTO users VALUES (1, 'Ada'), (2, 'Ada'), (3, NULL), (4, NULL)"),
        f"{USERS}; ALTER TABLE users ADD UNIQUE (name)",
        "2 rows of users share their (name) with others, which the target forbids.",
        ["1", "2"],
    ),
    "duplicates of NULL": (
        "GNK-D005",
        (USERS, "INSERT INTO users VALUES (1, 'Ada'), (3, NULL), (4, NULL)"),
        f"{USERS}; ALTER TABLE users ADD UNIQUE NULLS NOT DISTINCT (name)",
        "2 rows of users share their (name) with others, which the target forbids.",
        ["3", "4"],
    ),
    "a key of its own for a table without one": (
        "GNK-D005",
        ("CREATE TABLE logs (line int)", "INSERT INTO logs VALUES (1), (1), (2)"),
        "CREATE TABLE logs (line int PRIMARY KEY)",
        "2 rows of logs share their (line) with others, which the target forbids.",
        ["(0,1)", "(0,2)"],
    ),
    "names with quotes": (
        "GNK-D002",
        (
            'CREATE TABLE "a""b" (id int PRIMARY KEY, "c d" text)',
            """INSERT INTO "a""b" VALUES (1, NULL)""",
        ),
        'CREATE TABLE "a""b" (id int PRIMARY KEY, "c d" text NOT NULL)',
        'One row has no a"b.c d, which the target requires.',
        ["1"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_rows_that_a_target_could_not_hold(case: str, database: DatabaseUrl, read: Read) -> None:
    check, statements, target, message, examples = CASES[case]
    if "NULLS NOT DISTINCT" in target and MAJOR < 15:
        pytest.skip("PostgreSQL 15 brought NULLS NOT DISTINCT")
    execute(database, "; ".join(statements))
    found = of_check(audited(database, read(target)), check)
    assert [finding.message for finding in found] == ([message] if message else [])
    for finding in found:
        assert finding.evidence["examples"] == examples
        assert finding.severity.label == "high"
        with connect(database) as connection:
            listed = connection.execute(finding.evidence["query"].encode()).fetchall()
        assert len(listed) == finding.evidence["rows"] == len(examples)


def test_ten_examples_are_enough(database: DatabaseUrl, read: Read) -> None:
    execute(database, f"{USERS}; INSERT INTO users SELECT n FROM generate_series(1, 1234) AS n")
    target = read(
        "CREATE TABLE users (id int PRIMARY KEY, name varchar, age int NOT NULL, boss int)"
    )
    (finding,) = of_check(audited(database, target), "GNK-D002")
    assert finding.message == "1,234 rows have no users.age, which the target requires."
    assert len(finding.evidence["examples"]) == 10


def test_a_key_that_looks_like_a_secret_is_not_shown(database: DatabaseUrl, read: Read) -> None:
    execute(
        database,
        """CREATE TABLE sessions (token text PRIMARY KEY, name text);
        INSERT INTO sessions VALUES ('s3cr3t', NULL)""",
    )
    target = read("CREATE TABLE sessions (token text PRIMARY KEY, name text NOT NULL)")
    (finding,) = of_check(audited(database, target), "GNK-D002")
    assert finding.evidence["rows"] == 1
    assert "s3cr3t" not in str(finding)


def test_a_column_that_gets_another_type_is_mapped_not_compared(
    database: DatabaseUrl, read: Read
) -> None:
    execute(
        database,
        """CREATE TABLE users (id uuid PRIMARY KEY);
        CREATE TABLE requests (id int PRIMARY KEY, by text);
        INSERT INTO requests VALUES (1, 'ada@example.org')""",
    )
    target = read(
        """CREATE TABLE users (id uuid PRIMARY KEY);
        CREATE TABLE requests (id int PRIMARY KEY, by uuid REFERENCES users)"""
    )
    result = audited(database, target)
    assert of_check(result, "GNK-D004") == []


STRICTER = "CREATE TABLE users (id int PRIMARY KEY, name varchar NOT NULL, age int, boss int)"


def test_a_locked_table_is_left_alone_and_named(database: DatabaseUrl, read: Read) -> None:
    execute(database, f"{USERS}; {FOUR}")
    policy = Policy(bounds=Bounds(lock_timeout_ms=20))
    target = read(STRICTER)
    with connect(database, read_only=True) as connection, connect(database) as other:
        live = read_snapshot(connection, schemas=["public"])
        with other.transaction():
            other.execute("LOCK TABLE public.users")
            result = audited_on(connection, target, policy, live)
    missed = (
        "GNK-D002",
        "No NULL where the target says NOT NULL: users.name",
        "somebody holds a lock on the table (lock_timeout)",
    )
    assert missed in {(each.check, each.title, each.reason) for each in result.not_run}
    assert "GNK-D002" not in {passed.check for passed in result.passed}


def test_a_question_that_takes_too_long_is_given_up(database: DatabaseUrl, read: Read) -> None:
    execute(
        database,
        """CREATE FUNCTION slow(int) RETURNS bool LANGUAGE sql
        AS 'SELECT pg_sleep(5) IS NOT NULL AND $1 > 0';
        CREATE TABLE users (id int PRIMARY KEY);
        INSERT INTO users VALUES (1)""",
    )
    target = read(
        """CREATE FUNCTION slow(int) RETURNS bool LANGUAGE sql
        AS 'SELECT pg_sleep(5) IS NOT NULL AND $1 > 0';
        CREATE TABLE users (id int PRIMARY KEY CHECK (slow(id)))"""
    )
    result = audited(database, target, Policy(bounds=Bounds(statement_timeout_ms=50)))
    (missed,) = [each for each in result.not_run if each.check.startswith("GNK-D")]
    assert missed.check == "GNK-D003"
    assert missed.reason == "it took too long and was stopped (statement_timeout)"


def test_without_select_a_check_says_so(database: DatabaseUrl, read: Read) -> None:
    execute(database, f"{USERS}; {FOUR}")
    target = read(STRICTER)
    role = "nobody_" + str(database).rpartition("_")[2]
    execute(database, f"CREATE ROLE {role}; GRANT {role} TO current_user")
    try:
        with connect(database, read_only=True) as connection:
            connection.execute(f"SET ROLE {role}".encode())
            result = audited_on(connection, target)
    finally:
        execute(database, f"DROP ROLE {role}")
    assert ("GNK-D002", "permission denied for table users") in {
        (missed.check, missed.reason) for missed in result.not_run
    }
    assert not result.sizes["public", "users"].exact


@pytest.mark.parametrize(
    ("zone", "found"), [("UTC", False), ("Etc/UTC", False), ("Europe/Berlin", True)]
)
def test_a_database_that_writes_another_zones_time(
    zone: str, found: bool, database: DatabaseUrl, read: Read
) -> None:
    name = str(database).rpartition("/")[2]
    execute(
        database,
        f"""CREATE TABLE users (id int PRIMARY KEY, born timestamp);
        ALTER DATABASE {name} SET timezone = '{zone}'""",
    )
    target = read("CREATE TABLE users (id int PRIMARY KEY, born timestamptz)")
    findings = of_check(audited(database, target), "GNK-D006")
    assert [finding.evidence["columns"] for finding in findings] == (
        [["users.born"]] if found else []
    )
    if found:
        assert f"database {name}: {zone}" in findings[0].evidence["TimeZone settings"]


def test_an_unknown_source_zone_is_said(database: DatabaseUrl, read: Read) -> None:
    execute(database, "CREATE TABLE users (id int PRIMARY KEY, born timestamp)")
    target = read("CREATE TABLE users (id int PRIMARY KEY, born timestamptz)")
    result = audited(database, target, Policy(source_timezone="Mars/Olympus"))
    (missed,) = [missed for missed in result.not_run if missed.check == "GNK-D006"]
    assert "Mars/Olympus" in missed.reason


def _many(database: DatabaseUrl, rows: int) -> None:
    """Every tenth of the users has no name."""
    execute(
        database,
        f"""{USERS}; INSERT INTO users (id, name)
        SELECT n, CASE WHEN n % 10 <> 0 THEN 'Ada' END FROM generate_series(1, {rows}) AS n""",
    )
    execute(database, "ANALYZE users")


def test_of_a_large_table_a_sample_may_be_enough(database: DatabaseUrl, read: Read) -> None:
    _many(database, 20_000)
    policy = Policy(bounds=Bounds(sample=2_000))
    (finding,) = of_check(audited(database, read(STRICTER), policy), "GNK-D002")
    assert finding.message.startswith("In a sample of 10 %: ")
    assert finding.evidence["sample"] == "10 % of public.users"
    assert 0 < finding.evidence["rows"] < 1_000
    # The query for people still lists them all.
    with connect(database) as connection:
        assert len(connection.execute(finding.evidence["query"].encode()).fetchall()) == 2_000


def test_a_small_table_is_never_sampled(database: DatabaseUrl, read: Read) -> None:
    _many(database, 100)
    policy = Policy(bounds=Bounds(sample=2_000))
    (finding,) = of_check(audited(database, read(STRICTER), policy), "GNK-D002")
    assert finding.message == "10 rows have no users.name, which the target requires."


SLOW = """CREATE FUNCTION slow(int) RETURNS bool LANGUAGE sql
AS 'SELECT $1 <= 3 OR pg_sleep(5) IS NULL';"""


def test_rows_that_cannot_all_be_counted_are_proven_by_a_few(database: DatabaseUrl) -> None:
    execute(database, f"{USERS}; {SLOW} {FOUR}")
    execute(database, "INSERT INTO users SELECT n FROM generate_series(4, 30) AS n")
    # The first ten come at once, the others take for ever.
    view = "SELECT id AS key FROM public.users WHERE id < 11 OR public.slow(id)"
    with connect(database) as connection:
        listed = ask(connection, view, Bounds(statement_timeout_ms=200))
    assert (listed.complete, listed.count) == (False, 10)
    assert told(lambda count: f"{count} rows are wrong.", listed) == "At least: 10 rows are wrong."


def test_where_counting_takes_too_long_statistics_speak(database: DatabaseUrl, read: Read) -> None:
    _many(database, 1_000)
    target = read(STRICTER)
    with connect(database, read_only=True, search_path=["public"]) as connection:
        live = read_snapshot(connection, schemas=["public"])
        (probe,) = _null_value().probes(Gaps(compare(live, target), live, target, "public"))
        late = replace(probe, listing="SELECT pg_sleep(5) IS NULL AS key")
        check = replace(_null_value(), probes=lambda _: [late])
        gaps = Gaps((), live, target, "public")
        outcome = run_data(check, connection, gaps, {}, Bounds(statement_timeout_ms=50))
    (finding,) = outcome.findings
    assert finding.message == (
        "By statistics: 100 rows have no users.name, which the target requires."
    )
    (missed,) = outcome.not_run
    assert "statement_timeout" in missed.reason


def _null_value() -> DataCheck:
    (check,) = [each for each in discover() if each.id == "GNK-D002"]
    assert isinstance(check, DataCheck)
    return check


def test_a_repair_is_proposed(database: DatabaseUrl, read: Read) -> None:
    execute(database, f"{USERS}; {FOUR}")
    (finding,) = of_check(audited(database, read(STRICTER)), "GNK-D002")
    repair = finding.evidence["proposed repair"]
    assert repair.endswith("UPDATE public.users SET name = :'value' WHERE name IS NULL")


def test_what_is_being_asked_is_told(database: DatabaseUrl, read: Read) -> None:
    execute(database, USERS)
    target = read(STRICTER)
    progress: list[str] = []
    with connect(database, read_only=True, search_path=["public"]) as connection:
        live = read_snapshot(connection, schemas=["public"])
        gaps = Gaps(compare(live, target), live, target, "public")
        run_data(_null_value(), connection, gaps, {}, Bounds(), progress.append)
    assert progress == ["No NULL where the target says NOT NULL: users.name."]


def test_rows_are_not_asked_what_an_operator_class_of_ones_own_takes_for_equal(
    database: DatabaseUrl, read: Read
) -> None:
    made = "CREATE TYPE place AS (x int, y int); CREATE TABLE spots (id int PRIMARY KEY, at place)"
    execute(database, f"{made}; INSERT INTO spots VALUES (1, '(1,2)'), (2, '(1,2)')")
    target = read(f"{made}; CREATE UNIQUE INDEX spots_at ON spots (at record_image_ops)")
    result = audited(database, target)
    assert of_check(result, "GNK-D005") == []
    (missed,) = (each for each in result.not_run if each.check == "GNK-D005")
    assert "operator class" in missed.reason
