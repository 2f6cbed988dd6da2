"""The project's settings for work on a throwaway server, where no application has to be spared."""

from gnkmigrate.run.encryption_key import made_up
from gnkmigrate.settings import Settings

_NOBODY_WAITS = 2**62  # rows; a dry run may hold its locks there for as long as it likes


def unhurried(settings: Settings, major: int) -> Settings:
    """Settings without pauses, with which what is not the user's may run.

    Args:
        settings: the project's; where they name no encryption key, one is made up.
        major: the server's major version, which further throwaway servers are to have.
    """
    limits = settings.limits.model_copy(
        update={
            "dry_run_rows": _NOBODY_WAITS,
            "pause_while": None,
            "wal_mb_per_s": None,
            "throttle": 0.0,
        }
    )
    server = settings.server.model_copy(update={"major": major})
    # What runs there runs with the rights of nobody who matters.
    changed = {"limits": limits, "server": server, "trust_triggers": True}
    if not settings.encryption_key_command:  # what has been encrypted there goes with it
        changed["encryption_key_command"] = made_up()
    return settings.model_copy(update=changed)
