"""What pg_dump writes, as pieces of which equal schemas have the same.

A dump is a sequence of entries, each under a header that says what it is. Its order depends on
what was made when, and so do the order of a table's columns and that of an object's privileges:
all three are sorted away. Everything else stays as pg_dump has written it.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_HEADER = re.compile(
    r"^--\n-- Name: (?P<name>.*); Type: (?P<type>[A-Z ]+); Schema: (?P<schema>.*); Owner: .*\n--\n",
    re.MULTILINE,
)
_END = "--\n-- PostgreSQL database dump complete\n--\n"
# These stand after an entry and are for the next one, which may be another one every time; or
# are a remark in place of a statement.
_ASIDE = re.compile(
    r"^(?:SET default_(?:tablespace|table_access_method) = .*;|-- \*not\* .*)$", re.MULTILINE
)
_ACCESS_METHOD = re.compile(r"^SET default_table_access_method = (.*);$", re.MULTILINE)
_USUAL_METHOD = "heap"
_TABLE = re.compile(
    r"(?P<start>CREATE [^\n]*\(\n)(?P<columns>.*?)(?P<end>^\).*?;\n)(?P<rest>.*)",
    re.MULTILINE | re.DOTALL,
)
_NEXT_COLUMN = re.compile(r",\n(?=    \S)")
# A privilege, or the privileges that another role than the owner has granted.
_GRANT = re.compile(
    r"^SET SESSION AUTHORIZATION .*?^RESET SESSION AUTHORIZATION;$|^.*?;$",
    re.MULTILINE | re.DOTALL,
)
# The last statement of an entry, with nothing but its own line after the blank ones.
_OWNER = re.compile(r"(?:\A|\n\n)(?P<owner>ALTER [^\n]+ OWNER TO [^\n]+;)\Z")
_STATEMENT_END = re.compile(r"(?<=;)\n")
_TABLE_TYPES = ("TABLE", "FOREIGN TABLE")
_GRANT_TYPES = ("ACL", "DEFAULT ACL")
_CONTEXT = 3

OWNER = "OWNER"


class Piece(NamedTuple):
    """One statement of a dump.

    Attributes:
        type: of the entry that it is in, as pg_dump calls it: "TABLE", "FK CONSTRAINT", "ACL";
            OWNER for the statement that says whose the thing is.
        schema: the schema of the entry's object; "-" for what is in none.
        name: the object's, as in the header; for ACL and COMMENT with its type in front.
        text: the statement.
    """

    type: str
    schema: str
    name: str
    text: str

    def __str__(self) -> str:
        inside = "" if self.schema == "-" else f"{self.schema}."
        return f"{self.type} {inside}{self.name}"


def pieces(dump: str) -> Iterator[Piece]:
    """The statements of a dump, in its order.

    Raises:
        ValueError: the dump does not end as one does.
    """
    body, end, _ = dump.rpartition(_END)
    if not end:
        raise ValueError("pg_dump's output has no end")
    start, *entries = _HEADER.split(body)  # before the first entry there are only settings
    method = _method(start, _USUAL_METHOD)
    for name, type_, schema, text in zip(*[iter(entries)] * 4, strict=True):
        method = _method(text, method)
        for kind, statement in _parts(type_, _ASIDE.sub("", text).strip()):
            unusual = kind in _TABLE_TYPES and method != _USUAL_METHOD
            using = f"\n-- USING {method}" if unusual else ""
            yield Piece(kind, schema, name, f"{statement}{using}")


def statements(dump: str) -> list[str]:
    """The statements of a dump in alphabetical order.

    Raises:
        ValueError: the dump does not end as one does.
    """
    return sorted(piece.text for piece in pieces(dump))


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


def _method(text: str, before: str) -> str:
    """The table access method that is set from here on."""
    found = _ACCESS_METHOD.findall(text)
    return str(found[-1]) if found else before


def _parts(type_: str, text: str) -> Iterator[tuple[str, str]]:
    if type_ in _GRANT_TYPES:
        yield from ((type_, grant) for grant in _GRANT.findall(text))
        return
    if owner := _OWNER.search(text):
        yield OWNER, owner["owner"]
        text = text[: owner.start()].rstrip()
    if type_ in _TABLE_TYPES and (table := _TABLE.match(f"{text}\n")):
        columns = sorted(_NEXT_COLUMN.split(table["columns"].rstrip("\n")))
        yield type_, "\n".join([table["start"].rstrip(), *columns, table["end"].rstrip()])
        for each in _STATEMENT_END.split(table["rest"]):
            if each.strip():
                yield type_, each.strip()
    elif text:
        yield type_, text
