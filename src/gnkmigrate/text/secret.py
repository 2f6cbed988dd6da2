"""Names of what nobody should read in a report or a message."""

import re

# Columns whose values never appear in a report; PostgreSQL reads the pattern as well.
NOT_SHOWN = (
    r"passw|pwd|secret|token|hash|salt|credential|private|api_?key|(^|_)key($|_)|otp|session|cookie"
)
_SECRET = re.compile(NOT_SHOWN, re.IGNORECASE)


def looks_secret(name: str) -> bool:
    """Whether a column's name suggests that nobody should read its values in a report."""
    return bool(_SECRET.search(name))
