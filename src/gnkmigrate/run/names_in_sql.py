"""The names in a text of SQL, as far as the text tells: none is left out, some may be none.

A comment between the parts of a name, or a quote too many in a text of the user's, hides nothing.
"""

import re
from collections.abc import Iterator, Sequence

_QUOTED, _PLAIN = '"((?:[^"]|"")+)"', r"([^\W\d][\w$]*)"
_NAME = f"(?:{_QUOTED}|{_PLAIN})"
_DATABASE = r'(?:(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)\s*\.\s*)?'
# Looked for at each place: a quote too many moves all others.
_QUOTED_NAME = re.compile(f"(?={_QUOTED})")
_PLAIN_NAME = re.compile(r"[^\W\d][\w$]*")
_CALL = re.compile(rf"(?<![\w$.])(?=(?:{_DATABASE}{_NAME}\s*\.\s*)?{_NAME}\s*\()")
_ATTRIBUTE = re.compile(rf"\.\s*{_NAME}(?!\s*\()")
_OPERATOR = re.compile(rf"\bOPERATOR\s*\(\s*{_NAME}\s*\.\s*([^\s)]+)\s*\)", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


def mentioned(text: str) -> frozenset[str]:
    """The names in a text, as PostgreSQL reads them, and all else that looks like one."""
    quoted = (found.replace('""', '"') for found in _QUOTED_NAME.findall(text))
    return frozenset({*quoted, *(found.lower() for found in _PLAIN_NAME.findall(text))})


def called(text: str, path: Sequence[str]) -> Iterator[str]:
    """What a text calls, as "schema.name" without quotes.

    Args:
        text: SQL.
        path: the schemas in which a name without one may be found.
    """
    for each in (text, _COMMENT.sub(" ", text)):
        for quoted_schema, schema, quoted, plain in _CALL.findall(each):
            given = _said(quoted_schema, schema)
            yield from _in((given,) if given else path, _said(quoted, plain))
        for quoted_schema, schema, sign in _OPERATOR.findall(each):
            yield f"{_said(quoted_schema, schema)}.{sign}"


def attributes(text: str, path: Sequence[str]) -> Iterator[str]:
    """What stands behind a point, as if it were called: in r.f PostgreSQL may find f(r)."""
    for each in (text, _COMMENT.sub(" ", text)):
        for quoted, plain in _ATTRIBUTE.findall(each):
            yield from _in(path, _said(quoted, plain))


def _in(schemas: Sequence[str], name: str) -> Iterator[str]:
    return (f"{schema}.{name}" for schema in schemas)


def _said(quoted: str, plain: str) -> str:
    return quoted.replace('""', '"') or plain.lower()
