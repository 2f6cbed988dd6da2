"""The report as SARIF 2.1.0, for code hosts that show findings beside the code.

Rules: https://docs.oasis-open.org/sarif/sarif/v2.1.0/. A finding lies at the line of the target
that declares its object. Code hosts tell findings apart by partialFingerprints, rank rules with
security-severity as security alerts (so only security checks have it), and refuse large files.
"""

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any
from urllib.parse import quote

from gnkmigrate import __version__
from gnkmigrate.audit.finding import DatabaseObject, Finding, Severity
from gnkmigrate.audit.result import Accepted, AuditResult
from gnkmigrate.diff.omitted import told
from gnkmigrate.render.parts.locations import Locations, locate
from gnkmigrate.render.parts.rules import Rule, rules
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.escape import visible

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
MOST_RESULTS = 5000

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# The middle of each band of CVSS 3 (first.org/cvss, 5): critical, high, medium, low.
_SECURITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}
_STATES = {"new": "new", "worse": "updated", "open": "unchanged"}


def render(result: AuditResult, view: View) -> str:
    """The report as one SARIF log."""
    del view
    return json.dumps(_log(result), indent=2, ensure_ascii=False) + "\n"


def _log(result: AuditResult) -> dict[str, Any]:
    known = rules(result)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "gnkmigrate",
                        "semanticVersion": __version__,
                        "rules": [_rule(rule) for rule in known],
                    }
                },
                "invocations": [_invocation(result)],
                "columnKind": "unicodeCodePoints",
                "results": _results(result, known),
                "properties": {
                    "database": result.database,
                    "serverVersion": result.server_version,
                    "passed": [each.check for each in result.passed],
                },
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    help_ = " ".join(filter(None, (rule.impact, rule.recommendation))) or rule.title
    properties: dict[str, Any] = {"tags": [rule.category] if rule.category else []}
    if rule.category == "security" and rule.severity in _SECURITY:
        properties["security-severity"] = _SECURITY[rule.severity]
    described: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": visible(rule.title)},
        "help": {"text": visible(help_)},
        "properties": properties,
    }
    if rule.slug:
        described["name"] = rule.slug
    if rule.severity is not None:
        described["defaultConfiguration"] = {"level": _LEVELS[rule.severity]}
    return described


def _invocation(result: AuditResult) -> dict[str, Any]:
    notices = [
        {
            "level": "warning",
            "message": {"text": visible(f"Not run: {each.title}: {each.reason}")},
            "associatedRule": {"id": each.check},
        }
        for each in result.not_run
    ]
    for line in told(result.not_compared):
        text = f"{line[:1].upper()}{line[1:]}"
        notices.append({"level": "note", "message": {"text": visible(text)}})
    left = len(result.findings) + len(result.accepted) - MOST_RESULTS
    if left > 0:
        text = f"{left:,} findings, the least severe ones, are left out; other formats have all."
        notices.append({"level": "warning", "message": {"text": text}})
    return {
        "executionSuccessful": True,
        "endTimeUtc": f"{result.time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "toolExecutionNotifications": notices,
    }


def _results(result: AuditResult, known: tuple[Rule, ...]) -> list[dict[str, Any]]:
    indexes = {rule.id: index for index, rule in enumerate(known)}
    places = locate(result.sources)
    found = [_result(result, each, indexes, places) for each in result.findings[:MOST_RESULTS]]
    room = MOST_RESULTS - len(found)
    for each in result.accepted[:room]:
        suppressed = _result(result, each.finding, indexes, places)
        found.append({**suppressed, "suppressions": [_suppression(each)]})
    return found


def _result(
    result: AuditResult, finding: Finding, indexes: Mapping[str, int], places: Locations | None
) -> dict[str, Any]:
    state = {}
    if result.trend is not None:
        state = {"baselineState": _STATES[result.trend.state(finding)]}
    return {
        "ruleId": finding.check,
        "ruleIndex": indexes[finding.check],
        "level": _LEVELS[finding.severity],
        "message": {"text": visible(_message(finding))},
        "locations": [_location(result, finding.object, places)],
        "partialFingerprints": {
            "primaryLocationLineHash": finding.fingerprint,
            "gnkmigrate/v1": finding.fingerprint,
        },
        **state,
        "properties": {
            "id": finding.id,
            "severity": finding.severity.label,
            "category": finding.category,
            "phase": finding.phase,
        },
    }


def _message(finding: Finding) -> str:
    return " ".join(filter(None, (finding.message, finding.impact, finding.recommendation)))


def _location(
    result: AuditResult, about: DatabaseObject, places: Locations | None
) -> dict[str, Any]:
    location: dict[str, Any] = {
        "logicalLocations": [
            {
                "fullyQualifiedName": visible(str(about)) or result.live.database,
                "kind": about.type,
            }
        ]
    }
    if places is not None:
        line = places.of(about, result.target)
        location["physicalLocation"] = {
            "artifactLocation": {"uri": quote(line.file), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": line.number},
        }
    return location


def _suppression(accepted: Accepted) -> dict[str, Any]:
    until = f", until {accepted.until}" if accepted.until else ""
    since = f"accepted on {accepted.date}{until}"
    return {
        "kind": "external",
        "status": "accepted",
        "justification": visible(f"{accepted.reason} ({since})"),
    }
