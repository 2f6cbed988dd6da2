"""SQL of triggers that keep two shapes of the same rows in step, each following the other.

A trigger that follows writes to the other shape, whose triggers would follow in turn. So for as
long as it writes, its mark is in the setting gnkmigrate.following, and a trigger of the same mark
does not fire (see mark.py). Those of other shapes do: what is written may have triggers of the
application's, which write to other tables. The functions run with the rights of their owner and a
search_path of their own; the triggers fire also for what logical replication brings (PostgreSQL
manual, ALTER TABLE, ENABLE ALWAYS TRIGGER).
"""

import hashlib
from dataclasses import dataclass
from textwrap import indent

from gnkmigrate.run.sync.mark import ALONE, FOLLOWING
from gnkmigrate.run.sync.pinned import COLUMNS_FIRST, PINNED

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

    @property
    def alone(self) -> str:
        """The condition that what is written comes from no follower of these shapes."""
        if self.mark == _ALL:
            return ALONE
        return f"({ALONE} OR {_MARKS} !~ '{_ALL}|{self.mark}')"

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

    def follower(self, function: str, body: str, declare: str = "") -> str:
        """A trigger function that follows.

        Args:
            function: its qualified name; one of that name is replaced.
            body: statements of PL/pgSQL; `EXIT follow` leaves them early.
            declare: its variables, as PL/pgSQL declares them.
        """
        declared = f"DECLARE\n    {declare}\n" if declare else ""
        return f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER {PINNED} AS $body$
{COLUMNS_FIRST}
{declared}BEGIN
    PERFORM set_config('{FOLLOWING}', {self.begun}, true);
    <<follow>>
    BEGIN
{indent(body.strip(chr(10)), "    ")}
    END follow;
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
    FOR EACH {each} WHEN ({self.alone}) EXECUTE FUNCTION {function}();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};
"""


def marked(*names: str) -> Following:
    """Two shapes whose mark is made of what a revision calls them."""
    return Following(hashlib.sha256("\x00".join(names).encode()).hexdigest()[:12])


# For a revision's own triggers.
follower = Following().follower
trigger = Following().trigger
