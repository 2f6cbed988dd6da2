"""SQL of triggers that keep two shapes of the same rows in step, each following the other.

A trigger that follows writes to the other shape, whose triggers would follow in turn. So for as
long as it writes, its mark is in the setting gnkmigrate.following, and a trigger of the same mark
does not fire (see mark.py). Those of other shapes do: what is written may have triggers of the
application's, which write to other tables. The functions run with the rights of their owner and a
search_path of their own; the triggers fire also for what logical replication brings (PostgreSQL
manual, ALTER TABLE, ENABLE ALWAYS TRIGGER).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent

from gnkmigrate.run.sync.function_settings import COLUMNS_FIRST, PINNED
from gnkmigrate.run.sync.session_mark import FOLLOWING, SESSION, alone, oid

_MARKS = f"coalesce(current_setting('{FOLLOWING}', true), '')"
# Before which every trigger stands back. Other marks are of hexadecimal digits.
_ALL = "on"


@dataclass(frozen=True)
class Following:
    """Two shapes that follow each other.

    Attributes:
        mark: theirs; without one, all others stand back for them, and they for all others.
    """

    mark: str = _ALL

    def alone(self, table: str) -> str:
        """The condition that what is written comes from no follower of these shapes.

        Args:
            table: the quoted table that is written.
        """
        if self.mark == _ALL:
            return alone()
        return f"({alone(oid(table))} OR {_MARKS} !~ '{_ALL}|{self.mark}')"

    @property
    def begun(self) -> str:
        """SQL for the setting with the mark in it.

        The marks of followers alone go on: where no other trigger has fired this one, what is there
        is the client's, and would count from here on, since this runs as the owner.
        """
        return f"(CASE WHEN pg_trigger_depth() > 1 THEN {_MARKS} ELSE '' END) || ' {self.mark}'"

    @property
    def ended(self) -> str:
        """SQL for the setting without it."""
        return f"replace({_MARKS}, ' {self.mark}', '')"

    def follower(
        self, function: str, body: str, declare: str = "", shows: Sequence[str] = ()
    ) -> str:
        """A trigger function that follows.

        Args:
            function: its qualified name; one of that name is replaced.
            body: statements of PL/pgSQL; `EXIT follow` leaves them early.
            declare: its variables, as PL/pgSQL declares them.
            shows: the tables, quoted, or TG_RELID, whose values are in the rows that they write.
                An error shows none of them to whoever may not read all of these tables.
        """
        declared = f"DECLARE\n    {declare}\n" if declare else ""
        followed = _followed(body.strip(chr(10)), shows)
        return f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER {PINNED} AS $body$
{COLUMNS_FIRST}
{declared}BEGIN
    PERFORM set_config('{FOLLOWING}', {self.begun}, true);
{followed}
    PERFORM set_config('{FOLLOWING}', {self.ended}, true);
    RETURN NULL;
END
$body$;
"""

    def trigger(self, name: str, event: str, table: str, function: str, each: str = "ROW") -> str:
        """A trigger that follows.

        Args:
            name: its name; triggers of one event fire in the order of their names.
            event: such as "AFTER INSERT OR UPDATE".
            table: the qualified table.
            function: the qualified function.
            each: "ROW" or "STATEMENT".
        """
        return f"""
CREATE TRIGGER {name} {event} ON {table}
    FOR EACH {each} WHEN ({self.alone(table)}) EXECUTE FUNCTION {function}();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};
"""


def _followed(body: str, shows: Sequence[str]) -> str:
    """The block of a follower.

    PostgreSQL shows in an error as much of a row as the one may see as whom it is written, which is
    the owner here. To catch it takes a subtransaction for each row, so that is done for those alone
    who may not read all of the tables.
    """
    plain = f"""    <<follow>>
    BEGIN
{indent(body, "    ")}
    END follow;"""
    if not shows:
        return plain
    reads = " AND ".join(
        f"has_table_privilege({SESSION}, {place}, 'SELECT')"
        for place in (each if each == "TG_RELID" else oid(each) for each in shows)
    )
    return f"""    IF {reads} THEN
{plain}
    ELSE
    <<follow>>
    DECLARE
        gnkmigrate_state text;
        gnkmigrate_said text;
        gnkmigrate_table text;
        gnkmigrate_of text;
    BEGIN
{indent(body, "    ")}
    EXCEPTION WHEN integrity_constraint_violation OR data_exception THEN
        GET STACKED DIAGNOSTICS gnkmigrate_state = RETURNED_SQLSTATE,
            gnkmigrate_said = MESSAGE_TEXT, gnkmigrate_of = CONSTRAINT_NAME,
            gnkmigrate_table = TABLE_NAME;
        RAISE EXCEPTION USING ERRCODE = gnkmigrate_state, CONSTRAINT = gnkmigrate_of,
            TABLE = gnkmigrate_table, MESSAGE = CASE
                WHEN gnkmigrate_state LIKE '23%' THEN gnkmigrate_said
                ELSE 'the other shape of the row cannot hold a value' END;
    END follow;
    END IF;"""


def marked(*names: str) -> Following:
    """Two shapes whose mark is made of what a revision calls them."""
    return Following(hashlib.sha256("\x00".join(names).encode()).hexdigest()[:12])


# For a revision's own triggers.
follower = Following().follower
trigger = Following().trigger
