"""The summary as a document, which docs/fleet.schema.json describes."""

from typing import Any

from gnkmigrate.fleet.result import Result, Summary, counts
from gnkmigrate.fleet.wording import version, versions
from gnkmigrate.render.parts.documents import written
from gnkmigrate.render.parts.view import View

VERSION = 1


def render(summary: Summary, view: View) -> str:
    """The document, with a newline at its end."""
    del view
    document = {
        "version": VERSION,
        "command": summary.command,
        "shard": summary.shard or None,
        "seconds": round(summary.seconds, 3),
        "exit_code": summary.exit_code,
        "stopped": summary.stopped or None,
        "states": counts(summary.results),
        "server_versions": versions(summary.results),
        "targets": [_target(each) for each in summary.results],
        "groups": [
            {"targets": list(each.names), "differences": list(each.traits), "more": each.more}
            for each in summary.groups
        ],
    }
    return written(document)


def _target(result: Result) -> dict[str, Any]:
    found = result.found
    return {
        "name": result.name,
        "state": result.state,
        "error": result.error,
        "hint": result.hint or None,
        "details": list(result.details),
        "result": found.text,
        "database": result.database or None,
        "server_version": version(found.server_version) if found.server_version else None,
        "labels": dict(result.labels),
        "numbers": dict(found.numbers),
        "phases": [{"name": name, "state": state} for name, state in found.phases],
        "seconds": round(result.seconds, 3),
        "worker": result.worker or None,
    }
