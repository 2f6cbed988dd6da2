"""Extensions (manual: CREATE EXTENSION, ALTER EXTENSION, DROP EXTENSION)."""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, literal


class ExtensionKind(Kind):
    name = "extension"
    can_be_renamed = False
    catalog = "pg_extension"
    attributes = {
        "schema": How.ALTERED,
        "version": How.ALTERED,
        "updates": How.COSMETIC,  # to which versions it could be updated
        "usual_comment": How.COSMETIC,  # what it says of itself
        "casts": How.COSMETIC,  # what it makes of them; see kinds/casts.py
        "members": How.COSMETIC,  # the names that its members occupy; see extension_members.py
        "is_usual": How.COSMETIC,  # whether the server takes this version unless told otherwise
    }
    rank = 12
    brings_relation = True
    word = "EXTENSION"
    holds_data = True
    leaves_open = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        name, schema = identifier(fact.identity.name), identifier(fact.payload["schema"])
        version = fact.payload["version"]
        given = f" VERSION {literal(version)}" if version else ""
        return (
            Statement(
                f"CREATE EXTENSION {name} WITH SCHEMA {schema}{given}",
                f"Extension {name} is missing.",
            ),
        )

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        name, after = identifier(change.identity.name), change.fact.payload
        before = change.before.payload if change.before else after
        if "version" in differing and after["version"] not in before["updates"]:
            return None
        statements: list[Statement] = []
        if "version" in differing:
            statements.append(
                Statement(
                    f"ALTER EXTENSION {name} UPDATE TO {literal(after['version'])}",
                    f"The target has version {after['version']} of extension {name}.",
                )
            )
        if "schema" in differing:
            schema = identifier(after["schema"])
            statements.append(
                Statement(
                    f"ALTER EXTENSION {name} SET SCHEMA {schema}",
                    f"The target has extension {name} in schema {schema}.",
                )
            )
        return tuple(statements)

    def asks_besides(self, change: Change, context: Context) -> Iterator[tuple[str, Identity]]:
        del context
        if change.verb == "alter" and "schema" in change.differing:
            yield "MEMBERS", change.identity

    def beside(self, fact: Fact, script: Snapshot, other: Snapshot) -> Fact | None:
        # A script that names no version means whichever the server has.
        del script
        if other.is_script or not fact.payload["is_usual"]:
            return fact
        there = other.facts.get(fact.identity)
        return fact.has({"version": there.payload["version"] if there else None})

    def moved_members(
        self, before: Fact, after: Fact
    ) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        was, becomes = before.payload["schema"], after.payload["schema"]
        if was != becomes:
            there = {tuple(each) for each in after.payload["members"]}
            for space, schema, name in before.payload["members"]:
                if schema == was and (space, becomes, name) in there:
                    yield (schema, name), (becomes, name)

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return super().names(fact).union(map(tuple, fact.payload["members"]))

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        del target
        yield Identity("schema", (fact.payload["schema"],))


KIND = ExtensionKind()
