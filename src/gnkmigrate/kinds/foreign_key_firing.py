"""When the triggers fire by which PostgreSQL keeps a foreign key (manual: ALTER TABLE).

DISABLE TRIGGER ALL, of a superuser, switches them off on one table or on both: the foreign key is
there and holds nothing. Their names have numbers in them, so that a command has to look for them.
A fact has those alone that do not fire in ordinary sessions.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import firing, locks
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import dollar_quoted, literal, qualified

# The ends of their functions' names, by what they watch.
_FUNCTIONS = {
    "referencing insert": "check_ins",
    "referencing update": "check_upd",
    "referenced delete": "[a-z]+_del",
    "referenced update": "(?!check)[a-z]+_upd",
}


def set_firing(fact: Fact, old: Mapping[str, str] | None) -> Iterator[Statement]:
    """Statements that make the triggers of a foreign key fire as it says.

    Args:
        fact: the foreign key, which is there.
        old: what is not usual of its triggers; None where they are new.
    """
    before, after = old or {}, fact.payload["firing"] or {}
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for watched, function in _FUNCTIONS.items():
        state = after.get(watched, firing.ORIGIN)
        if state != before.get(watched, firing.ORIGIN):
            wanted[state].append(function)
    table = fact.identity.path[:-1]
    references = fact.payload["references"]
    relations = sorted({qualified(*table), qualified(references["schema"], references["table"])})
    for state, functions in wanted.items():
        yield Statement(
            _command(qualified(*table), fact.identity.name, state, functions),
            firing.in_target(f"What keeps foreign key {fact.identity.name}", state),
            lock=locks.ENABLE_TRIGGER,
            relation=", ".join(relations),
        )


def _command(table: str, name: str, state: str, functions: list[str]) -> str:
    """Looks for the triggers, those on partitions among them, and sets each."""
    pattern = f"^RI_FKey_({'|'.join(functions)})$"
    action = f"ALTER TABLE ONLY %s {firing.COMMANDS[state]} TRIGGER %I"
    return "DO " + dollar_quoted(
        "DECLARE found record; BEGIN FOR found IN "
        "WITH RECURSIVE share AS (SELECT oid FROM pg_catalog.pg_constraint "
        f"WHERE conrelid = {literal(table)}::pg_catalog.regclass AND conname = {literal(name)} "
        "UNION ALL SELECT below.oid FROM share "
        "JOIN pg_catalog.pg_constraint AS below ON below.conparentid = share.oid) "
        "SELECT tgrelid::pg_catalog.regclass AS relation, tgname AS name FROM share "
        "JOIN pg_catalog.pg_trigger ON tgconstraint = share.oid "
        "JOIN pg_catalog.pg_proc AS called ON called.oid = tgfoid "
        f"AND proname ~ {literal(pattern)} "
        f"LOOP EXECUTE format({literal(action)}, found.relation, found.name); END LOOP; END"
    )
