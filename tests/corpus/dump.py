"""What pg_dump writes, in a form in which equal schemas are equal texts.

A dump is a sequence of entries, each under a header that says what it is. Its order depends on
what was made when, and so do the order of a table's columns and that of an object's privileges:
all three are sorted away. Everything else stays as pg_dump has written it.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence

_HEADER = re.compile(r"^--\n-- Name: .*; Type: ([A-Z ]+); Schema: .*\n--\n", re.MULTILINE)
_END = "--\n-- PostgreSQL database dump complete\n--\n"
# These stand after an entry and are for the next one, which may be another one every time; or
# are a remark in place of a statement.
_ASIDE = re.compile(
    r"^(?:SET default_(?:tablespace|table_access_method) = .*;|-- \*not\* .*)$", re.MULTILINE
)
_TABLE = re.compile(
    r"(?P<start>CREATE [^\n]*\(\n)(?P<columns>.*?)(?P<end>^\).*?;\n)(?P<rest>.*)",
    re.MULTILINE | re.DOTALL,
)
# A privilege, or the privileges that another role than the owner has granted.
_GRANT = re.compile(
    r"^SET SESSION AUTHORIZATION .*?^RESET SESSION AUTHORIZATION;$|^.*?;$",
    re.MULTILINE | re.DOTALL,
)
_STATEMENT_END = re.compile(r"(?<=;)\n")
_TABLE_TYPES = ("TABLE", "FOREIGN TABLE")
_GRANT_TYPES = ("ACL", "DEFAULT ACL")
_CONTEXT = 3


def statements(dump: str) -> list[str]:
    """The statements of a dump in alphabetical order.

    Raises:
        ValueError: the dump does not end as one does.
    """
    body, end, _ = dump.rpartition(_END)
    if not end:
        raise ValueError("pg_dump's output has no end")
    _, *entries = _HEADER.split(body)  # before the first entry there are only settings
    return sorted(
        piece
        for kind, text in zip(entries[::2], entries[1::2], strict=True)
        for piece in _pieces(kind, _ASIDE.sub("", text).strip())
    )


def difference(result: Sequence[str], wanted: Sequence[str]) -> str:
    """The statements that only one of two dumps has, as a unified diff; "" when there are none."""
    surplus, missing = (
        "\n\n".join(sorted((Counter(one) - Counter(other)).elements())).splitlines()
        for one, other in ((result, wanted), (wanted, result))
    )
    lines = difflib.unified_diff(surplus, missing, "result", "wanted", n=_CONTEXT, lineterm="")
    return "\n".join(lines)


def changed_lines(diff: str) -> list[str]:
    """The lines of a unified diff that are on one side only, without its heading."""
    return [line for line in diff.splitlines()[2:] if line[:1] in {"+", "-"} and line[1:].strip()]


def _pieces(kind: str, text: str) -> Iterator[str]:
    if kind in _GRANT_TYPES:
        yield from _GRANT.findall(text)
    elif kind in _TABLE_TYPES and (table := _TABLE.match(f"{text}\n")):
        columns = sorted(line.removesuffix(",") for line in table["columns"].splitlines())
        yield "\n".join([table["start"].rstrip(), *columns, table["end"].rstrip()])
        yield from (each.strip() for each in _STATEMENT_END.split(table["rest"]) if each.strip())
    elif text:
        yield text
