"""Sessions of the server, as findings tell of them: never with the text of a statement.

A statement may hold a password or a customer's name; its beginning word is enough to know it by.
"""

from typing import Any


def duration(seconds: float) -> str:
    """A time span in the largest unit that fits: 40 s, 7 min, 3 h, 12 days."""
    for unit, length in (("days", 2 * 86400), ("h", 2 * 3600), ("min", 120)):
        if seconds >= length:
            return f"{seconds / {'days': 86400, 'h': 3600, 'min': 60}[unit]:.0f} {unit}"
    return f"{seconds:.0f} s"


def described(row: Any) -> str:
    """Who it is: process, role, application, since when, and what it is doing."""
    parts = [f"process {row.pid}", f"role {row.role}"]
    if row.application:
        parts.append(f"application {row.application}")
    parts.append(f"{row.state} for {duration(row.seconds)}")
    return ", ".join(parts)
