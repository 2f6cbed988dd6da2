"""A check as a JSON document (docs/check.schema.json)."""

from dataclasses import asdict
from typing import Any

from gnkmigrate.check.outcome import CheckResult
from gnkmigrate.diff.omitted import entries

VERSION = 1


def document(result: CheckResult) -> dict[str, Any]:
    """The document, of JSON's own types."""
    return {
        "version": VERSION,
        "passed": result.passed,
        **asdict(result),
        "not_compared": entries(result.not_compared),
    }
