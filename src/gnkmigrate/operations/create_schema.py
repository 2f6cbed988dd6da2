"""op.create_schema: a schema for what serves a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from gnkmigrate.operations.parts.whole import Whole, owner_of
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

# Who may use the table's schema, but for its owner; a new one's grants stand nowhere (NULL).
_USERS = """
SELECT DISTINCT format('GRANT USAGE ON SCHEMA %s TO %s', {made},
                       CASE grantee WHEN 0 THEN 'PUBLIC'
                                    ELSE quote_ident(pg_get_userbyid(grantee)) END)
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace,
     aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
WHERE pg_class.oid = {table}::regclass AND privilege_type = 'USAGE' AND grantee <> nspowner
ORDER BY 1
"""


@operation("create_schema")
@dataclass(frozen=True)
class CreateSchema(Whole):
    """Creates a schema, which goes on the way back when nothing is in it.

    It belongs to the owner of a table, so that what serves the table can belong to that role as
    well. Those may use it who may use the table's schema.

    Attributes:
        schema: its name.
        like: "schema.name" of the table.
        comment: what it is for.
    """

    schema: str
    like: str
    comment: str = ""

    @property
    def what(self) -> str:
        return "SCHEMA"

    @property
    def address(self) -> str:
        return column(self.schema)

    @property
    def sql(self) -> str:
        return f"CREATE SCHEMA {self.address}"

    def make(self, work: Work) -> Sequence[Refusal]:
        work.execute(f"{self.sql} AUTHORIZATION {owner_of(work, self.like)}")
        if self.comment:
            work.execute(f"COMMENT ON SCHEMA {self.address} IS {literal(self.comment)}")
        asked = _USERS.format(made=literal(self.address), table=literal(quoted(self.like)))
        for (statement,) in work.execute(asked).fetchall():
            work.execute(statement)
        return ()
