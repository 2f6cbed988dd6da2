"""Rights that somebody gives or takes while an old shape is kept are true of it once it is back.

What of the old table is in the new shape, and its view of the old shape, are its faces. Whoever is
given a right on a face by hand has it on the old table from the way back on; who has lost it on one
has it no longer, unless another face gives it to him.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gnkmigrate.run.names import column, literal
from gnkmigrate.run.sync import view_place
from gnkmigrate.run.work import Work

_OWNER = "SELECT quote_ident(pg_get_userbyid(relowner)) FROM pg_class WHERE oid = {}::regclass"
# What is granted on the whole is granted on each column as well; "" is the whole.
_HELD = """
WITH given AS (
    SELECT pg_class.oid, acl.* FROM pg_class, aclexplode(relacl) AS acl
    WHERE pg_class.oid = to_regclass({relation})
), of_columns AS (
    SELECT grantee, privilege_type, is_grantable, '' AS name FROM given
    UNION ALL
    SELECT grantee, privilege_type, is_grantable, attname
    FROM given JOIN pg_attribute ON attrelid = oid AND attnum > 0 AND NOT attisdropped
    WHERE privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
    UNION ALL
    SELECT acl.grantee, acl.privilege_type, acl.is_grantable, attname
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND NOT attisdropped,
         aclexplode(attacl) AS acl
    WHERE pg_class.oid = to_regclass({relation})
)
SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
       privilege_type || suffix, name::text
FROM of_columns JOIN (VALUES ('', false), ('*', true)) AS options (suffix, asked)
  ON is_grantable OR NOT asked
"""

# Who, what he may do ("SELECT*": and pass it on), and with which column; "" for the whole.
Right = tuple[str, str, str]
Pairs = Sequence[tuple[str, str]]
_OF_COLUMNS = ("SELECT", "INSERT", "UPDATE", "REFERENCES")


@dataclass(frozen=True)
class Face:
    """Where columns of an old table are seen while it is kept.

    Attributes:
        relation: quoted.
        names: an old table's column, as it is called while it is kept, and the face's; pairs.
        whole: "all", where the whole of it is the whole of the old table; "rows", where that is so
            of what is no right on columns, such as DELETE; "" for neither.
        by: quoted relations and columns that tell of the face's rows what they are about: whoever
            is given a right on others by hand has to be allowed to read them.
        kinds: the privileges that are one with the old table's; () for all.
    """

    relation: str
    names: Pairs
    whole: str = ""
    by: Pairs = ()
    kinds: Sequence[str] = ()

    def rights(self, held: Collection[Right]) -> set[Right]:
        """What is held of it, by the names of the old table."""
        old: defaultdict[str, list[str]] = defaultdict(list)
        for before, name in (*self.names, ("", "")):
            old[name].append(before)
        # The whole is each of them, whatever somebody has made of one of them.
        whole = {
            (who, what, before)
            for who, what, name in held
            if not name and _base(what) in (self.kinds or _OF_COLUMNS)
            for before, _ in self.names
        }
        return whole | {
            (who, what, before)
            for who, what, name in held
            if not self.kinds or _base(what) in self.kinds
            if name or self.whole == "all" or (self.whole and _base(what) not in _OF_COLUMNS)
            for before in old[name]
        }

    def said(self) -> tuple[object, ...]:
        """As the journal keeps it."""
        return (self.relation, self.names, self.whole, self.by, self.kinds)


def view(work: Work, table: str, names: Pairs) -> list[Face]:
    """The view of the old shape of "schema.table", if there is one."""
    place = view_place.view_of(work.parameters, table)
    return [Face(place, names, "all")] if view_place.is_there(work, place) else []


def remember(work: Work, why: str, faces: Sequence[Face]) -> None:
    """Keeps what is granted on the faces, once all has been carried over to them.

    Args:
        work: the session, in the transaction of the cutover.
        why: its step.
        faces: of the old table.
    """
    kept = [(face.said(), sorted(face.rights(_held(work, face.relation)))) for face in faces]
    work.forget(_memory(why))
    work.remember(_memory(why), kept)


def settle(work: Work, why: str, table: str, key: Sequence[str] = ()) -> None:
    """Gives the old table, and takes from it, what has been given and taken by hand since.

    Args:
        work: the session, in the transaction of the way back, before a face changes.
        why: the step of the cutover.
        table: the old table, quoted, where it is now.
        key: those of its columns that whoever is given others to read may read as well.
    """
    kept = work.recall(_memory(why))
    if kept is None:
        return
    work.forget(_memory(why))
    old = _held(work, table)
    given, taken = _changed(work, kept)
    given |= {(who, what, name) for who, what, _ in given if what == "SELECT" for name in key}
    # Who may no longer do it with each column may not do it with the whole.
    taken |= {(who, what, "") for who, what, _ in taken if _base(what) in _OF_COLUMNS}
    owner = str(work.value(_OWNER.format(literal(table))))
    old = {right for right in old if right[0] != owner}
    wanted = {right for right in (old | given) - taken if right[0] != owner}
    if wanted != old:
        work.execute(";\n".join(_statements(table, old, wanted)))


def _changed(work: Work, kept: Sequence[Any]) -> tuple[set[Right], set[Right]]:
    """What has been given on one of the faces, and what has been taken on one and is on none."""
    given: set[Right] = set()
    taken: set[Right] = set()
    there: set[Right] = set()
    for said, rights in kept:
        face, before = Face(*said), {(who, what, name) for who, what, name in rights}
        now = face.rights(_held(work, face.relation))
        told = {right for right in now - before if _tells(work, face, right)}
        given, taken, there = given | told, taken | (before - now), there | now
    return given, taken - there


def _tells(work: Work, face: Face, right: Right) -> bool:
    who, what, _ = right
    # Who makes rows of an old table says what they are about.
    asked = "INSERT" if _base(what) == "INSERT" else "SELECT"
    return all((who, asked, name) in _held(work, place) for place, name in face.by)


def _statements(table: str, old: set[Right], wanted: set[Right]) -> Iterator[str]:
    for who in sorted({who for who, _, _ in old}):
        yield f"REVOKE ALL ON {table} FROM {who} CASCADE"
    granted: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for who, what, name in sorted(wanted):
        granted[who, what].append(name)
    for (who, what), names in granted.items():
        columns = "" if "" in names else f" ({', '.join(map(column, names))})"
        option = " WITH GRANT OPTION" if what.endswith("*") else ""
        yield f"GRANT {_base(what)}{columns} ON {table} TO {who}{option}"


def _held(work: Work, relation: str) -> set[Right]:
    rows = work.execute(_HELD.format(relation=literal(relation))).fetchall()
    return {(who, what, name) for who, what, name in rows}


def _base(what: str) -> str:
    return what.removesuffix("*")


def _memory(why: str) -> str:
    return f"{why}, rights"
