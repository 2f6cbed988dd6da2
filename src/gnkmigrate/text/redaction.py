"""Texts without the passwords that may be in them."""

import re

# Up to the last @: one that is not percent-encoded may be part of the password. One slash is a
# URL that somebody has mistyped.
_URL_PASSWORD = re.compile(r"(:/+[^:/@\s]*):\S*@")
_KEYWORD_PASSWORD = re.compile(
    r"(\b(?:ssl|PG)?password\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)", re.IGNORECASE
)


def redact(text: str) -> str:
    """`text` with every password in a URL or a keyword=value string replaced by ***."""
    return _KEYWORD_PASSWORD.sub(r"\1***", _URL_PASSWORD.sub(r"\1:***@", text))
