"""Names of what nobody should read in a report or a message."""

import re

# Columns whose values never appear in a report.
_SECRET = re.compile(
    r"passw|pwd|secret|token|hash|salt|credential|private|api_?key|(^|_)key($|_)|otp|session|cookie",
    re.IGNORECASE,
)


def looks_secret(name: str) -> bool:
    """Whether a column's name suggests that nobody should read its values in a report."""
    return bool(_SECRET.search(name))
