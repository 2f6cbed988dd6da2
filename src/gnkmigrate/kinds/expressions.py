"""What can be said of an expression from its text alone, as pg_get_expr() prints it."""

import re

_CONSTANT = re.compile(
    r"\(?(?:NULL|true|false|-?[0-9.]+|'(?:[^']|'')*')\)?(?:::[\w .\"()\[\],]+)?\Z", re.DOTALL
)
# Stable: one value for all rows of a command (manual, 9.9.5).
_STABLE = frozenset(
    {"now()", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_USER", "LOCALTIMESTAMP", "CURRENT_TIME"}
)

# What `column IN ('a', 'b')` on a varchar is printed as: an array of varchar, cast as a whole.
_CAST_ARRAY = re.compile(
    r"""\(ARRAY\[(?P<elements>(?:[^\[\]']|'(?:[^']|'')*')*
        ::(?P<type>\w[\w ]*))\]\)::(?P<cast>\w[\w ]*\[\])""",
    re.VERBOSE,
)


def reprintable(text: str) -> str:
    """`text`, which PostgreSQL printed, so that it is printed the same once it was read again.

    Reading (ARRAY[...])::text[], PostgreSQL casts every element instead of the array, and from
    then on prints it so. A cast to the array's own type in between, which does nothing, keeps
    the two apart (parse_expr.c, transformTypeCast).
    """
    return _CAST_ARRAY.sub(r"(ARRAY[\g<elements>]::\g<type>[])::\g<cast>", text)


def is_fixed(expression: str | None) -> bool:
    """Whether a default surely gives all existing rows one and the same value.

    False says no more than that it cannot be seen here: volatility is in the catalog.
    """
    return expression is None or expression in _STABLE or bool(_CONSTANT.match(expression))
