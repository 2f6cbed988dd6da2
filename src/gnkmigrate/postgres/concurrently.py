"""CONCURRENTLY, which PostgreSQL refuses within a transaction, left out of a statement."""

import re

_SPACE = r"(?:\s|--[^\n]*\n|/\*.*?\*/)"
_CONCURRENTLY = re.compile(
    rf"({_SPACE}*(?:CREATE{_SPACE}+(?:UNIQUE{_SPACE}+)?|DROP{_SPACE}+|RE)INDEX{_SPACE}+"
    rf"(?:INDEX{_SPACE}+)?)CONCURRENTLY\b[ \t]*",
    re.IGNORECASE | re.DOTALL,
)


def not_concurrently(statement: str) -> str:
    """The statement as a transaction can run it: an index is made and dropped plainly.

    Every line stays where it is. A partition that is detached CONCURRENTLY keeps a check that it
    does not have otherwise, so that statement is left as it is.
    """
    return _CONCURRENTLY.sub(r"\1", statement, count=1)
