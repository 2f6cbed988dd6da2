"""The finding."""

from dataclasses import replace

import pytest

from gnkmigrate.audit.finding import DatabaseObject, Severity, fingerprint
from tests.audit.support import example


def test_a_fingerprint_survives_another_wording_severity_and_phase() -> None:
    finding = example()
    reworded = replace(
        finding, message="No telegram.", impact="Much.", severity=Severity.LOW, phase="columns"
    )
    assert reworded.fingerprint == finding.fingerprint
    assert reworded.id == finding.id


@pytest.mark.parametrize(
    "other",
    [
        replace(example(), check="GNK-G023"),
        replace(example(), object=DatabaseObject("shop", "users", "telegram", "column")),
        replace(example(), object=DatabaseObject("public", "users", "discord", "column")),
        replace(example(), subject="something else"),
    ],
)
def test_a_fingerprint_tells_what_a_finding_is_about(other: object) -> None:
    assert getattr(other, "fingerprint", None) != example().fingerprint


def test_a_subject_stands_for_a_name_that_may_be_any() -> None:
    hashed = DatabaseObject("public", "nodes", "FK_506a0f433d17b46ba100ebeee5d", "constraint")
    plain = DatabaseObject("public", "nodes", "nodes_user_id_fkey", "constraint")
    assert fingerprint("GNK-S002", hashed, "(user_id)") == fingerprint(
        "GNK-S002", plain, "(user_id)"
    )


def test_the_gravest_comes_first_and_tables_before_their_columns() -> None:
    column = example()
    table = replace(column, object=DatabaseObject("public", "users", "", "table"))
    grave = replace(column, severity=Severity.CRITICAL)
    ordered = sorted([column, table, grave], key=lambda finding: finding.order)
    assert ordered == [grave, table, column]


def test_severities_are_ordered_and_have_names() -> None:
    assert Severity.named("Critical") > Severity.HIGH > Severity.MEDIUM > Severity.LOW
    assert Severity.INFO.label == "info"
    with pytest.raises(ValueError, match="'grave' is not a severity"):
        Severity.named("grave")


def test_the_projects_own_schema_goes_without_saying() -> None:
    column = DatabaseObject("public", "users", "email", "column")
    assert column.label("public") == "users.email"
    assert column.label("shop") == "public.users.email"
