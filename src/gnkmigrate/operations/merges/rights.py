"""Who may do what with the new columns of a merge: what he could do with the side table's.

Whoever has a right on the whole of a table has it on a column that is added to it (manual, GRANT).
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.operations.merges.spec import Merge
from gnkmigrate.run import relation
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import by_hand, granted
from gnkmigrate.run.sync.column_pair import kept_name
from gnkmigrate.run.work import Work

# Rows of the side table are made, changed and deleted by updates.
_KINDS = ("SELECT", "UPDATE", "REFERENCES")
_READ = ("SELECT",)
_GRANTEE = "CASE grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(grantee) END"
_QUOTED = "CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END"

# What somebody other than the owner has been given of a table, or of one of these columns.
_GIVEN = """
    SELECT relowner, given.* FROM pg_class, aclexplode(relacl) AS given
    WHERE pg_class.oid = {side}::regclass
    UNION ALL
    SELECT relowner, given.* FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid,
         aclexplode(attacl) AS given
    WHERE pg_class.oid = {side}::regclass AND attname = ANY (ARRAY[{names}]::text[])
"""
_CARRIED = f"""
SELECT format('GRANT %s (%I) ON %s TO %s%s', privilege_type, {{new}}, {{table}}, {_QUOTED},
              CASE WHEN bool_or(is_grantable) THEN ' WITH GRANT OPTION' ELSE '' END)
FROM ({_GIVEN}) AS given
WHERE grantee <> relowner AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
  -- Who may insert into one column of a table may make rows of it.
  AND (privilege_type <> 'INSERT' OR has_any_column_privilege({_GRANTEE}, {{table}}, 'INSERT'))
  AND NOT EXISTS (
      SELECT FROM pg_class AS whole, aclexplode(whole.relacl) AS on_whole
      WHERE whole.oid = {{table}}::regclass AND on_whole.grantee = given.grantee
        AND on_whole.privilege_type = given.privilege_type)
GROUP BY grantee, privilege_type
ORDER BY 1
"""
_GAINING = f"""
SELECT DISTINCT format('GRANT %s ON %s TO %s;', privilege_type, {{side}}, {_QUOTED})
FROM pg_class CROSS JOIN LATERAL aclexplode(relacl)
CROSS JOIN unnest(ARRAY[{{names}}]::text[]) AS going
WHERE pg_class.oid = {{table}}::regclass AND grantee <> relowner
  AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE')
  AND NOT has_column_privilege({_GRANTEE}, {{side}}, going, privilege_type)
ORDER BY 1
"""
_LOSING = f"""
SELECT DISTINCT format('GRANT SELECT (%I) ON %s TO %s;', key, {{table}}, {_QUOTED})
FROM ({_GIVEN}) AS given
CROSS JOIN unnest(ARRAY[{{keys}}]::text[]) AS key
WHERE grantee <> relowner AND privilege_type = 'SELECT'
  AND NOT has_column_privilege({_GRANTEE}, {{table}}, key, 'SELECT')
ORDER BY 1
"""
_OWNERS = """
SELECT pg_get_userbyid(side.relowner), pg_get_userbyid(whole.relowner),
       side.relowner <> whole.relowner, side.relrowsecurity AND NOT whole.relrowsecurity
FROM pg_class AS side, pg_class AS whole
WHERE side.oid = {side}::regclass AND whole.oid = {table}::regclass
"""


def refusals(work: Work, said: Merge) -> Iterator[Refusal]:
    """Roles that would gain a right by the merge, or lose one."""
    owner, other, differ, hides = _asked(work, _OWNERS, said)[0]
    if differ:
        yield Refusal(
            f"{said.side} belongs to {owner}, and {said.table} to {other}: triggers between them"
            " would have the rights of both.",
            hint=f"Run: ALTER TABLE {quoted(said.side)} OWNER TO {column(other)};",
        )
    if hides:
        yield Refusal(
            f"Row security is on for {said.side}, and not for {said.table}: there everybody who may"
            " read it would see what policies hide.",
            hint=f"Give {said.table} row security, with policies that mean the same.",
        )
    names = list(dict.fromkeys(old for old, _ in said.columns))
    gaining = [row[0] for row in _asked(work, _GAINING, said, names=names)]
    if gaining:
        yield Refusal(
            f"Roles have rights on the whole of {said.table}, its new columns included, that they"
            f" do not have on {said.side}.",
            gaining,
            len(gaining),
            "Grant them these, if they may have them, or rights on columns instead of the whole.",
        )
    uneven = list(_uneven(work, said, names))
    if uneven:
        yield Refusal(
            f"Roles may make rows of {said.side}, change them or delete them, and not all of it:"
            f" with columns of {said.table} each is the same as the others.",
            uneven,
            len(uneven),
            "Grant them these, if they may have them, or take from them what they have of it.",
        )
    losing = [
        row[0]
        for row in _asked(work, _LOSING, said, names=names, keys=[new for _, new in said.key])
    ]
    if losing:
        yield Refusal(
            f"Roles that read {said.side} may not read in {said.table} whose row it is.",
            losing,
            len(losing),
            "Grant them these.",
        )


def _uneven(work: Work, said: Merge, names: Sequence[str]) -> Iterator[str]:
    """What who writes to the side table lacks: a row of it comes and goes with its values."""
    on = quoted(said.side)
    columns = ", ".join(map(column, names))
    for holder in granted.holders(work, said.side, names):
        writes = not holder.may.keys().isdisjoint({"INSERT", "UPDATE", "DELETE"})
        for privilege in ("INSERT", "UPDATE") if writes else ():
            if not holder.may_all(privilege, names):
                yield f"GRANT {privilege} ({columns}) ON {on} TO {holder.role};"


def carried(work: Work, said: Merge) -> list[str]:
    """Statements that grant on the new columns what was granted on the side table's."""
    return [
        str(row[0])
        for old, new in said.columns
        for row in _asked(work, _CARRIED, said, names=[old], new=new)
    ]


def remember(work: Work, said: Merge) -> None:
    """Keeps what everybody may do with the new columns, and with the views of the old shape."""
    table = quoted(said.table)
    by = [] if said.leaving else [(table, new) for _, new in said.key]
    names = [(name, name) for name in relation.column_names(work, said.archived)]
    shown = by_hand.view(work, said.side, names)
    columns = by_hand.Face(table, said.columns, by=by, kinds=_KINDS)
    by_hand.remember(work, said.name, [columns, *shown])
    for name in said.leaving:
        # Who reads any of the columns reads to which row of the side table it would refer.
        kept = [(kept_name(name), new) for _, new in said.columns]
        seen = by_hand.view(work, said.table, [(kept_name(name), name)])
        by_hand.remember(work, _reference(said), [by_hand.Face(table, kept, kinds=_READ), *seen])


def settle(work: Work, said: Merge) -> None:
    """Gives and takes what has been by hand since; see by_hand."""
    by_hand.settle(work, said.name, quoted(said.archived), [old for old, _ in said.key])
    by_hand.settle(work, _reference(said), quoted(said.table))


def _reference(said: Merge) -> str:
    return f"{said.name}, reference"


def _asked(
    work: Work, query: str, said: Merge, **given: str | Sequence[str]
) -> list[tuple[str, ...]]:
    filled = {
        name: literal(value) if isinstance(value, str) else ", ".join(map(literal, value))
        for name, value in {**given, "side": quoted(said.side), "table": quoted(said.table)}.items()
    }
    return work.connection.execute(query.format(**filled).encode()).fetchall()
