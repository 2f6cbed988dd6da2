"""What was measured as a JSON document (docs/impact.schema.json)."""

from dataclasses import asdict
from typing import Any

from gnkmigrate.impact.outcome import Impact, Measured, QueryImpact
from gnkmigrate.render.parts.documents import written
from gnkmigrate.render.parts.view import View

VERSION = 1


def render(impact: Impact, view: View) -> str:
    """The document as a text that ends with a newline."""
    del view
    return written(document(impact))


def document(impact: Impact) -> dict[str, Any]:
    """The document, of JSON's own types."""
    return {
        "version": VERSION,
        "database": impact.database,
        "server_version": impact.server_version,
        "basis": impact.basis,
        "remark": impact.remark,
        "place": impact.place,
        "rows": impact.rows,
        "phases": list(impact.phases),
        "queries": [_query(query) for query in impact.queries],
        "indexes": [{**asdict(index), "used_by": list(index.used_by)} for index in impact.indexes],
        "useless": [index.name for index in impact.useless],
    }


def _query(query: QueryImpact) -> dict[str, Any]:
    return {
        "name": query.name,
        "ratio": query.ratio,
        "ratio_here": query.ratio_here,
        "saved_s_a_day": query.saved_s_a_day,
        "shapes": {shape: _measured(found) for shape, found in query.shapes.items()},
        "failures": dict(query.failures),
    }


def _measured(found: Measured) -> dict[str, Any]:
    return {
        "basis": "estimated" if found.is_estimated else "measured",
        "median_ms": found.median_ms,
        "total_ms": found.total_ms,
        "times_ms": list(found.times_ms),
        "requests": found.requests,
        "request_ms": found.head.request_ms,
        "rows": found.rows,
        "cost": found.cost,
        "buffers": found.buffers,
        "plan": list(found.plan),
        "indexes": sorted(found.indexes),
    }
