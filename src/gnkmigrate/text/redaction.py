"""Texts without the passwords that may be in them."""

import re

# Up to the last @: one that is not percent-encoded may be part of the password. One slash is a
# URL that somebody has mistyped.
_URL_PASSWORD = re.compile(r"(:/+[^:/@\s]*):\S*@")
# user:password@host without a scheme, or after one that is mistyped. A colon after a quote is
# between a name and its value in JSON; one before // is a URL's, which may name a user alone.
_BARE_PASSWORD = re.compile(r"(?<![\"']):(?!//)\S*@")
_KEYWORD_PASSWORD = re.compile(
    r"(\b(?:ssl|PG)?password\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)", re.IGNORECASE
)


def redact(text: str) -> str:
    """`text` with every password in an address or a keyword=value string replaced by ***."""
    without = _BARE_PASSWORD.sub(":***@", _URL_PASSWORD.sub(r"\1:***@", text))
    return _KEYWORD_PASSWORD.sub(r"\1***", without)
