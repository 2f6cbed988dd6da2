"""The archive: what goes there keeps its name, so that two things of one name cannot both go."""

from gnkmigrate import own_objects
from gnkmigrate.run.names import quoted, split
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

# A table takes its indexes and sequences along.
_TAKEN = """
SELECT there.relname::text FROM pg_class AS there JOIN pg_class AS mine USING (relname)
WHERE there.relnamespace = to_regnamespace(%(archive)s)
  AND (mine.oid = to_regclass(%(thing)s)
       OR mine.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = to_regclass(%(thing)s))
       OR mine.relkind = 'S' AND mine.oid IN (
           SELECT objid FROM pg_depend
           WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
             AND refobjid = to_regclass(%(thing)s) AND deptype IN ('a', 'i')))
UNION
SELECT typname::text FROM pg_type
WHERE typnamespace = to_regnamespace(%(archive)s) AND typname = %(name)s
ORDER BY 1
"""


def refusals(work: Work, archived: str) -> list[Refusal]:
    """What is in the way of moving a table or type, "schema.name", to the archive."""
    name = split(archived)[1]
    given = {"archive": own_objects.ARCHIVE, "thing": quoted(archived), "name": name}
    taken = [str(row[0]) for row in work.connection.execute(_TAKEN, given).fetchall()]
    sooner = {step.archived for step in work.earlier if step.archived} - {archived}
    others = [
        *(f"{own_objects.ARCHIVE}.{each}" for each in taken),
        *(f"{each}, which this phase moves there" for each in sooner if split(each)[1] == name),
    ]
    if not others:
        return []
    return [
        Refusal(
            f"{archived} cannot go to the archive, the schema {own_objects.ARCHIVE}: its name, or"
            " that of an index or sequence of it, is taken there.",
            others,
            len(others),
            "Rename it before, or run gnkmigrate contract when what is there is not needed any"
            " more.",
        )
    ]
