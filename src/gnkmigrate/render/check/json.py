"""A check as a JSON document (docs/check.schema.json)."""

import json
from dataclasses import asdict
from typing import Any

from gnkmigrate.check.outcome import CheckResult
from gnkmigrate.diff.omitted import entries

VERSION = 1


def render(result: CheckResult) -> str:
    """The document as a text that ends with a newline."""
    return json.dumps(document(result), indent=2, ensure_ascii=False) + "\n"


def document(result: CheckResult) -> dict[str, Any]:
    """The document, of JSON's own types."""
    return {
        "version": VERSION,
        "passed": result.passed,
        **asdict(result),
        "not_compared": entries(result.not_compared),
    }
