"""op.create_view: a view that shows nobody more than its tables do."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import dedent

from gnkmigrate.operations.parts.whole import Whole, open_to_readers
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

INVOKER_SINCE = 150_000

# The relations that it reads, each once, with their owners.
_READ = """
SELECT DISTINCT pg_class.oid, pg_class.oid::regclass::text, quote_ident(pg_get_userbyid(relowner)),
       relrowsecurity
FROM pg_rewrite
JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid
JOIN pg_class ON refclassid = 'pg_class'::regclass AND pg_class.oid = refobjid
WHERE ev_class = {view}::regclass AND pg_class.oid <> ev_class
  AND relnamespace <> 'pg_catalog'::regnamespace
ORDER BY 2
"""


@operation("create_view")
@dataclass(frozen=True)
class CreateView(Whole):
    """Creates a view, which goes on the way back.

    It belongs to whom the tables belong that it reads. Those may read it who may read all of them;
    from PostgreSQL 15 on with their own rights and row security (security_invoker). On 14, where
    a view reads with its owner's rights, tables with row security are refused.

    Attributes:
        view: "schema.name".
        query: the SELECT.
        comment: what it is for.
    """

    view: str
    query: str
    comment: str = ""

    @property
    def what(self) -> str:
        return "VIEW"

    @property
    def address(self) -> str:
        return quoted(self.view)

    @property
    def sql(self) -> str:
        return self._statement("WITH (security_invoker = true) ")

    def _statement(self, options: str) -> str:
        query = dedent(self.query).strip().rstrip(";")
        return f"CREATE VIEW {self.address} {options}AS\n{query}"

    def reads_as_caller(self, work: Work) -> bool:
        """Whether it reads with the rights of whoever asks."""
        return work.connection.info.server_version >= INVOKER_SINCE

    def make(self, work: Work) -> Sequence[Refusal]:
        invoker = self.reads_as_caller(work)
        work.execute(self.sql if invoker else self._statement(""))
        if self.comment:
            work.execute(f"COMMENT ON VIEW {self.address} IS {literal(self.comment)}")
        read = work.execute(_READ.format(view=literal(self.address))).fetchall()
        owners = sorted({owner for _, _, owner, _ in read})
        if len(owners) > 1:
            message = f"The view {self.view} reads tables of several owners."
            hint = "Give them one owner, or make a view for each and one by hand on top of them."
            named = [f"{table}: {owner}" for _, table, owner, _ in read]
            return (Refusal(message, named, len(named), hint),)
        hidden = [table for _, table, _, secured in read if secured and not invoker]
        if hidden:
            message = f"The view {self.view} would show rows that policies hide."
            hint = "From PostgreSQL 15 on, and with rights on whole tables, it reads as its caller."
            return (Refusal(message, hidden, len(hidden), hint),)
        for owner in owners:
            work.execute(f"REVOKE ALL ON {self.address} FROM PUBLIC")
            work.execute(f"ALTER VIEW {self.address} OWNER TO {owner}")
        if read:
            open_to_readers(work, self.address, [oid for oid, *_ in read])
        return ()
