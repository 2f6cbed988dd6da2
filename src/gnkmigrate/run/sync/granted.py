"""What has been granted of a table's columns to others than its owner."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.run import relation
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

PUBLIC = "PUBLIC"
# A right on the whole is one on each column; of DELETE there is no other. What PUBLIC may do,
# and a group of which somebody is a member, he may do as well (manual, GRANT).
_GRANTED = """
WITH given AS (
    SELECT grantee, privilege_type, is_grantable, name
    FROM pg_class, aclexplode(relacl) CROSS JOIN unnest(ARRAY[{names}]::text[]) AS name
    WHERE pg_class.oid = to_regclass({table}) AND grantee <> relowner
    UNION ALL
    SELECT grantee, privilege_type, is_grantable, attname
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl)
    WHERE pg_class.oid = to_regclass({table}) AND grantee <> relowner
      AND attname = ANY (ARRAY[{names}]::text[])
), holder AS (
    SELECT DISTINCT grantee FROM given
)
SELECT CASE holder.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(holder.grantee) END,
       privilege_type, name, holder.grantee = given.grantee, bool_or(is_grantable)
FROM holder JOIN given
  ON given.grantee IN (holder.grantee, 0)
  OR holder.grantee <> 0 AND given.grantee <> 0
     AND pg_has_role(holder.grantee, given.grantee, 'USAGE')
GROUP BY holder.grantee, privilege_type, name, holder.grantee = given.grantee
"""


@dataclass(frozen=True)
class Holder:
    """A role, or PUBLIC, that has been granted something.

    Attributes:
        role: its name, quoted.
        may: the columns with which it may do something, by the privilege, however it came by it.
        given: the same of what it has been given itself.
        grantable: which of these it may pass on.
    """

    role: str
    may: Mapping[str, frozenset[str]]
    given: Mapping[str, frozenset[str]]
    grantable: Mapping[str, frozenset[str]]

    def may_all(self, privilege: str, names: Sequence[str]) -> bool:
        """Whether it may do that with each of these columns."""
        return self.may.get(privilege, frozenset()).issuperset(names)


def holders(work: Work, table: str, names: Sequence[str]) -> list[Holder]:
    """Who but the owner may do something with these columns, in the order of their names.

    Args:
        work: the session.
        table: "schema.table".
        names: its columns.
    """
    listed = ", ".join(map(literal, names))
    query = _GRANTED.format(table=literal(quoted(table)), names=listed)
    lots: defaultdict[str, tuple[_Lot, _Lot, _Lot]] = defaultdict(_lots)
    for role, privilege, name, is_own, is_grantable in work.connection.execute(query.encode()):
        may, given, grantable = lots[PUBLIC if role is None else column(role)]
        may[privilege].add(name)
        if is_own:
            given[privilege].add(name)
            if is_grantable:
                grantable[privilege].add(name)
    return [Holder(role, *map(_frozen, lots[role])) for role in sorted(lots)]


def telling_others(
    work: Work, table: str, entity: str, identity: Sequence[str], telling: Sequence[str]
) -> list[Refusal]:
    """Who may not change columns of rows that are there, and would by what his own row says.

    Args:
        work: the session.
        table: "schema.table".
        entity: "schema.table" of the rows that its rows come to share.
        identity: the table's columns that say which row of the entity one is about.
        telling: those of which what is written to one row counts for others.
    """
    if not telling:
        return []
    found = [
        f"GRANT UPDATE ({', '.join(map(column, telling))}) ON {quoted(table)} TO {holder.role};"
        for holder in holders(work, table, relation.column_names(work, table))
        if "INSERT" in holder.may or not holder.may.get("UPDATE", frozenset()).isdisjoint(identity)
        if not holder.may_all("UPDATE", telling)
    ]
    if not found:
        return []
    return [
        Refusal(
            f"Roles may make rows of {table}, or say which row of {entity} they are about, and not"
            f" change {', '.join(telling)} of others, which what they write would count for.",
            found,
            len(found),
            "Grant them these, if they may have them; else leave the columns where they are, or"
            " let them be of the identity.",
        )
    ]


_Lot = defaultdict[str, set[str]]


def _lots() -> tuple[_Lot, _Lot, _Lot]:
    return defaultdict(set), defaultdict(set), defaultdict(set)


def _frozen(lot: _Lot) -> Mapping[str, frozenset[str]]:
    return {privilege: frozenset(names) for privilege, names in lot.items()}
