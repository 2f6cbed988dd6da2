"""The index beneath a key or an exclusion constraint: its storage options and its tablespace.

Neither is in the definition that PostgreSQL prints of a key; both have a place in the middle of it
(manual: CREATE TABLE, index_parameters). An index of a partitioned table has no command for either.
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.options import listed, set_and_reset
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import identifier, listing, literal, qualified

SETTINGS = frozenset({"options", "tablespace"})

_INDEXED = {"primary key": "PRIMARY KEY", "unique": "UNIQUE"}


def without_options(definition: str, options: Sequence[str] | None) -> str:
    """The definition of an exclusion constraint, in which PostgreSQL prints the options too."""
    parts = [option.partition("=") for option in options or ()]
    printed = ", ".join(f"{identifier(name)}={_printed(value)}" for name, _, value in parts)
    return definition.replace(f" WITH ({printed})", "", 1) if printed else definition


def defined(fact: Fact) -> str:
    """The definition with the options and the tablespace of the index."""
    definition, settings = str(fact.payload["definition"]), _settings(fact, " USING INDEX")
    if not settings:
        return reprintable(definition)
    head = definition.removesuffix(" INITIALLY DEFERRED").removesuffix(" DEFERRABLE")
    if fact.payload["expression"]:
        head = head.removesuffix(f" WHERE ({fact.payload['expression']})")
    return reprintable(head) + settings + reprintable(definition.removeprefix(head))


def built_first(fact: Fact) -> tuple[str, str] | None:
    """What follows the table in CREATE UNIQUE INDEX, and what follows the name in ADD CONSTRAINT.

    None where ALTER TABLE has no such form for the constraint.
    """
    kind, name = _INDEXED.get(fact.payload["type"]), identifier(fact.identity.name)
    if kind is None:
        return None
    columns = listing(fact.payload["columns"])
    definition = str(fact.payload["definition"])
    for distinct in ("", " NULLS NOT DISTINCT"):
        head = f"{kind}{distinct} ({columns})"
        if definition == head or definition.startswith(f"{head} "):
            break
    else:
        return None
    include, deferrable, rest = definition.removeprefix(head).partition(" DEFERRABLE")
    return (
        f"({columns}){include}{distinct}{_settings(fact, '')}",
        f"{kind} USING INDEX {name}{deferrable}{rest}",
    )


def is_fixed(differing: frozenset[str], table: Identity, context: Context) -> bool:
    """Whether what differs in an index takes a new one, since it is a partitioned table's."""
    owner = context.find(table)
    return bool(SETTINGS & differing and owner is not None and owner.payload.get("partitioned_by"))


def altered(change: Change, differing: frozenset[str], words: str) -> Iterator[Statement]:
    """Statements that give the index its options and its tablespace."""
    index = qualified(change.identity.path[0], change.identity.name)
    before, after = (change.before or change.fact).payload, change.fact.payload
    if "options" in differing:
        for action in set_and_reset(before["options"], after["options"]):
            reason = f"The options of the index of {words} differ."
            lock = locks.SET_STORAGE_PARAMETERS
            yield Statement(f"ALTER INDEX {index} {action}", reason, lock=lock, relation=index)
    if "tablespace" in differing:
        space = identifier(after["tablespace"] or "pg_default")
        yield Statement(
            f"ALTER INDEX {index} SET TABLESPACE {space}",
            f"The target has the index of {words} in tablespace {space}.",
            lock=locks.ACCESS_EXCLUSIVE,
            relation=index,
        )


def _settings(fact: Fact, before_tablespace: str) -> str:
    options, tablespace = fact.payload["options"], fact.payload["tablespace"]
    text = f" WITH ({listed(options)})" if options else ""
    if tablespace:
        text += f"{before_tablespace} TABLESPACE {identifier(tablespace)}"
    return text


def _printed(value: str) -> str:
    """A value as PostgreSQL prints it behind the name of an option."""
    return value if identifier(value) == value else literal(value)
