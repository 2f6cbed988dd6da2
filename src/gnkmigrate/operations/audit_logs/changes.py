"""The triggers by which changes are logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.kinds import locks
from gnkmigrate.operations.audit_logs.preflight import unloggable
from gnkmigrate.operations.audit_logs.spec import Logged
from gnkmigrate.operations.parts.whole import owner_of
from gnkmigrate.operations.sql_step import SqlStep
from gnkmigrate.run import dependents, lock_announcement
from gnkmigrate.run.batches.row_key import keys_of
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work
from gnkmigrate.text.secret import NOT_SHOWN

_TRIGGER = "audit_log"

_CONCEALED = """
SELECT attname::text FROM pg_attribute
WHERE attrelid = to_regclass({table}) AND attnum > 0 AND NOT attisdropped
  AND (attname = ANY ({secret}::text[])
       OR attname ~* {pattern} AND attname <> ALL ({shown}::text[]))
"""


@dataclass(frozen=True)
class LogChanges(Step):
    """From now on changes are logged.

    Attributes:
        log: "schema.name" of the log.
        logged: the tables.
        writes: the statement that creates the triggers' function.
        function: its quoted address.
    """

    outlives_contract: ClassVar[bool] = True

    log: str
    logged: tuple[Logged, ...]
    writes: str
    function: str

    @property
    def name(self) -> str:
        return f"changes go to {self.log}"

    @property
    def reverse(self) -> Sequence[Step]:
        dropped = [
            f"DROP TRIGGER {trigger} ON {quoted(each.table)}"
            for each in self.logged
            for trigger in (_TRIGGER, f"{_TRIGGER}_truncate")
        ]
        back = ";\n".join([*dropped, f"DROP FUNCTION {self.function}"])
        return (SqlStep(self.name, back, touches=tuple(self.tables)),)

    @property
    def tables(self) -> Sequence[str]:
        return tuple(each.table for each in self.logged)

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.CREATE_TRIGGER, Span.MOMENT)

    def check(self, work: Work) -> Sequence[Refusal]:
        return unloggable(work, self.logged)

    def run(self, work: Work) -> int:
        owner = owner_of(work, self.logged[0].table)
        # Before the first of them is locked: to read a catalog takes a while.
        facts = work.read_facts(sorted({split(table)[0] for table in self.tables}))
        work.execute(self.writes)
        work.execute(f"REVOKE ALL ON FUNCTION {self.function} FROM PUBLIC")
        work.execute(f"ALTER FUNCTION {self.function} OWNER TO {owner}")
        work.execute(f"GRANT INSERT ON {quoted(self.log)} TO {owner}")
        for each in self.logged:
            key = keys_of(facts, each.table)[0]
            secret = (*each.secret, *_derived(work, each))
            given = ", ".join(map(_array, (key, secret, each.ignored, each.shown)))
            table = quoted(each.table)
            work.execute(
                f"CREATE TRIGGER {_TRIGGER} AFTER INSERT OR UPDATE OR DELETE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {self.function[:-2]}({given})"
            )
            work.execute(
                f"CREATE TRIGGER {_TRIGGER}_truncate AFTER TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {self.function[:-2]}({given})"
            )
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.writes.strip(), f"-- triggers {_TRIGGER} on {', '.join(self.tables)}")


def _derived(work: Work, logged: Logged) -> Sequence[str]:
    """The generated columns of a table that tell of secret ones: what is computed of one is one."""
    asked = _CONCEALED.format(
        table=literal(quoted(logged.table)),
        secret=_array(logged.secret),
        shown=_array(logged.shown),
        pattern=literal(NOT_SHOWN),
    )
    secret = [row[0] for row in work.execute(asked).fetchall()]
    computed = dependents.generated_of(work, logged.table, secret)
    return [made for _, made in computed if made not in logged.shown]


def _array(names: Sequence[str]) -> str:
    """An argument of a trigger: names as a text that PostgreSQL reads as an array."""
    escaped = (name.replace("\\", "\\\\").replace('"', '\\"') for name in names)
    return literal("{" + ",".join(f'"{name}"' for name in escaped) + "}")
