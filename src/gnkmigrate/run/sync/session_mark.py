"""Settings of the session that tell triggers of ours to stand back, and by whom they may be set.

Everybody may set a setting of a name that PostgreSQL does not know. So one counts only for a role
that has USAGE on the schema of our functions, and may make triggers on the table: the migrating
role, and, as whom these functions run, the owners of tables with such triggers (see
sql/ownership.sql), each on its own, who could as well drop the triggers. An application is none.
"""

from gnkmigrate import own_objects
from gnkmigrate.run.names import literal

# Set by followers, which run as the owner of their table, while they write.
FOLLOWING = "gnkmigrate.following"
# Set by the migrating role's own sessions, while they fill or restore old and new values alike.
FILLING = "gnkmigrate.filling"

# As whom the session acts, whatever runs as an owner meanwhile (manual, SET ROLE).
SESSION = "coalesce(nullif(current_setting('role'), 'none'), session_user)"
_SCHEMA = literal(own_objects.JOURNAL)


def alone(table: str = "") -> str:
    """The condition that what is written to a table comes from no follower.

    Args:
        table: SQL for its oid; "" where a revision's own triggers follow, whose owner may have
            fewer rights on it.
    """
    return f"({_unset(FOLLOWING)} OR NOT {_counts('current_user', table)})"


def not_filling(table: str) -> str:
    """The condition that nobody fills; whether the role may say so is asked where it is said.

    Args:
        table: SQL for the oid of the table that is written.
    """
    return f"({_unset(FILLING)} OR NOT {_counts(SESSION, table)})"


def oid(table: str) -> str:
    """SQL for the oid of a quoted table."""
    return f"{literal(table)}::regclass"


def _unset(setting: str) -> str:
    return f"coalesce(current_setting('{setting}', true), '') = ''"


def _counts(role: str, table: str) -> str:
    """Whether a role may set such a setting; on the table it could make triggers of its own."""
    ours = f"has_schema_privilege({role}, {_SCHEMA}, 'USAGE')"
    return f"({ours} AND has_table_privilege({role}, {table}, 'TRIGGER'))" if table else ours
