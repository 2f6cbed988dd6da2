"""The project's own checks."""

from pathlib import Path

import pytest

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.project_checks import load
from gnkmigrate.errors import SettingsError
from gnkmigrate.postgres.connection import DatabaseUrl
from tests.audit.conftest import Read
from tests.audit.support import audited, of_check
from tests.support import execute

CHECK = """\
-- ---
-- id = "SHOP-001"
-- title = "Nobody is older than 120"
-- severity = "low"
-- object = "public.users.age"
-- type = "column"
-- one = "One user is too old."
-- many = "COUNT users are too old."
-- impact = "Nobody believes it."
-- phase = "ages"
-- requires = ["public.users.age"]
-- ---
-- A comment of its own.
SELECT id::text AS key, age, secret_token FROM public.users WHERE age > 120;
"""
QUALIFY = "checks run with search_path pg_catalog: write schema.name"
USERS = "CREATE TABLE users (id int PRIMARY KEY, age int, secret_token text)"


def _policy(folder: Path, text: str = CHECK) -> Policy:
    (folder / "too_old.sql").write_text(text)
    return Policy(project_checks=load(folder))


def test_what_it_lists_is_a_finding(database: DatabaseUrl, tmp_path: Path) -> None:
    execute(
        database, f"{USERS}; INSERT INTO users VALUES (1, 121, 'x'), (2, 7, 'y'), (3, 500, 'z')"
    )
    (finding,) = of_check(audited(database, policy=_policy(tmp_path)), "SHOP-001")
    assert finding.message == "2 users are too old."
    assert (finding.check, finding.slug, finding.category) == ("SHOP-001", "too-old", "project")
    assert (finding.severity, finding.phase) == (Severity.LOW, "ages")
    assert (str(finding.object), finding.object.type) == ("public.users.age", "column")
    assert finding.evidence["examples"] == ["1 (age 121)", "3 (age 500)"]


def test_nothing_listed_has_passed(database: DatabaseUrl, tmp_path: Path) -> None:
    execute(database, USERS)
    result = audited(database, policy=_policy(tmp_path))
    assert "SHOP-001" in {passed.check for passed in result.passed}


def test_what_it_requires_may_not_exist_yet(database: DatabaseUrl, tmp_path: Path) -> None:
    execute(database, "CREATE TABLE users (id int PRIMARY KEY)")
    result = audited(database, policy=_policy(tmp_path))
    reasons = {missed.check: missed.reason for missed in result.not_run}
    assert reasons["SHOP-001"] == "public.users.age does not exist"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT FROM nowhere", f'relation "nowhere" does not exist; {QUALIFY}'),
        ("SELECT id FROM public.users LIMIT (SELECT 1 / 0)", "division by zero"),
        (
            "INSERT INTO public.users VALUES (1) RETURNING id",
            'syntax error at or near "INTO"',
        ),
        (
            "SELECT nextval('public.numbers')",
            "a check may not use nextval, with which it could get the rights of this session",
        ),
    ],
)
def test_a_query_that_fails_or_writes_has_not_run(
    query: str, reason: str, database: DatabaseUrl, tmp_path: Path
) -> None:
    execute(database, f"{USERS}; CREATE SEQUENCE numbers")
    text = CHECK.replace(CHECK.splitlines()[-1], query)
    result = audited(database, policy=_policy(tmp_path, text))
    assert {missed.check: missed.reason for missed in result.not_run}["SHOP-001"] == reason


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("SELECT 1", "does not begin with a comment"),
        (CHECK.replace('id = "SHOP-001"', 'id = "shop 1"'), "id: must have the form"),
        (CHECK.replace('"low"', '"grave"'), "'grave' is not a severity"),
        (CHECK.replace("impact", "impcat"), "impcat: is not known"),
        (CHECK.replace('-- one = "One user is too old."\n', ""), "one: is missing"),
        (CHECK.replace('"low"', "low"), "Invalid value"),
    ],
)
def test_a_mistake_in_its_head_is_named(text: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        _policy(tmp_path, text)
    assert "too_old.sql" in caught.value.message
    assert any(problem in detail for detail in caught.value.details)


def test_an_id_belongs_to_one_check(tmp_path: Path) -> None:
    (tmp_path / "again.sql").write_text(CHECK)
    with pytest.raises(SettingsError, match="have the id SHOP-001"):
        _policy(tmp_path)


def test_a_project_needs_no_checks(tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere") == ()


@pytest.mark.parametrize("stands_in", [True, False])
def test_it_may_take_the_place_of_a_general_check(
    stands_in: bool, database: DatabaseUrl, read: Read, tmp_path: Path
) -> None:
    execute(
        database,
        """CREATE TABLE people (id int PRIMARY KEY);
        CREATE TABLE users (id int PRIMARY KEY, age text);
        INSERT INTO users VALUES (1, 'Ada')""",
    )
    target = read(
        """CREATE TABLE people (id int PRIMARY KEY);
        CREATE TABLE users (id int PRIMARY KEY, age int REFERENCES people)"""
    )
    text = CHECK.replace(
        "age, secret_token FROM public.users WHERE age > 120", "age FROM public.users"
    )
    if stands_in:
        text = text.replace("-- requires", '-- instead_of = "GNK-D009"\n-- requires', 1)
    result = audited(database, target, _policy(tmp_path, text))
    assert len(of_check(result, "SHOP-001")) == 1
    assert len(of_check(result, "GNK-D009")) == (0 if stands_in else 1)
