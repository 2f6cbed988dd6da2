"""Publications (manual: CREATE PUBLICATION, ALTER PUBLICATION, chapter 31)."""

from collections.abc import Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.publication_table.kind import entry
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, literal


class Publication(Kind):
    name = "publication"
    catalog = "pg_publication"
    found_in = "pg_publication WHERE oid >= 16384"
    attributes = {
        "all_tables": How.MADE_AGAIN,
        "publish": How.ALTERED,
        "via_root": How.ALTERED,
        "generated_columns": How.ALTERED,
    }
    rank = 90
    word = "PUBLICATION"
    has_owner = True
    has_label = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del context
        tables = [entry(part) for part in sorted(parts, key=_identity) if _is_table(part)]
        schemas = [
            identifier(part.identity.name)
            for part in sorted(parts, key=_identity)
            if not _is_table(part)
        ]
        words = [f"CREATE {self.reference(fact)}"]
        if fact.payload["all_tables"]:
            words.append("FOR ALL TABLES")
        listed = [f"TABLE {', '.join(tables)}"] if tables else []
        listed += [f"TABLES IN SCHEMA {', '.join(schemas)}"] if schemas else []
        if listed:
            words.append(f"FOR {', '.join(listed)}")
        options = [
            _option(fact, attribute)
            for attribute, usual in _USUAL.items()
            if fact.payload[attribute] != usual
        ]
        if options:
            words.append(f"WITH ({', '.join(options)})")
        return (Statement(" ".join(words), f"{self.words(fact)} is missing."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        statements = super().drop(fact, context)
        if fact.identity in context.target:
            lost = f"for subscribers of {identifier(fact.identity.name)}, what is written until it "
            lost += "is made again"
            return tuple(replace(each, loses_data=lost) for each in statements)
        return statements

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        fact = change.fact
        options = ", ".join(_option(fact, each) for each in _USUAL if each in differing)
        reason = f"{self.words(fact)} differs in: {', '.join(sorted(differing))}."
        return (Statement(f"ALTER {self.reference(fact)} SET ({options})", reason),)


_USUAL = {
    "publish": ["insert", "update", "delete", "truncate"],
    "via_root": False,
    "generated_columns": "none",
}


def _option(fact: Fact, attribute: str) -> str:
    value = fact.payload[attribute]
    if attribute == "publish":
        return f"publish = {literal(', '.join(value))}"
    if attribute == "via_root":
        return f"publish_via_partition_root = {str(value).lower()}"
    return f"publish_generated_columns = {value}"


def _is_table(part: Fact) -> bool:
    return part.kind == "publication table"


def _identity(part: Fact) -> tuple[str, ...]:
    return part.identity.path


KIND = Publication()
