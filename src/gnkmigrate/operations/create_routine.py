"""op.create_routine: a function or procedure that can do no more than its caller."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import dedent

from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.parts.whole import Whole, called, owner_of
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

_MADE = """
SELECT prokind::text, prosecdef, proconfig IS NULL
FROM pg_proc WHERE oid = to_regprocedure({routine})
"""
# A procedure that ends transactions, which none with settings may (manual, CREATE PROCEDURE).
_ENDS = re.compile(r"(?<!ON\s)\b(COMMIT|ROLLBACK)\b", re.IGNORECASE)
_PINNED = re.compile(r"\bSET\s+LOCAL\s+search_path\b", re.IGNORECASE)
_KINDS = {"f": "FUNCTION", "p": "PROCEDURE"}


@operation("create_routine")
@dataclass(frozen=True)
class CreateRoutine(Whole):
    """Creates a function or procedure, which goes on the way back.

    It runs with the rights of whoever calls it, and belongs to the owner of a table. It finds
    nothing by its search path but what is PostgreSQL's own. A procedure that commits may have no
    settings of its own: it begins with `SET LOCAL search_path = pg_catalog, pg_temp`, and says so
    again after each COMMIT, or else somebody's function may be found instead of PostgreSQL's.

    Attributes:
        routine: "schema.name(argument types)", as DROP ROUTINE takes it.
        definition: what follows CREATE FUNCTION schema.name, or CREATE PROCEDURE schema.name: its
            arguments, language, body.
        like: "schema.table" of the table whose owner it gets.
        kind: "FUNCTION" or "PROCEDURE".
        comment: what it is for.

    Raises:
        RevisionError: the arguments' types are missing, or the kind is another.
    """

    routine: str
    definition: str
    like: str
    kind: str = "FUNCTION"
    comment: str = ""

    def __post_init__(self) -> None:
        if not self.routine.endswith(")") or self.kind not in _KINDS.values():
            raise RevisionError(
                f'"{self.routine}" is no function or procedure with the types of its arguments.',
                hint='Write op.create_routine("public.area(integer)", "(side integer) ...", ...).',
            )

    @property
    def what(self) -> str:
        return self.kind

    @property
    def _bare(self) -> str:
        return quoted(self.routine.partition("(")[0])

    @property
    def address(self) -> str:
        return f"{self._bare}({self.routine.partition('(')[2]}"

    @property
    def _called(self) -> str:
        return called(self.kind, self.address)

    @property
    def sql(self) -> str:
        body = dedent(self.definition).strip().rstrip(";")
        return f"CREATE {self.kind} {self._bare}{body}"

    def make(self, work: Work) -> Sequence[Refusal]:
        work.execute(self.sql)
        made = work.execute(_MADE.format(routine=literal(self.address))).fetchone()
        if made is None:
            message = f"{self.routine} has other arguments than its definition."
            return (Refusal(message, hint="Write their types as PostgreSQL names them."),)
        kind, definer, unset = made
        if definer:
            message = f"{self.routine} would run with its owner's rights (SECURITY DEFINER)."
            return (Refusal(message, hint="Leave that out: what it does is its caller's."),)
        if unset and kind == "p" and _ENDS.search(self.definition):
            if not _PINNED.search(self.definition):
                message = f"{self.routine} commits, and finds names by its caller's search path."
                hint = "Begin with, and put after each COMMIT: SET LOCAL search_path = pg_catalog;"
                return (Refusal(message, hint=hint),)
        elif unset:
            work.execute(f"ALTER {self._called} SET search_path = pg_catalog, pg_temp")
        if self.comment:
            work.execute(f"COMMENT ON {self._called} IS {literal(self.comment)}")
        work.execute(f"ALTER {self._called} OWNER TO {owner_of(work, self.like)}")
        return ()
