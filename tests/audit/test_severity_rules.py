"""The project's opinions."""

from dataclasses import replace
from pathlib import Path

import pytest

from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.audit.result import TableSize
from gnkmigrate.audit.severity_rules import Rule, SeverityRules, load
from gnkmigrate.errors import SettingsError
from tests.audit.support import example


def test_a_rule_sets_severity_and_words_of_what_it_matches() -> None:
    rule = Rule(
        check="missing-column",
        object="public.users.*",
        severity=Severity.LOW,
        impact="Nobody can be told.",
    )
    (changed,) = SeverityRules((rule,)).apply([example()], {})
    assert (changed.severity, changed.impact) == (Severity.LOW, "Nobody can be told.")
    assert changed.recommendation == example().recommendation


@pytest.mark.parametrize(
    "rule",
    [
        Rule(check="GNK-G041", severity=Severity.LOW),
        Rule(kind="extra", severity=Severity.LOW),
        Rule(type="index", severity=Severity.LOW),
        Rule(object="public.users", severity=Severity.LOW),
    ],
)
def test_a_rule_matches_only_where_all_of_it_does(rule: Rule) -> None:
    rules = SeverityRules((rule,))
    assert rules.apply([example()], {}) == (example(),)
    assert len(rules.unused([example()])) == 1


def test_the_first_rule_that_matches_counts() -> None:
    rules = (Rule(severity=Severity.HIGH), Rule(severity=Severity.LOW))
    (changed,) = SeverityRules(rules).apply([example()], {})
    assert changed.severity is Severity.HIGH


@pytest.mark.parametrize(("rows", "severity"), [(1000, Severity.MEDIUM), (1001, Severity.HIGH)])
def test_a_large_table_makes_a_matter_graver(rows: int, severity: Severity) -> None:
    rule = Rule(severity=Severity.MEDIUM, above_rows=1000, severity_above=Severity.HIGH)
    sizes = {("public", "users"): TableSize(rows, exact=True)}
    (changed,) = SeverityRules((rule,)).apply([example()], sizes)
    assert changed.severity is severity


def test_what_lives_in_no_table_has_no_size() -> None:
    rule = Rule(severity=Severity.LOW, above_rows=0, severity_above=Severity.HIGH)
    extension = replace(example(), object=DatabaseObject("", "", "pgcrypto", "extension"))
    (changed,) = SeverityRules((rule,)).apply([extension], {})
    assert changed.severity is Severity.LOW


def test_a_project_without_the_file_has_no_opinion(tmp_path: Path) -> None:
    assert load(tmp_path / "severity.toml") == SeverityRules()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[rule]]\nseverity = "grave"', "rule.0.severity: 'grave' is not a severity"),
        ('[[rule]]\nseverity = "low"\ntabel = "users"', "rule.0.tabel: is not known"),
        ('[[rule]]\nobject = "public.users"', "a rule sets severity, impact or recommendation"),
        ('[[rule]]\nseverity = "low"\nabove_rows = 1', "above_rows and severity_above go together"),
        ('[[design]]\ntable = "users"', "design.0.table: must have the form"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "severity.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(file)
    assert str(file) in caught.value.message
    assert any(problem in detail for detail in caught.value.details)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "severity.toml"
    file.write_text("[[rule]\n")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load(file)
