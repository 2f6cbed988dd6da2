"""A check of entities as a JSON document (docs/typeorm.schema.json)."""

from typing import Any

from gnkmigrate.diff.omitted import entries
from gnkmigrate.orm.typeorm.check import Checked
from gnkmigrate.render.audit.json import entry
from gnkmigrate.render.parts.documents import written
from gnkmigrate.render.parts.view import View

VERSION = 1


def render(result: Checked, view: View) -> str:
    """The document as a text that ends with a newline."""
    del view
    return written(document(result))


def document(result: Checked) -> dict[str, Any]:
    """The document, of JSON's own types; a finding is as in docs/audit.schema.json."""
    return {
        "version": VERSION,
        "typeorm": result.version,
        "entities": list(result.entities),
        "findings": [entry(finding) for finding in result.findings],
        "no_word_for": [
            {
                "kind": limit.identity.kind,
                "name": ".".join(limit.identity.path),
                "reason": limit.reason,
            }
            for limit in result.limits
        ],
        "not_compared": entries(result.not_compared),
    }
