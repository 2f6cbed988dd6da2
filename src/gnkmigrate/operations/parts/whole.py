"""Things that hold no rows and come and go whole: schemas, views, functions, procedures.

What PostgreSQL would refuse is asked before the phase begins, by making the thing and rolling back.
"""

import re
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent
from typing import ClassVar

import psycopg

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.operations.parts import empty_copy
from gnkmigrate.postgres.routine import marked, parted
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work

# What hangs on it, but its own parts.
_HANGING = """
SELECT DISTINCT pg_describe_object(classid, objid, objsubid)
FROM pg_depend
WHERE (refclassid, refobjid) = ({catalog}::regclass, {thing}) AND deptype = 'n'
  AND NOT (classid = 'pg_rewrite'::regclass
           AND objid IN (SELECT oid FROM pg_rewrite WHERE ev_class = {thing}))
ORDER BY 1
"""
# What is in a schema, but for parts of other things, with its bare name.
_INSIDE = """
SELECT pg_describe_object(classid, objid, 0),
       (SELECT object_names[cardinality(object_names)]
        FROM pg_identify_object_as_address(classid, objid, 0))
FROM pg_depend AS inside
WHERE (refclassid, refobjid) = ('pg_namespace'::regclass, to_regnamespace({schema}))
  AND deptype = 'n'
  AND NOT EXISTS (SELECT FROM pg_depend AS part
                  WHERE (part.classid, part.objid) = (inside.classid, inside.objid)
                    AND part.deptype IN ('a', 'i', 'e'))
ORDER BY 1
"""
_READERS = """
SELECT format('GRANT SELECT ON %s TO %s', {relation}, who)
FROM (
    SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS who
    FROM pg_class, aclexplode(relacl)
    WHERE pg_class.oid = ANY ({tables}::oid[]) AND privilege_type = 'SELECT'
    GROUP BY grantee HAVING count(DISTINCT pg_class.oid) = cardinality({tables}::oid[])
) AS readers
"""


def open_to_readers(work: Work, relation: str, tables: Sequence[int]) -> None:
    """Lets those read a quoted relation who may read all of these tables, by their oids."""
    oids = literal("{" + ",".join(map(str, sorted(set(tables)))) + "}")
    asked = _READERS.format(relation=literal(relation), tables=oids)
    for (statement,) in work.connection.execute(asked.encode()).fetchall():
        work.connection.execute(statement.encode())


def bare(address: str) -> str:
    """A name for the reader, and to know it again."""
    return address.replace('"', "")


def owner_of(work: Work, table: str) -> str:
    """The quoted role to whom "schema.table" belongs."""
    asked = "SELECT quote_ident(pg_get_userbyid(relowner)) FROM pg_class WHERE oid = {}::regclass"
    return str(work.value(asked.format(literal(quoted(table)))))


def refused_by(work: Work, what: str, action: Callable[[], object]) -> Sequence[Refusal]:
    """What PostgreSQL says against an action, which is tried and rolled back.

    Nothing where an earlier step of the phase may make what is missing.
    """
    try:
        with work.connection.transaction(force_rollback=True):
            action()
    except psycopg.Error as error:
        if work.connection.closed or isinstance(error, psycopg.errors.LockNotAvailable):
            raise
        awaited = isinstance(error, empty_copy.NOT_YET) and empty_copy.is_changed_before(work)
        if awaited:
            return ()
        message = f"The {what} cannot be made: {error.diag.message_primary}."
        hint = error.diag.message_hint or "Correct the revision, or make before what it needs."
        return (Refusal(message, hint=hint),)
    return ()


def called(what: str, address: str) -> str:
    """A thing as ALTER, COMMENT ON and DROP name it: "PROCEDURE public.purge(IN integer)"."""
    name, types = parted(address)
    return f"{what} {name}{marked(types)}" if what == "PROCEDURE" else f"{what} {address}"


class Whole(Step):
    """Something that holds no rows, and is dropped on the way back."""

    outlives_contract: ClassVar[bool] = True
    speaks: ClassVar[bool] = True
    prepares: ClassVar[bool] = True

    @property
    @abstractmethod
    def what(self) -> str:
        """As DROP names it: "SCHEMA", "VIEW", "FUNCTION", "PROCEDURE"."""

    @property
    @abstractmethod
    def address(self) -> str:
        """The quoted name, with a routine's arguments."""

    @property
    @abstractmethod
    def sql(self) -> str:
        """The statement that makes it."""

    @abstractmethod
    def make(self, work: Work) -> Sequence[Refusal]:
        """Makes it, with its owner and grants; what speaks against what came of it."""

    @property
    def name(self) -> str:
        return f"{self.what.lower()} {bare(self.address)}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropWhole(self.name, self.what, self.address),)

    def check(self, work: Work) -> Sequence[Refusal]:
        found: list[Refusal] = []
        return refused_by(work, self.name, lambda: found.extend(self.make(work))) or found

    def run(self, work: Work) -> int:
        """Makes it.

        Raises:
            PhaseFailed: what spoke against it has come since the phase began.
        """
        for refused in self.make(work):
            raise PhaseFailed(
                f"Phase {work.phase}: {refused.message}", details=refused.rows, hint=refused.hint
            )
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        return (dedent(render(self.sql, parameters)).strip(),)


@dataclass(frozen=True)
class DropWhole(Step):
    """It goes, unless something of the user's hangs on it.

    Attributes:
        title: the name of the step that has made it.
        what: "SCHEMA", "VIEW", "FUNCTION", "PROCEDURE".
        address: its quoted name.
    """

    title: str
    what: str
    address: str

    @property
    def name(self) -> str:
        return self.title

    @property
    def clears(self) -> Sequence[str]:
        return (f"{self.what.lower()} {bare(self.address)}",)

    def check(self, work: Work) -> Sequence[Refusal]:
        found = [name for name in self._hanging(work) if not self._goes_before(work, name)]
        if not found:
            return ()
        message = f"Others use the {self.title}."
        return (Refusal(message, found, len(found), "Drop them, or let them use something else."),)

    def _hanging(self, work: Work) -> Sequence[str]:
        if self.what == "SCHEMA":
            return self._inside(work)
        routine = self.what != "VIEW"
        kind = "regprocedure" if routine else "regclass"
        thing = f"to_{kind}({literal(self.address)})"
        catalog = "'pg_proc'" if routine else "'pg_class'"
        with work.settings(search_path=OURS):  # every name has its schema then
            rows = work.execute(_HANGING.format(catalog=catalog, thing=thing)).fetchall()
        # A view hangs on it by the rule that it is made of.
        return [bare(row[0]).removeprefix("rule _RETURN on ") for row in rows]

    def _inside(self, work: Work) -> Sequence[str]:
        """What is in the schema and is called like nothing of the steps before this one."""
        told = [
            text for step in work.earlier for text in (repr(step), *step.script(work.parameters))
        ]
        schema = re.escape(bare(self.address))
        # What hangs on something is called like it: person_encrypt.
        ours = tuple(re.findall(rf"""\b{schema}"?\."?([^"'\s,;()]+)""", " ".join(told)))
        with work.settings(search_path=OURS):
            rows = work.execute(_INSIDE.format(schema=literal(self.address))).fetchall()
        return [bare(what) for what, name in rows if not name.startswith(ours)]

    @staticmethod
    def _goes_before(work: Work, name: str) -> bool:
        return any(name in step.clears for step in work.beside)

    def run(self, work: Work) -> int:
        work.execute(f"DROP {called(self.what, self.address)}")
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"DROP {called(self.what, self.address)}",)
