"""Functions that may use a table or its columns: PostgreSQL knows their bodies only as text."""

import re
from collections.abc import Sequence

from gnkmigrate import own_objects
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

# What PostgreSQL has parsed is in pg_depend, and the bodies of C functions say nothing.
_FUNCTIONS = """
SELECT pg_describe_object('pg_proc'::regclass, pg_proc.oid, 0)
FROM pg_proc
JOIN pg_namespace ON pg_namespace.oid = pronamespace
JOIN pg_language ON pg_language.oid = prolang
WHERE prosqlbody IS NULL AND lanname NOT IN ('internal', 'c')
  AND nspname NOT IN ('pg_catalog', 'information_schema')
  AND nspname <> ALL (ARRAY[{ours}]::text[])
  AND nspname || '.' || proname <> ALL (ARRAY[{made}]::text[])
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass
                  AND objid = pg_proc.oid AND deptype = 'e')
  AND (prosrc ~* {table} OR EXISTS (SELECT FROM pg_trigger WHERE tgfoid = pg_proc.oid
                                    AND tgrelid = to_regclass({relation})))
  AND (prosrc ~* {column} OR EXISTS (SELECT FROM pg_trigger WHERE tgfoid = pg_proc.oid
                                     AND tgrelid = to_regclass({relation})
                                     AND encode(tgargs, 'escape') ~* {column}))
ORDER BY 1
"""


def functions_that_may_use(
    work: Work, table: str, columns: Sequence[str], made: Sequence[str] = ()
) -> list[str]:
    """Functions, in words, in which the names of a table and of one of its columns occur.

    The functions of the table's own triggers need not name the table, and have the columns' names
    among their arguments, it may be.

    Args:
        work: the session.
        table: "schema.table".
        columns: names of columns; none: whatever names the table.
        made: "schema.name" of those that the operation itself makes.
    """
    query = _FUNCTIONS.format(
        relation=literal(quoted(table)),
        table=literal(pattern([split(table)[1]])),
        column=literal(pattern(columns) if columns else ""),
        ours=", ".join(literal(name) for name in own_objects.schemas(work.connection)),
        made=", ".join(literal(name) for name in made),
    )
    with work.settings(search_path=OURS):
        return [row[0] for row in work.connection.execute(query.encode()).fetchall()]


def unchecked_functions(
    work: Work,
    message: str,
    table: str,
    columns: Sequence[str] = (),
    made: Sequence[str] = (),
) -> Sequence[Refusal]:
    """A refusal that names those functions, unless the user has said that they are checked.

    Whether a body is right for the new shape nobody but its owner can tell.

    Args:
        work: the session.
        message: what is wrong, in a sentence.
        table: "schema.table".
        columns: as for functions_that_may_use.
        made: likewise.
    """
    if work.parameters.get("functions") == "checked":
        return ()
    functions = functions_that_may_use(work, table, columns, made)
    if not functions:
        return ()
    hint = (
        "Make them fit both shapes, or be ready to replace them; then say so with the "
        'policy functions = "checked" (GNKMIGRATE_POLICIES__FUNCTIONS=checked).'
    )
    return (Refusal(message, functions, len(functions), hint),)


def pattern(names: Sequence[str]) -> str:
    """A regular expression of PostgreSQL's that finds one of the names, as a word of its own."""
    return "|".join(
        rf"\y{name}\y" if re.fullmatch(r"\w+", name) else re.escape(name) for name in names
    )
