"""Findings that the project lives with."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from gnkmigrate.audit.acceptance import Acceptances, load
from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.result import AuditResult, NotRun
from gnkmigrate.audit.run import check_names
from gnkmigrate.audit.selection import Selection
from gnkmigrate.errors import SettingsError
from tests.render.audit.support import finding, result

ORDERS = finding("orders", Severity.HIGH)
SURE = 'reason = "It is meant so."\ndate = 2025-12-01\n'


def _load(folder: Path, text: str) -> Acceptances:
    file = folder / "accepted.toml"
    file.write_text(text)
    return load(file, "audits/accepted.toml")


def _applied(folder: Path, text: str, audit: AuditResult | None = None) -> AuditResult:
    return _load(folder, text).apply(audit or replace(result(), not_run=()))


@pytest.mark.parametrize(
    "named",
    [
        f'id = "{ORDERS.id}"',
        f'fingerprint = "{ORDERS.fingerprint}"',
        f'fingerprint = "{ORDERS.fingerprint[:8]}"',
        'check = "GNK-G011"\nobject = "public.orders"',
        'check = "missing-*"\nobject = "public.*"',
    ],
)
def test_what_is_accepted_is_set_apart(tmp_path: Path, named: str) -> None:
    audit = _applied(tmp_path, f"[[accepted]]\n{named}\n{SURE}")
    assert audit.findings == ()
    (accepted,) = audit.accepted
    assert accepted.finding.object == ORDERS.object
    assert accepted.reason == "It is meant so."
    assert accepted.date == dt.date(2025, 12, 1)


def test_without_a_file_nothing_is_accepted(tmp_path: Path) -> None:
    assert load(tmp_path / "accepted.toml") == Acceptances()


def test_an_acceptance_of_nothing_is_a_finding(tmp_path: Path) -> None:
    audit = _applied(tmp_path, f'[[accepted]]\nid = "GNK-G011-00000000"\n{SURE}')
    unused = audit.findings[-1]
    assert unused.slug == "unused-acceptance"
    assert unused.severity is Severity.LOW
    assert "GNK-G011-00000000 names nothing" in unused.message
    assert "audits/accepted.toml, line 1" in unused.recommendation


def test_it_cannot_be_unused_where_its_check_has_not_run(tmp_path: Path) -> None:
    text = f'[[accepted]]\ncheck = "GNK-D001"\nobject = "public.users"\n{SURE}'
    lame = replace(result(), not_run=(NotRun("GNK-D001", "Every value fits", "no privilege"),))
    assert len(_applied(tmp_path, text).findings) == 2
    assert len(_applied(tmp_path, text, lame).findings) == 1
    assert len(_applied(tmp_path, text, replace(result(), partial=True)).findings) == 1


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ('check = "no-such-check"\nobject = "*"', "is of no check that exists"),
        ('id = "GNK-Z001-00000000"', "is of no check that exists"),
        ('check = "no-primary-key"\nobject = "*"', "names nothing that was found"),
        ('check = "null-*"\nobject = "*"', ""),  # which could not run
    ],
)
def test_one_of_a_check_that_has_run_or_does_not_exist_is_told(
    tmp_path: Path, named: str, message: str
) -> None:
    missed = NotRun("GNK-D002", "No NULL", "no privilege", slug="null-value")
    audit = _load(tmp_path, f"[[accepted]]\n{named}\n{SURE}").apply(
        replace(result(), not_run=(missed,)), names=check_names(())
    )
    found = [each.message for each in audit.findings if each.slug == "unused-acceptance"]
    assert [each.endswith(f"{message}.") for each in found] == ([True] if message else [])


def test_an_acceptance_ends(tmp_path: Path) -> None:
    text = f'[[accepted]]\nid = "{ORDERS.id}"\n{SURE}until = '
    last_day = _applied(tmp_path, f"{text}2025-12-09")
    assert (last_day.findings, len(last_day.accepted)) == ((), 1)
    over = _applied(tmp_path, f"{text}2025-12-08")
    assert [each.slug for each in over.findings] == ["missing-table", "expired-acceptance"]
    assert over.accepted == ()


def test_nobody_has_to_hear_of_it(tmp_path: Path) -> None:
    text = f'[[accepted]]\nid = "{ORDERS.id}"\n{SURE}until = 2025-12-08'
    audit = _load(tmp_path, text).apply(result(), Selection(skip=("expired-acceptance",)))
    assert [each.slug for each in audit.findings] == ["missing-table"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[accepted]]\nid = 'x'\n\ndate = 2025-12-01", "line 1: reason: is missing"),
        (f"# why\n\n[[accepted]]\n{SURE}", "line 3: say which findings"),
        (f"[[accepted]]\ncheck = 'x'\n{SURE}", "line 1: say which findings"),
        (f"[[accepted]]\nid='x'\nobject='y'\n{SURE}", "line 1: say which findings"),
        (
            "[[accepted]]\nid = 'x'\nreason = ' '\ndate = 2025-12-01",
            "line 3: reason: must have 1 or more",
        ),
        ("[[accepted]]\nid = 'x'\nreason = 'y'\ndate = 'soon'", "line 4: date: "),
        (f"[[accepted]]\nid='x'\n{SURE}until = 2025-11-01", "line 1: until (2025-11"),
        (
            f"[[accepted]]\nid='x'\n{SURE}[[accepted]]\nid='y'\n{SURE}foo = 1",
            "line 9: foo: is not known",
        ),
        (f"[[accepted]]\nfingerprint = 'xyz'\n{SURE}", "line 2: fingerprint: must have the form"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, text)
    (detail,) = caught.value.details
    assert detail.startswith(problem)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[accepted]]\nid = \ndate = 1", "at line 2"),
        ("[[acepted]]\nid = 'x'", "holds acepted, which is no list of entries"),
        ("accepted = 1", "holds accepted, which is no list of entries"),
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        _load(tmp_path, text)
