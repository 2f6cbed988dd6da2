"""The report as one JSON document, for programs.

Keys are never renamed or removed within a version; new ones may come.
"""

from typing import Any

import orjson

from gnkmigrate import __version__
from gnkmigrate.audit.finding import Finding
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.audit.trend import PastFinding
from gnkmigrate.diff.omitted import entries
from gnkmigrate.render.parts.summary import summarise
from gnkmigrate.render.parts.view import View

VERSION = 1


def render(result: AuditResult, view: View) -> str:
    """The report as indented JSON."""
    del view
    return orjson.dumps(document(result), option=orjson.OPT_INDENT_2).decode() + "\n"


def document(result: AuditResult) -> dict[str, Any]:
    """The report as JSON values."""
    summary = summarise(result)
    return {
        "version": VERSION,
        "tool": {"name": "gnkmigrate", "version": __version__},
        "time": result.time.isoformat(timespec="seconds"),
        "summary": {
            "status": summary.status,
            "verdict": summary.verdict,
            "score": summary.score,
            "counts": {severity.label: count for severity, count in summary.counts.items()},
            "database": result.database,
            "server_version": result.server_version,
            "schemas": list(result.schemas),
            "target": result.target_name or None,
            "partial": result.partial,
            "phases": list(result.phases),
        },
        "findings": [_open(result, finding) for finding in result.findings],
        "accepted": [
            {
                **entry(each.finding),
                "reason": each.reason,
                "date": each.date.isoformat(),
                "until": None if each.until is None else each.until.isoformat(),
            }
            for each in result.accepted
        ],
        "trend": _trend(result),
        "passed": [
            {"check": each.check, "title": each.title, "category": each.category}
            for each in result.passed
        ],
        "not_run": [
            {
                "check": each.check,
                "title": each.title,
                "category": each.category,
                "reason": each.reason,
            }
            for each in result.not_run
        ],
        "not_compared": entries(result.not_compared),
        "tables": [
            {"schema": schema, "table": table, "rows": size.rows, "exact": size.exact}
            for (schema, table), size in sorted(result.sizes.items())
        ],
        "sequences": [
            {"schema": schema, "name": name, "last": last}
            for (schema, name), last in sorted(result.numbers.items())
        ],
        "unused_opinions": list(result.unused_severity_rules),
        "recommendations": [
            {
                "number": each.number,
                "title": each.title,
                "group": each.group,
                "state": each.state,
                "why": each.why,
            }
            for each in result.points
        ],
    }


def _open(result: AuditResult, finding: Finding) -> dict[str, Any]:
    """A finding with what it is to the earlier report."""
    state = None if result.trend is None else result.trend.state(finding)
    excused = finding.fingerprint in result.excused
    return {**entry(finding), "state": state, "excused": excused}


def _trend(result: AuditResult) -> dict[str, Any] | None:
    trend = result.trend
    if trend is None:
        return None
    return {
        "report": trend.name,
        "time": trend.time.isoformat(timespec="seconds"),
        "score": trend.score,
        "new": len(trend.new),
        "worse": len(trend.worse),
        "open": len(result.findings) - len(trend.new) - len(trend.worse),
        "fixed": [_past(each) for each in trend.fixed],
        "unknown": [_past(each) for each in trend.unknown],
    }


def _past(finding: PastFinding) -> dict[str, str]:
    return {
        "id": finding.id,
        "fingerprint": finding.fingerprint,
        "severity": finding.severity.label,
        "message": finding.message,
    }


def entry(finding: Finding) -> dict[str, Any]:
    """A finding as JSON values."""
    about = finding.object
    return {
        "id": finding.id,
        "check": finding.check,
        "slug": finding.slug,
        "category": finding.category,
        "kind": finding.kind,
        "object": {
            "schema": about.schema or None,
            "table": about.table or None,
            "name": about.name or None,
            "type": about.type,
        },
        "severity": finding.severity.label,
        "message": finding.message,
        "impact": finding.impact,
        "recommendation": finding.recommendation,
        "fix": list(finding.fix),
        "undo": list(finding.undo),
        "phase": finding.phase,
        "evidence": dict(finding.evidence),
        "fingerprint": finding.fingerprint,
    }
