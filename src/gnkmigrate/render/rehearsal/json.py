"""A rehearsal as a JSON document (docs/rehearse.schema.json)."""

from dataclasses import asdict
from typing import Any

from gnkmigrate.rehearsal.checklist import checklist
from gnkmigrate.rehearsal.outcome import Rehearsal
from gnkmigrate.render.parts.documents import written
from gnkmigrate.render.parts.view import View

VERSION = 1


def render(rehearsal: Rehearsal, view: View) -> str:
    """The document as a text that ends with a newline."""
    del view
    return written(document(rehearsal))


def document(rehearsal: Rehearsal) -> dict[str, Any]:
    """The document, of JSON's own types."""
    return {
        "version": VERSION,
        "passed": rehearsal.passed,
        **{name: value for name, value in asdict(rehearsal).items() if name != "revisions"},
        "checklist": [asdict(point) for point in checklist(rehearsal)],
    }
