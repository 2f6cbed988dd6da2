"""A setting of the session that tells triggers of ours to stand back, and by whom it may be set.

Everybody may set a setting of a name that PostgreSQL does not know. So it counts only for a role
that has USAGE on the schema of our functions: the migrating role, and, as whom these functions
run, the owners of the tables with such triggers (see sql/ownership.sql). An application has it not,
unless it is one of them, who could as well drop the triggers.
"""

from gnkmigrate import own
from gnkmigrate.run.names import literal


def unmarked(setting: str) -> str:
    """The condition of a trigger that fires unless the setting tells it to stand back.

    Whether the role may say so is asked only where the setting is there.
    """
    said = f"coalesce(current_setting({literal(setting)}, true), '')"
    trusted = f"has_schema_privilege({literal(own.JOURNAL)}, 'USAGE')"
    return f"({said} = '' OR NOT {trusted})"
