"""Where every phase stands, as a JSON document (docs/status.schema.json)."""

import json
from collections.abc import Sequence
from typing import Any

from gnkmigrate.run.cutover import Comparing, Waiting
from gnkmigrate.run.kept.contract import Remnant
from gnkmigrate.run.status import PhaseStatus

VERSION = 1


def write_status(
    statuses: Sequence[PhaseStatus],
    remnants: Sequence[Remnant],
    database: str,
    server_version: str,
) -> str:
    """The document as a JSON text.

    Args:
        statuses: the phases, in order.
        remnants: what is kept until contract.
        database: the database's address, without a password.
        server_version: as people write it, "16.4".
    """
    document = {
        "version": VERSION,
        "database": database,
        "server_version": server_version,
        "phases": [_phase(found) for found in statuses],
        "kept": [{"kind": each.kind, "name": each.name, "rows": each.rows} for each in remnants],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


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
