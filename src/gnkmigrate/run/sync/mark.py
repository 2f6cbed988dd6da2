"""Settings of the session that tell triggers of ours to stand back, and by whom they may be set.

Everybody may set a setting of a name that PostgreSQL does not know. So one counts only for a role
that has USAGE on the schema of our functions: the migrating role, and, as whom these functions
run, the owners of the tables with such triggers (see sql/ownership.sql). An application has it not,
unless it is one of them, who could as well drop the triggers.
"""

from gnkmigrate import own
from gnkmigrate.run.names import literal

# Set by followers, which run as the owner of their table, while they write.
FOLLOWING = "gnkmigrate.following"
# Set by the migrating role's own sessions, while they fill or restore old and new values alike.
FILLING = "gnkmigrate.filling"

# As whom the session acts, whatever runs as an owner meanwhile (manual, SET ROLE).
_SESSION = "coalesce(nullif(current_setting('role'), 'none'), session_user)"
_SCHEMA = literal(own.JOURNAL)

# The condition that what is written comes from no follower.
ALONE = (
    f"(coalesce(current_setting('{FOLLOWING}', true), '') = ''"
    f" OR NOT has_schema_privilege({_SCHEMA}, 'USAGE'))"
)
# The condition that nobody fills. Whether the role may say so is asked only where it is said.
NOT_FILLING = (
    f"(coalesce(current_setting('{FILLING}', true), '') = ''"
    f" OR NOT has_schema_privilege({_SESSION}, {_SCHEMA}, 'USAGE'))"
)
