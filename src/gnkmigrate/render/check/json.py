"""A check as a JSON document (docs/check.schema.json)."""

from dataclasses import asdict
from typing import Any

from gnkmigrate.check.outcome import CheckResult
from gnkmigrate.diff.omitted import entries
from gnkmigrate.render.parts.documents import written
from gnkmigrate.render.parts.view import View

VERSION = 1


def render(result: CheckResult, view: View) -> str:
    """The document as a text that ends with a newline."""
    del view
    return written(document(result))


def document(result: CheckResult) -> dict[str, Any]:
    """The document, of JSON's own types."""
    return {
        "version": VERSION,
        "passed": result.passed,
        **asdict(result),
        "not_compared": entries(result.not_compared),
    }
