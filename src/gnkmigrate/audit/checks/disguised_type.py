"""A column of texts all of which are really something else: uuid, boolean, number, date or JSON.

Such a column takes more room, lets a typing error in, sorts 10 before 9, and has to be cast in
every query. The check looks at the values that the last ANALYZE kept (the most common ones and the
bounds of the histogram), never shows them, and says nothing of a column of which it knows fewer
than five; of a boolean there are two, and exactly two. Numbers with leading zeros are codes, and
codes are texts, as are numbers in a column that is called a code, a version, a phone or the like:
nobody adds them up, 1.10 is not 1.1, and the next may begin with a zero.

Sources: PostgreSQL manual, 8 (data types); pg_stats.
"""

import re
from collections.abc import Iterator

from gnkmigrate.audit.check import CannotRun, Observation, Question, ServerCheck
from gnkmigrate.audit.checks._server import answers, is_own, require_statistics
from gnkmigrate.audit.checks._style import columns_of_type
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.postgres.connection import Connection

# Autovacuum leaves tables of a few rows alone.
SIZE = 64 * 1024  # bytes
# The kinds in the order in which they are tried: a 1 is a boolean only where 0 is all else.
_KINDS = ("uuid", "boolean", "number", "date", "json")
# Names, by their last word, of what is written in digits and is no quantity.
_CALLED = re.compile(
    r"(?:code|version|phone|mobile|fax|zip|postal|serial|ref|reference|sku|isbn|ean|gtin|upc|iban|"
    r"ssn|account|number|(?:^|_)no)$",
    re.IGNORECASE,
)


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    columns = [*columns_of_type(question.live, "text", "character varying", "character")]
    texts = {column.identity.path for column in columns}
    known = answers(connection, question, "disguised_type")
    known = [row for row in known if (row.schema, row.relation, row.name) in texts]
    if texts and not known:
        raise CannotRun("no column of texts has statistics yet: ANALYZE collects them")
    found = False
    for row in known:
        kind = next((kind for kind in _KINDS if getattr(row, f"is_{kind}")), None)
        named = kind == "number" and _CALLED.search(row.name)
        if kind is None or named or not is_own(question, row.schema, row.relation):
            continue
        found = True
        about = DatabaseObject(row.schema, row.relation, row.name, "column")
        yield Observation(
            about,
            f"All texts that are known of {about.label(question.default_schema)} are "
            f"{'JSON' if kind == 'json' else f'{kind}s'}.",
            evidence={"values looked at": row.known},
        )
    if not found:
        require_statistics(connection, question, columns, size=SIZE)


CHECK = ServerCheck(
    id="GNK-S027",
    slug="disguised-type",
    title="No text is really another type",
    category="structure",
    severity=Severity.LOW,
    impact="Anything else gets in as well, 10 sorts before 9, and every query has to cast.",
    recommendation="Give the column the type that its values have.",
    privileges=("SELECT on the tables, else their statistics are hidden",),
    find=find,
)
