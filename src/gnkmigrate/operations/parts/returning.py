"""Names that columns and indexes take again on the way back, and that something else has by now."""

from collections.abc import Collection, Iterator

from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

_TAKEN = """
SELECT pg_describe_object('pg_class'::regclass, attrelid, attnum)
FROM pg_attribute
WHERE attrelid = to_regclass({table}) AND attname IN ({columns}) AND NOT attisdropped
UNION
SELECT pg_describe_object('pg_class'::regclass, named.oid, 0)
FROM pg_class AS own JOIN pg_class AS named USING (relnamespace)
WHERE own.oid = to_regclass({table}) AND named.relname IN ({indexes})
ORDER BY 1
"""


def is_known(work: Work) -> bool:
    """Whether it can be said beforehand what will be there when this step's turn comes.

    SQL of the revision's own that runs before it may take away whatever is there.
    """
    return not any(step.prepares or step.speaks for step in work.earlier)


def refusals(
    work: Work, table: str, columns: Collection[str], indexes: Collection[str] = ()
) -> Iterator[Refusal]:
    """What has come under these names, and does not go before.

    Args:
        work: the session.
        table: "schema.table".
        columns: the names that its columns take again.
        indexes: the names that its indexes take again.
    """
    if not is_known(work):
        return
    query = _TAKEN.format(
        table=literal(quoted(table)),
        columns=", ".join(map(literal, columns)) or "NULL",
        indexes=", ".join(map(literal, indexes)) or "NULL",
    )
    with work.settings(search_path=OURS):
        found = [row[0] for row in work.execute(query).fetchall()]
    taken = [each for each in found if each not in work.dropped]
    if taken:
        yield Refusal(
            f"What comes back to {table} had these names.",
            taken,
            len(taken),
            "Give what is there another name, or drop it, before.",
        )
