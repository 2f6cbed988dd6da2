"""SQL of triggers that keep two shapes of the same rows in step, each following the other.

A trigger that follows writes to the other shape, whose triggers would follow in turn. So what it
writes, it writes with the setting gnkmigrate.following on, and a trigger that follows does not fire
where that is on; see mark.py. The functions run with the rights of their owner and a search_path of
their own; the triggers fire also for what logical replication brings (PostgreSQL manual, ALTER
TABLE, ENABLE ALWAYS TRIGGER).
"""

from textwrap import indent

from gnkmigrate.run.sync.mark import unmarked
from gnkmigrate.run.sync.pinned import PINNED

SETTING = "gnkmigrate.following"

# The condition that what is written comes from no follower.
ALONE = unmarked(SETTING)


def follower(function: str, body: str, declare: str = "") -> str:
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
{declared}BEGIN
    PERFORM set_config('{SETTING}', 'on', true);
    <<follow>>
    BEGIN
{indent(body.strip(chr(10)), "    ")}
    END follow;
    PERFORM set_config('{SETTING}', '', true);
    RETURN NULL;
END
$body$;
"""


def trigger(name: str, event: str, table: str, function: str, each: str = "ROW") -> str:
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
    FOR EACH {each} WHEN ({ALONE}) EXECUTE FUNCTION {function}();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};
"""
