"""A document of JSON, for people as well."""

import json
from collections.abc import Mapping
from typing import Any


def written(document: Mapping[str, Any]) -> str:
    """The document as an indented text that ends with a newline."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
