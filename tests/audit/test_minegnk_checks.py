"""MineGNK's own checks: each on rows that it must blame, and on rows that it must not."""

import pytest

from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.project_checks import ProjectCheck, load
from gnkmigrate.audit.selection import Selection
from gnkmigrate.postgres.connection import DatabaseUrl
from tests.audit.support import audited, of_check
from tests.support import ROOT, execute

CHECKS = {check.id: check for check in load(ROOT / "audits" / "checks")}

# Rows that the others hang on. Numbers stand for identifiers: u1 and n1 are user and node 1.
OLD = """
INSERT INTO users (id, email, password)
VALUES (u1, 'ada@example.org', '-'), (u2, 'ben@example.org', '-');
"""
NEW = (
    OLD
    + """
INSERT INTO nodes (id, identifier, identifier_type)
VALUES (n1, 'gonka1', 'wallet'), (n2, 'gonka2', 'wallet');
"""
)

# Check: statements with the keys that must be found; none for rows that are as they should be.
CASES: dict[str, list[tuple[str, list[str]]]] = {
    "MINEGNK-004": [
        (
            """INSERT INTO user_nodes (user_id, node_address, label)
            VALUES (u1, 'gonka1', 'Rack'), (u2, 'GONKA1', 'Cellar')""",
            ["GONKA1"],
        ),
        (
            """INSERT INTO user_nodes (user_id, node_address, label)
            VALUES (u1, 'gonka1', NULL), (u1, 'gonka1 ', 'Cellar')""",
            ["gonka1"],
        ),
        (
            """INSERT INTO user_nodes (user_id, node_address, label) VALUES
            (u1, 'a', 'A'), (u1, 'A', 'B'), (u1, 'b', 'A'), (u1, 'B', 'A'), (u1, 'c', 'A'),
            (u2, 'C', 'B')""",
            ["A", "C"],
        ),
        (
            """INSERT INTO user_nodes (user_id, node_address, label) VALUES
            (u1, 'a', 'Rack'), (u1, 'A', 'Rack'), (u2, 'b', 'Cellar'), (u2, 'c', NULL)""",
            [],
        ),
    ],
    "MINEGNK-005": [
        ("INSERT INTO node_stats_cache VALUES (n1)", []),
        (
            """INSERT INTO node_stats_cache (node_id, fetched_at)
            VALUES (n1, now() - interval '6 minutes'), (n2, now() - interval '4 minutes')""",
            ["n1"],
        ),
        (
            """INSERT INTO node_stats_cache (node_id, fetched_at)
            VALUES (n1, NULL), (n2, now() - interval '29 days')""",
            ["n1", "n2"],
        ),
        (
            """INSERT INTO node_stats_cache (node_id, fetched_at)
            VALUES (n1, now() - interval '31 days'), (n2, now() - interval '1 day')""",
            ["n2"],
        ),
    ],
    "MINEGNK-006": [
        (
            """INSERT INTO node_stats_cache (node_id, earnings_total) VALUES (n1, 3), (n2, 1);
            INSERT INTO earnings_history (node_id, date, earnings_gnk)
            VALUES (n1, '2025-01-01', 1), (n1, '2025-01-02', 1.5), (n2, '2025-01-01', 1)""",
            ["n1"],
        ),
        ("INSERT INTO node_stats_cache (node_id, earnings_total) VALUES (n1, 3)", ["n1"]),
        (
            """INSERT INTO node_stats_cache (node_id, earnings_total, earnings_day)
            VALUES (n1, 1, 5), (n2, 9, 1);
            INSERT INTO earnings_history (node_id, date, earnings_gnk)
            VALUES (n1, '2025-01-01', 2), (n2, '2025-01-01', 7)""",
            ["n1", "n2"],
        ),
        (
            """INSERT INTO node_stats_cache (node_id, earnings_total, earnings_day)
            VALUES (n1, 3, 0.5), (n2, NULL, 1);
            INSERT INTO earnings_history (node_id, date, earnings_gnk)
            VALUES (n1, '2025-01-01', 1), (n1, '2025-01-02', 1.75)""",
            [],
        ),
    ],
    "MINEGNK-007": [
        ("INSERT INTO user_nodes (user_id, node_id) VALUES (u1, n1)", ["u1 n1"]),
        (
            """INSERT INTO user_nodes (user_id, node_id, assigned_by)
            VALUES (u1, n1, u2), (u2, n1, NULL)""",
            ["u2 n1"],
        ),
        ("INSERT INTO user_nodes (user_id, node_id) VALUES (u1, n1), (u1, n2)", ["u1 n1", "u1 n2"]),
        ("INSERT INTO user_nodes (user_id, node_id, assigned_by) VALUES (u1, n1, u1)", []),
    ],
    "MINEGNK-008": [
        (
            """INSERT INTO node_stats_cache (node_id, fetched_at)
            VALUES (n1, now() - interval '31 days'), (n2, now() - interval '29 days')""",
            ["n1"],
        ),
        ("INSERT INTO node_stats_cache (node_id, fetched_at) VALUES (n1, '2020-01-01')", ["n1"]),
        (
            """INSERT INTO node_stats_cache (node_id, fetched_at)
            VALUES (n1, '2020-01-01'), (n2, '-infinity')""",
            ["n1", "n2"],
        ),
        ("INSERT INTO node_stats_cache (node_id) VALUES (n1)", []),
    ],
}


def _with_identifiers(text: str) -> str:
    for letter, digit in (("u", "1"), ("n", "2")):
        for number in "12":
            whole = f"{digit * 8}-1111-4111-8111-{'0' * 11}{number}"
            text = text.replace(f"{letter}{number}", f"'{whole}'")
    return text


def _found(url: DatabaseUrl, check: ProjectCheck) -> list[str]:
    policy = Policy(project_checks=(check,), selection=Selection(only=(check.id,)))
    result = audited(url, policy=policy)
    assert result.not_run == ()
    keys = [
        str(key).partition(" (")[0]
        for finding in of_check(result, check.id)
        for key in finding.evidence["examples"]
    ]
    return sorted(keys)


@pytest.mark.parametrize(
    ("id_", "number"), [(id_, number) for id_, cases in CASES.items() for number in range(4)][:4]
)
def test_what_hinders_the_migration_is_found(id_: str, number: int, minegnk: DatabaseUrl) -> None:
    statements, expected = CASES[id_][number]
    execute(minegnk, _with_identifiers(OLD + statements))
    assert _found(minegnk, CHECKS[id_]) == expected


@pytest.mark.parametrize(
    ("id_", "number"), [(id_, number) for id_, cases in CASES.items() for number in range(4)][4:]
)
def test_what_goes_wrong_in_the_new_tables_is_found(
    id_: str, number: int, minegnk_target: DatabaseUrl
) -> None:
    statements, expected = CASES[id_][number]
    execute(minegnk_target, _with_identifiers(NEW + statements))
    keys = [_with_identifiers(key).replace("'", "") for key in expected]
    assert _found(minegnk_target, CHECKS[id_]) == keys


@pytest.mark.parametrize("id_", ["MINEGNK-005", "MINEGNK-006", "MINEGNK-007", "MINEGNK-008"])
def test_before_the_tables_exist_nothing_is_claimed(id_: str, minegnk: DatabaseUrl) -> None:
    policy = Policy(project_checks=(CHECKS[id_],), selection=Selection(only=(id_,)))
    result = audited(minegnk, policy=policy)
    (missed,) = result.not_run
    assert "exist" in missed.reason
    assert result.passed == ()
