"""The text of a statement without anything that may be a value, as telemetry may have it.

This knows how PostgreSQL divides a text into tokens (manual, 4.1), and nothing of what they mean.
What has no end hides all that follows, since there is no telling what it is.
"""

import re

HIDDEN = "?"

# A string constant goes on after a line's end (4.1.2.1), where backslashes count as before.
_GOES_ON = r"'(?:[^\S\n]|--[^\n]*)*\n(?:\s|--[^\n]*)*'"
_TOKEN = re.compile(
    rf"""
    (?P<gap> --[^\n]* | /\*(?:(?!/\*|\*/).)*\*/ | \s+ )
  | (?P<value>
        [eE]'(?: [^'\\] | \\. | '' | {_GOES_ON} )*(?:'|\Z)
      | '[^']*(?:''[^']*)*(?:'|\Z)
      | (?P<tag>\$(?:[^\W\d]\w*)?\$).*?(?:(?P=tag)|\Z)
      | \d[\w.]*
      | /\*.*                           # a comment with another in it, or without an end
    )
  | (?P<kept> "[^"]*" | [^\W\d][\w$]* | \$\d+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_LEADING = re.compile(r"(?:^|;)[\s(]*((?:(?:CREATE|ALTER|DROP) )?[a-z]+)", re.IGNORECASE)


def without_values(text: str) -> str:
    """A statement with HIDDEN for each constant, without comments, on one line."""
    return _TOKEN.sub(_shown, text).strip()


def _shown(token: re.Match[str]) -> str:
    if token["gap"]:
        return " "
    return HIDDEN if token["value"] else token[0]


def summary(text: str) -> str:
    """What kinds of statements a text without values consists of, such as "SELECT UPDATE"."""
    return " ".join(dict.fromkeys(kind.upper() for kind in _LEADING.findall(text)))
