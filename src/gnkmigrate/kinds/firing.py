"""When triggers and rules fire: pg_trigger.tgenabled and its like, as words and as SQL.

session_replication_role decides in which sessions (manual: ALTER TABLE, DISABLE TRIGGER).
"""

from types import MappingProxyType

ORIGIN = "origin"  # what CREATE makes
COMMANDS = MappingProxyType(
    {
        ORIGIN: "ENABLE",
        "disabled": "DISABLE",
        "replica": "ENABLE REPLICA",
        "always": "ENABLE ALWAYS",
    }
)
_SENTENCES = MappingProxyType(
    {
        ORIGIN: "fires in ordinary sessions",
        "disabled": "is disabled",
        "replica": "fires in replica sessions only",
        "always": "fires in all sessions",
    }
)


def in_target(words: str, state: str) -> str:
    """Why a statement sets `state`: "Rule r ON public.t is disabled in the target."."""
    return f"{words} {_SENTENCES[state]} in the target."
