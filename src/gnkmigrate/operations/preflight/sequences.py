"""Through the view of the old shape a key is given, and the wider one takes its default as well."""

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
JOIN pg_attribute AS attribute
    ON attribute.attrelid = {table}::regclass AND attribute.attname = ANY ({columns})
JOIN pg_attrdef AS definition
    ON definition.adrelid = attribute.attrelid AND definition.adnum = attribute.attnum
JOIN pg_depend AS link
    ON link.classid = 'pg_attrdef'::regclass
    AND link.objid = definition.oid
    AND link.refclassid = 'pg_class'::regclass
JOIN pg_class AS sequence ON sequence.oid = link.refobjid AND sequence.relkind = 'S'
WHERE
    NOT has_sequence_privilege(
        CASE WHEN given.grantee = 0 THEN 'public' ELSE pg_get_userbyid(given.grantee) END,
        sequence.oid,
        'USAGE, UPDATE'
    )
ORDER BY 1, 2
"""


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Roles that insert rows with keys of their own, and may not use the sequence."""
    if asked.tied is None or not asked.rewritten:
        return
    names = ", ".join(literal(name) for name in sorted(asked.rewritten))
    query = _WITHOUT_USAGE.format(table=literal(quoted(asked.table)), columns=f"ARRAY[{names}]")
    lacking = [f"{role}, {sequence}" for role, sequence in asked.work.execute(query).fetchall()]
    if lacking:
        yield Refusal(
            f"Roles insert rows into {asked.table}, and may not use the sequence of its key: "
            "through the view of the old shape they could insert none.",
            lacking,
            len(lacking),
            "Give them the right: GRANT USAGE ON SEQUENCE ... TO ...",
        )
