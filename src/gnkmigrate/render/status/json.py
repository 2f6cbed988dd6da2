"""Where every phase stands, as a JSON document (docs/status.schema.json)."""

from typing import Any

from gnkmigrate.render.parts.documents import written
from gnkmigrate.render.parts.view import View
from gnkmigrate.run.cutover import Comparing, Waiting
from gnkmigrate.run.overview import Overview
from gnkmigrate.run.status import PhaseStatus
from gnkmigrate.text.numbers import server_version

VERSION = 1


def render(overview: Overview, view: View) -> str:
    """The document as a text that ends with a newline."""
    del view
    return written(document(overview))


def document(overview: Overview) -> dict[str, Any]:
    """The document, of JSON's own types."""
    return {
        "version": VERSION,
        "database": overview.database,
        "server_version": server_version(overview.server_version),
        "phases": [_phase(found) for found in overview.phases],
        "kept": [
            {"kind": each.kind, "name": each.name, "rows": each.rows} for each in overview.kept
        ],
    }


def _phase(found: PhaseStatus) -> dict[str, Any]:
    run = found.run if found.state != "pending" else None
    return {
        "number": found.phase.number,
        "name": found.phase.name,
        "title": found.phase.title,
        "optional": found.phase.optional,
        "state": found.state,
        "steps": found.steps,
        "done_steps": found.done_steps,
        "started_at": found.started_at.isoformat() if found.started_at else None,
        "finished_at": found.finished_at.isoformat() if found.finished_at else None,
        "seconds": found.seconds,
        "rows": run.rows if run else 0,
        "checksum": found.phase.checksum,
        "edited": found.edited,
        "error": run.error if run else None,
        "tuning": found.tuning.said,
        "cutover": _cutover(found.waiting) if found.waiting else None,
        "comparison": _comparison(found.comparison) if found.comparison else None,
    }


def _cutover(waiting: Waiting) -> dict[str, Any]:
    return {"step": waiting.step, "since": waiting.since.isoformat()}


def _comparison(found: Comparing) -> dict[str, Any]:
    return {**vars(found), "at": found.at.isoformat()}
