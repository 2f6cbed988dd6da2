"""An enum, a domain or another type of the project's that nothing in the schema uses.

It is mostly left over from a column that is gone. What only the body of a function names, as text,
is not seen, nor is what a client asks for by name.

Source: PostgreSQL manual, DROP TYPE, 5.15 (dependency tracking).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import for_each_schema
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot

_KINDS = ("enum", "domain", "composite type", "range type")


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    types = [fact for kind in _KINDS for fact in snapshot.of_kind(kind)]
    used = _used(snapshot) if types else set()
    return for_each_schema(
        (fact for fact in types if fact.identity not in used),
        "Nothing of schema SCHEMA uses its type NAME.",
        "Nothing uses COUNT types of schema SCHEMA.",
        "types",
        _described,
    )


def _used(snapshot: Snapshot) -> set[Identity]:
    """What other things need, apart from what merely hangs on it, such as a comment."""
    return {need for fact in snapshot for need in fact.depends_on if need != fact.parent}


def _described(type_: Fact) -> str:
    return f"{type_.identity.name} ({type_.kind.removesuffix(' type')})"


CHECK = StructureCheck(
    id="GNK-S051",
    slug="unused-type",
    title="Every type is used",
    severity=Severity.INFO,
    impact="Whoever reads the schema looks for what it is there for.",
    recommendation="See whether a client or a function's body names it; else drop it.",
    find=find,
)
