"""Things of a table as SQL and sentences name them."""

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.quoting import identifier, qualified


def on_table(word: str, fact: Fact) -> str:
    """What lives in a table and is named after it: "POLICY own ON public.accounts"."""
    *table, name = fact.identity.path
    return f"{word} {identifier(name)} ON {qualified(*table)}"


def last_names(change: Change) -> tuple[str, str]:
    """The last part of the old and of the new name of what is renamed, quoted."""
    before = change.before or change.fact
    return identifier(before.identity.name), identifier(change.identity.name)
