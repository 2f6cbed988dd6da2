"""Defaults of columns in the form in which TypeORM finds them again.

TypeORM compares a default with what information_schema prints, from which it has taken every cast
and around whose whole numbers it has put quotes (PostgresQueryRunner.loadTables). A default that
this would change is one that it would set anew each time.
"""

import re

from gnkmigrate.orm.typeorm import script

# What TypeORM words anew on its way (PostgresDriver.normalizeDatetimeFunction).
_CLOCK = re.compile(r"CURRENT_(?:TIMESTAMP|DATE|TIME)|LOCALTIME|'now'", re.IGNORECASE)
_CAST = re.compile(r"::[\w\s.[\]\-\"]+")
_NUMBER = re.compile(r"-?\d{1,15}")
_TEXT = re.compile(r"'([^'\\]*)'(?:::[\w\s.\[\]\"()]+)?")


def default(expression: str, *, of_enum: bool) -> tuple[str, bool]:
    """A default for TypeORM, and whether TypeORM finds it again.

    Args:
        expression: as PostgreSQL prints it.
        of_enum: whether its column is of an enum, whose defaults TypeORM always puts into quotes.

    Returns:
        TypeScript, such as "1", "'USD'" or "() => 'now()'".
    """
    found = _TEXT.fullmatch(expression)
    if found and not _CAST.search(found[1]):
        return script.text(found[1]), True
    if of_enum:
        return "", False
    if expression in {"true", "false"} or _NUMBER.fullmatch(expression):
        return expression, True
    again = _CAST.sub("", expression) == expression and not _CLOCK.search(expression)
    return f"() => {script.text(expression)}", again
