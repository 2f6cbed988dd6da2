"""What speaks against another name for a table, asked before anything has changed.

PostgreSQL itself knows a table by its number: views, foreign keys, policies, triggers, sequences,
grants and publications go with it. What is asked about is all that knows it by its name.
"""

import re
from collections.abc import Iterator, Sequence

from gnkmigrate import own_objects
from gnkmigrate.facts.fact import Identity
from gnkmigrate.operations.renames.spec import Renaming
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import view_place
from gnkmigrate.run.sync.function_mentions import unchecked_functions
from gnkmigrate.run.work import Work

# Of a trigger's function these tell what its table is called.
_TOLD_TO_TRIGGERS = ("tg_table_name", "tg_relname", "tg_table_schema", "tg_relid")
_SCHEMAS_PUBLISHED = 150000  # the first server_version_num with FOR TABLES IN SCHEMA

# To another schema a table takes its indexes and sequences along.
_TAKEN = """
WITH going AS (
    SELECT oid, CASE WHEN oid = {table}::regclass THEN {name} ELSE relname END AS name
    FROM pg_class
    WHERE oid = {table}::regclass
       OR {moves} AND oid IN (
           SELECT indexrelid FROM pg_index WHERE indrelid = {table}::regclass
           UNION ALL
           SELECT objid FROM pg_depend
           WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
             AND refobjid = {table}::regclass AND refobjsubid > 0 AND deptype IN ('a', 'i'))
)
SELECT pg_describe_object('pg_class'::regclass, there.oid, 0)
FROM pg_class AS there JOIN going ON going.name = there.relname AND going.oid <> there.oid
WHERE relnamespace = to_regnamespace({schema})
UNION
SELECT pg_describe_object('pg_type'::regclass, there.oid, 0)
FROM pg_type AS there JOIN going ON going.name = typname
WHERE typnamespace = to_regnamespace({schema}) AND typrelid = 0
  AND NOT EXISTS (SELECT FROM pg_type AS element WHERE element.typarray = there.oid)
ORDER BY 1
"""

_OF_OURS = """
SELECT pg_describe_object('pg_trigger'::regclass, pg_trigger.oid, 0)
FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE tgrelid = {table}::regclass AND pronamespace = to_regnamespace({journal})
UNION
SELECT pg_describe_object('pg_proc'::regclass, oid, 0)
FROM pg_proc
WHERE pronamespace = to_regnamespace({journal})
  AND (strpos(prosrc, {table}) > 0 OR prosrc ~ {written})
ORDER BY 1
"""

# Whoever may do something with the table, and find it where it is.
_LOCKED_OUT = """
SELECT DISTINCT role
FROM (
    SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = {table}::regclass
    UNION ALL
    SELECT CASE grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(grantee) END
    FROM (
        SELECT (aclexplode(relacl)).grantee FROM pg_class WHERE oid = {table}::regclass
        UNION ALL
        SELECT (aclexplode(attacl)).grantee FROM pg_attribute WHERE attrelid = {table}::regclass
    ) AS granted
) AS holders (role)
WHERE has_schema_privilege(role, {before}, 'USAGE')
  AND NOT has_schema_privilege(role, {after}, 'USAGE')
ORDER BY role
"""

_OF_ONE_SCHEMA = """
SELECT pubname::text
FROM pg_publication_namespace JOIN pg_publication ON pg_publication.oid = pnpubid
WHERE pnnspid IN (to_regnamespace({before}), to_regnamespace({after}))
GROUP BY pubname HAVING count(*) = 1 ORDER BY 1
"""


def refusals(work: Work, said: Renaming) -> list[Refusal]:
    """All that speaks against it."""
    beside = list(_beside(work, said))
    if beside:
        return beside
    if Identity("table", split(said.before)) not in work.facts:
        return [Refusal(f"{said.before} is not a table.", hint="Look at the revision.")]
    schema = split(said.after)[0]
    if schema in own_objects.schemas(work.connection):
        return [Refusal(f"The schema {schema} is gnkmigrate's own.", hint="Name another.")]
    if not work.value(f"SELECT to_regnamespace({literal(column(schema))}) IS NOT NULL"):
        return [
            Refusal(
                f"There is no schema {schema} to which {said.before} could go.",
                hint="Make it in an earlier revision.",
            )
        ]
    found = [*_taken(work, said), *of_ours(work, said), *_functions(work, said)]
    if said.changes_schema:
        found += [*_schema(work, said), *_published(work, said)]
    return found


def _beside(work: Work, said: Renaming) -> Iterator[Refusal]:
    """Steps are asked before any of them runs, when the table has but one of its names."""
    names = {said.before, said.after}
    others = [
        step.name for step in work.beside if names & {*step.tables} and step.name != work.step
    ]
    if others:
        yield Refusal(
            f"Steps of the revision that renames {said.before} work on it as well.",
            others,
            len(others),
            "Give the table its other name in a revision of its own.",
        )


def _taken(work: Work, said: Renaming) -> Iterator[Refusal]:
    schema, name = split(said.after)
    taken = _named(
        work,
        _TAKEN,
        said,
        schema=literal(column(schema)),
        name=literal(name),
        moves="true" if said.changes_schema else "false",
    )
    if said.after in view_place.kept(work):
        taken.append(f"table {said.after}, whose old shape is kept")
    if taken:
        yield Refusal(
            f"{said.before} cannot become {said.after}: what is there has the name.",
            taken,
            len(taken),
            "Take another name, or give what is there another one before.",
        )


def of_ours(work: Work, said: Renaming) -> Iterator[Refusal]:
    """What an earlier phase has made for the table, and wrote its name into."""
    # A revision's own functions name it as people do.
    written = rf"{re.escape(qualified(*split(said.before)))}(?!\w)"
    ours = {"journal": literal(own_objects.JOURNAL), "written": literal(written)}
    found = _named(work, _OF_OURS, said, **ours)
    if found:
        yield Refusal(
            f"An earlier phase keeps old and new shapes of {said.before} in step, and knows it by"
            " its name.",
            found,
            len(found),
            "Do it after gnkmigrate contract.",
        )


def _functions(work: Work, said: Renaming) -> Sequence[Refusal]:
    return unchecked_functions(
        work,
        f"Functions may use {said.before}, which gets another name: their bodies have its name, or"
        " ask what it is called.",
        said.before,
        (split(said.before)[1], *_TOLD_TO_TRIGGERS),
    )


def _schema(work: Work, said: Renaming) -> Iterator[Refusal]:
    """Who may not use the other schema."""
    before, after = (split(name)[0] for name in (said.before, said.after))
    if not work.value(f"SELECT has_schema_privilege({literal(after)}, 'CREATE')"):
        role = column(str(work.value("SELECT current_user")))
        yield Refusal(
            f"The role that migrates may create nothing in schema {after}.",
            hint=f"Run: GRANT CREATE ON SCHEMA {column(after)} TO {role};",
        )
    schemas = {"before": literal(before), "after": literal(after)}
    roles = _named(work, _LOCKED_OUT, said, **schemas)
    if roles:
        listed = ", ".join("PUBLIC" if role == "public" else column(role) for role in roles)
        yield Refusal(
            f"Roles that use {said.before} in schema {before} may not use schema {after}.",
            roles,
            len(roles),
            f"Run: GRANT USAGE ON SCHEMA {column(after)} TO {listed};",
        )


def _published(work: Work, said: Renaming) -> Iterator[Refusal]:
    if work.connection.info.server_version < _SCHEMAS_PUBLISHED:
        return
    before, after = (literal(column(split(name)[0])) for name in (said.before, said.after))
    publications = _named(work, _OF_ONE_SCHEMA, said, before=before, after=after)
    if publications:
        yield Refusal(
            f"Publications are of all tables of one schema, to which {said.before} belongs only"
            " before, or only afterwards.",
            publications,
            len(publications),
            "Publish both schemas, or neither.",
        )


def _named(work: Work, query: str, said: Renaming, **given: str) -> list[str]:
    """The first column of a query about the table, qualified throughout."""
    asked = query.format(table=literal(quoted(said.before)), **given)
    with work.settings(search_path=OURS):
        return [str(row[0]) for row in work.connection.execute(asked.encode()).fetchall()]
