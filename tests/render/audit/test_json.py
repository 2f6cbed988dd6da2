"""The report for programs."""

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.result import Accepted, AuditResult
from gnkmigrate.audit.trend import PastFinding, Trend
from gnkmigrate.render.audit.json import render
from gnkmigrate.render.parts.view import View
from tests.render.audit.support import clean, finding, hostile, result
from tests.support import ROOT

OLD = finding("old", Severity.LOW)
JUDGED = replace(
    result(),
    accepted=(Accepted(OLD, "It is meant so.", result().time.date(), result().time.date()),),
    trend=Trend(
        "past.json",
        result().time,
        50,
        fixed=(PastFinding("0" * 64, "GNK-G011-00000000", Severity.LOW, "It was missing."),),
    ),
)


@pytest.mark.parametrize("audit", [result(), clean(), hostile(), JUDGED])
def test_it_is_as_its_schema_says(audit: AuditResult) -> None:
    schema = json.loads((ROOT / "docs" / "audit.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(render(audit, View())))


def test_its_shape() -> None:
    document = json.loads(render(result(), View()))
    assert document["version"] == 1
    assert document["summary"] == {
        "status": "INCOMPLETE",
        "verdict": "1 gap separates the database from the target: 1 of its 2 tables is missing; "
        "the checks found nothing to look at.",
        "score": 91,
        "counts": {"critical": 0, "high": 1, "medium": 0, "low": 0, "info": 0},
        "database": "tester@localhost:5432/shop",
        "server_version": "16.15",
        "schemas": ["public"],
        "target": "schema/target.sql",
        "partial": False,
        "phases": ["orders"],
    }
    (finding,) = document["findings"]
    assert finding["object"] == {
        "schema": "public",
        "table": "orders",
        "name": None,
        "type": "table",
    }
    assert finding["id"] == f"GNK-G011-{finding['fingerprint'][:8]}"
    assert {"kind", "severity", "message", "impact", "recommendation", "fix", "undo", "phase"} <= (
        finding.keys()
    )
    assert finding["evidence"] == {"columns": ["id integer", "note text"]}
    assert document["not_run"] == [
        {
            "check": "GNK-D001",
            "title": "Every value fits",
            "category": "",
            "reason": "permission denied for table users",
        }
    ]


def test_what_it_holds_is_what_was_found() -> None:
    document = json.loads(render(hostile(), View()))
    assert document["findings"][0]["impact"] == hostile().findings[0].impact


def test_without_a_target_there_is_none() -> None:
    document = json.loads(render(replace(clean(), target=None, target_name=""), View()))
    assert document["summary"]["target"] is None
