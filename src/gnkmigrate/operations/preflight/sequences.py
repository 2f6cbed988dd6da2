"""Through the view of the old shape a value is given, and the new column takes its default, too."""

import re
from collections.abc import Iterator

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.step import Refusal

# The default of a serial column is evaluated with the rights of whoever inserts; an identity column
# asks for none on its sequence.
_WITHOUT_USAGE = """
WITH given AS (
    SELECT DISTINCT entry.grantee
    FROM pg_class AS relation
    CROSS JOIN aclexplode(relation.relacl) AS entry
    WHERE relation.oid = {table}::regclass AND entry.privilege_type = 'INSERT'
    UNION
    SELECT entry.grantee
    FROM pg_attribute AS attribute
    CROSS JOIN aclexplode(attribute.attacl) AS entry
    WHERE attribute.attrelid = {table}::regclass AND entry.privilege_type = 'INSERT'
)
SELECT
    CASE WHEN given.grantee = 0 THEN 'public' ELSE pg_get_userbyid(given.grantee)::text END,
    sequence.oid::regclass::text
FROM given
JOIN pg_class AS sequence ON sequence.relkind = 'S'
WHERE
    (
        sequence.oid = ANY (ARRAY[{said}]::regclass[])
        OR sequence.oid IN (
            SELECT link.refobjid
            FROM pg_attribute AS attribute
            JOIN pg_attrdef AS definition
                ON definition.adrelid = attribute.attrelid AND definition.adnum = attribute.attnum
            JOIN pg_depend AS link
                ON link.classid = 'pg_attrdef'::regclass
                AND link.objid = definition.oid
                AND link.refclassid = 'pg_class'::regclass
            WHERE attribute.attrelid = {table}::regclass AND attribute.attname = ANY ({columns})
        )
    )
    AND NOT has_sequence_privilege(
        CASE WHEN given.grantee = 0 THEN 'public' ELSE pg_get_userbyid(given.grantee) END,
        sequence.oid,
        'USAGE, UPDATE'
    )
ORDER BY 1, 2
"""

# The sequence in a default of the revision's own, as it stands there.
_NEXT = re.compile(r"nextval\s*\(\s*'((?:[^']|'')+)'", re.IGNORECASE)


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Roles that insert rows with values of their own, and may not use the sequence."""
    changes = [change for change in asked.conversions if change.column in asked.rewritten]
    kept = [change.column for change in changes if not change.redeclares]
    said = [name for change in changes for name in _NEXT.findall(change.default or "")]
    if not kept and not said:
        return
    query = _WITHOUT_USAGE.format(
        table=literal(quoted(asked.table)),
        columns=f"ARRAY[{', '.join(map(literal, kept))}]::text[]",
        said=", ".join(f"to_regclass('{name}')" for name in said),
    )
    lacking = [f"{role}, {sequence}" for role, sequence in asked.work.execute(query).fetchall()]
    if lacking:
        yield Refusal(
            f"Roles insert rows into {asked.table}, and may not use the sequence of a default: "
            "through the view of the old shape they could insert none.",
            lacking,
            len(lacking),
            "Give them the right: GRANT USAGE ON SEQUENCE ... TO ...",
        )
