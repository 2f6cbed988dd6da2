import json

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.cli.conftest import Command
from tests.support import ROOT, execute


@pytest.fixture
def migrated(gnkmigrate: Command, report: DatabaseUrl) -> DatabaseUrl:
    assert gnkmigrate(report, "upgrade", "--yes").exit_code == 0
    return report


@pytest.fixture
def spoilt(migrated: DatabaseUrl) -> DatabaseUrl:
    """An assignment to a node that is not there, which a trigger's absence has let through."""
    execute(
        migrated,
        "SET session_replication_role = replica; INSERT INTO user_nodes (user_id, node_id)"
        " SELECT id, '00000000-0000-0000-0000-000000000000' FROM users LIMIT 1",
    )
    return migrated


def test_what_the_phases_claim_is_true(gnkmigrate: Command, migrated: DatabaseUrl) -> None:
    proven = gnkmigrate(migrated, "verify")
    assert proven.exit_code == 0
    assert "  ok     every index is valid" in proven.stdout
    assert "none failed." in proven.stdout


def test_rows_that_speak_against_a_claim_are_listed(
    gnkmigrate: Command, spoilt: DatabaseUrl
) -> None:
    failed = gnkmigrate(spoilt, "verify")
    assert failed.exit_code == 1
    said = " ".join(failed.stdout.split())
    assert "FAILED every link of public.user_nodes has what it refers to: 1 rows against it" in said
    assert "00000000-0000-0000-0000-000000000000" in failed.stdout
    assert "gnkmigrate downgrade --phase join-table" in failed.stderr


def test_the_document(gnkmigrate: Command, spoilt: DatabaseUrl) -> None:
    failed = gnkmigrate(spoilt, "verify", "--format", "json")
    assert failed.exit_code == 1
    document = json.loads(failed.stdout)
    assert (document["version"], document["passed"]) == (1, False)
    schema = json.loads((ROOT / "docs" / "verify.schema.json").read_text())
    assert document.keys() == schema["properties"].keys()
    described = schema["properties"]["verifications"]["items"]["properties"]
    assert all(each.keys() == described.keys() for each in document["verifications"])


def test_without_any_phase_there_is_nothing_to_prove(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    proven = gnkmigrate(report, "verify")
    assert proven.exit_code == 0
    assert "Nothing to verify" in proven.stderr


def test_an_upgrade_whose_verification_fails_ends_with_one(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    gnkmigrate(report, "upgrade", "--yes", "--through", "join-table")
    execute(
        report,
        "SET session_replication_role = replica;"
        " UPDATE pg_index SET indisvalid = false WHERE indrelid = 'users'::regclass"
        " AND indisunique AND NOT indisprimary",
    )
    failed = gnkmigrate(report, "upgrade", "--yes", "--phase", "indexes")
    assert failed.exit_code == 1
    assert "FAILED every index is valid: 1 rows against it" in failed.stdout
    assert "next: gnkmigrate downgrade --phase indexes" in failed.stderr
