"""The audit as a whole."""

import pytest

from gnkmigrate.audit import score
from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.run import check_names, fingerprints
from gnkmigrate.audit.selection import Selection
from gnkmigrate.audit.severity_rules import Rule, SeverityRules
from gnkmigrate.errors import SettingsError
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.render.parts.summary import summarise
from tests.audit.conftest import Read
from tests.audit.support import audited, audited_on, of_check
from tests.support import execute

LIVE = """
CREATE TABLE users (id int PRIMARY KEY, name text);
CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users, born timestamp);
INSERT INTO users VALUES (1, 'Ada'), (2, NULL);
"""
TARGET = """
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users, born timestamptz);
CREATE TABLE cats (id int PRIMARY KEY, owner int REFERENCES users);
"""


def test_without_a_target_the_checks_alone_speak(database: DatabaseUrl) -> None:
    execute(database, LIVE)
    result = audited(database)
    assert {"GNK-S002", "GNK-S005"} <= {finding.check for finding in result.findings}
    assert {finding.kind for finding in result.findings} == {"check"}
    missed = ("GNK-D001", "Every value fits into the target's length", "there is no target")
    assert missed in {(each.check, each.title, each.reason) for each in result.not_run}


def test_what_the_target_puts_right_is_told_once_by_its_gap(
    database: DatabaseUrl, read: Read
) -> None:
    execute(database, LIVE)
    result = audited(database, read(TARGET))
    assert of_check(result, "GNK-S005") == []
    assert "GNK-S005" not in {passed.check for passed in result.passed}
    assert [finding.object.name for finding in of_check(result, "GNK-G023")] == ["born", "name"]


def test_what_the_target_shares_is_a_flaw_of_the_database(
    database: DatabaseUrl, read: Read
) -> None:
    execute(database, LIVE)
    (shared,) = of_check(audited(database, read(TARGET)), "GNK-S002")
    assert shared.object.table == "dogs"


def test_what_the_target_alone_has_is_a_flaw_of_the_target(
    database: DatabaseUrl, read: Read
) -> None:
    execute(database, LIVE)
    (declared,) = of_check(audited(database, read(TARGET)), "GNK-T002")
    assert (declared.category, declared.object.table, declared.fix) == ("target", "cats", ())


def test_a_finding_about_rows_has_the_phase_of_its_gap(database: DatabaseUrl, read: Read) -> None:
    execute(database, LIVE)
    target = read(TARGET)
    gap = next(
        finding
        for finding in of_check(audited(database, target), "GNK-G023")
        if finding.object.name == "name"
    )
    policy = Policy(closing={gap.fingerprint: "names"})
    (missing,) = of_check(audited(database, target, policy), "GNK-D002")
    assert missing.phase == "names"


def test_fingerprints_need_no_database(database: DatabaseUrl, read: Read) -> None:
    execute(database, LIVE)
    target = read(TARGET)
    result = audited(database, target)
    gaps = {finding.fingerprint for finding in result.findings if finding.category == "gap"}
    assert gaps <= fingerprints(result.live, target, Policy())


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(only=("missing-table",)), {"GNK-G011"}),
        (Selection(only=("gnk-s002", "*-without-time-zone")), {"GNK-S002", "GNK-S005"}),
        (Selection(only=("target",)), {"GNK-T002"}),
        (Selection(only=("data", "gap"), skip=("GNK-G*",)), {"GNK-D002"}),
    ],
)
def test_checks_can_be_chosen(
    selection: Selection, expected: set[str], database: DatabaseUrl, read: Read
) -> None:
    execute(database, LIVE)
    result = audited(database, read(TARGET), Policy(selection=selection))
    assert {finding.check for finding in result.findings} == expected
    assert result.partial


def test_a_check_that_does_not_exist_is_no_clean_result() -> None:
    names = check_names(())
    Selection(("GNK-S002", "target-*", "data"), ("foreign-key-without-index",)).refuse_unknown(
        names
    )
    with pytest.raises(SettingsError) as caught:
        Selection(only=("missing-tabel",)).refuse_unknown(names)
    assert "missing-table" in caught.value.hint


def test_rows_are_counted_and_those_of_large_tables_estimated(database: DatabaseUrl) -> None:
    execute(database, LIVE)
    execute(
        database,
        """CREATE TABLE large (id int PRIMARY KEY, filling text);
        ALTER TABLE large ALTER COLUMN filling SET STORAGE PLAIN;
        INSERT INTO large SELECT n, repeat('x', 4000) FROM generate_series(1, 2500) AS n;""",
    )
    execute(database, "ANALYZE large")
    sizes = audited(database).sizes
    assert (sizes["public", "users"].rows, sizes["public", "users"].exact) == (2, True)
    assert not sizes["public", "large"].exact
    assert abs(sizes["public", "large"].rows - 2500) < 100


def test_the_project_has_the_last_word_on_severity(database: DatabaseUrl, read: Read) -> None:
    execute(database, LIVE)
    rules = (
        Rule(check="missing-table", severity=Severity.CRITICAL),
        Rule(check="nope", impact="None."),
    )
    result = audited(database, read(TARGET), Policy(SeverityRules(rules)))
    assert result.findings[0].severity.label == "critical"
    assert result.unused_severity_rules == ('rule 2: {"check":"nope","impact":"None."}',)


def test_rows_need_not_be_read(database: DatabaseUrl, read: Read) -> None:
    execute(database, LIVE)
    result = audited(database, read(TARGET), Policy(data_checks=False))
    assert of_check(result, "GNK-D002") == []
    reasons = {missed.check: missed.reason for missed in result.not_run}
    assert reasons["GNK-D002"] == "left out by --no-data-checks"


def test_writers_need_not_wait_nor_does_it_wait_for_them(database: DatabaseUrl, read: Read) -> None:
    execute(database, LIVE)
    target = read(TARGET)
    with connect(database) as writer, writer.transaction():
        writer.execute("LOCK TABLE public.users, public.dogs IN SHARE ROW EXCLUSIVE MODE")
        result = audited(database, target)
    assert [missed for missed in result.not_run if "lock" in missed.reason] == []


def test_partitions_neither_hide_nor_multiply_what_is_found(database: DatabaseUrl) -> None:
    scores = []
    for count in (1, 30):
        execute(
            database,
            f"""CREATE SCHEMA s{count}; SET search_path = s{count};
            CREATE TABLE plain (a int); CREATE TABLE days (id int, at timestamp, PRIMARY KEY (id))
            PARTITION BY RANGE (id);
            DO $$BEGIN FOR n IN 1..{count} LOOP EXECUTE format('CREATE TABLE days_%s PARTITION OF '
            'days FOR VALUES FROM (%s) TO (%s)', n, n, n + 1); EXECUTE format(
            'CREATE INDEX ON days_%s (at); CREATE INDEX ON days_%s (at, id)', n, n);
            END LOOP; END$$""",
        )
        with connect(database, read_only=True) as connection:
            live = read_snapshot(connection, schemas=[f"s{count}"])
            result = audited_on(connection, live=live)
        assert len(of_check(result, "GNK-S004")) == count
        scores.append((score.size(live), summarise(result).score))
    assert scores[0] == scores[1]
