"""Extensions along with which a thing is dropped (manual: ALTER FUNCTION, DEPENDS ON EXTENSION).

Functions, procedures, indexes, triggers and materialized views have them.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of, locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.function.kind import signature
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified


class ExtensionDependency(Kind):
    name = "extension dependency"
    found_in = "pg_depend WHERE deptype = 'x'"
    attributes = {"extensions": How.ALTERED}
    rank = 117
    is_satellite = True
    has_comment = False

    def words(self, fact: Fact) -> str:
        kind, *path = fact.identity.path
        return f"Dependency on extensions of {kind} {qualified(*path)}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        return tuple(_set(fact, (), context.find(fact.parent)))

    def drop(self, fact: Fact, context: Context) -> Statements:
        nothing = fact.has({"extensions": []})
        return tuple(_set(nothing, fact.payload["extensions"], context.before(fact.parent)))

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing
        before = change.before or change.fact
        # CREATE OR REPLACE forgets them: those that stay are said again, which does no harm.
        return tuple(
            _set(change.fact, before.payload["extensions"], context.find(change.fact.parent))
        )

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        yield from _extensions(fact)
        # An index that is made anew with a column's new type forgets them.
        thing = target.facts.get(fact.parent) if fact.parent else None
        yield from thing.depends_on if thing is not None else ()

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        return (*super().dies_with(fact), *_extensions(fact))

    def leaves_first(self, fact: Fact, dropped: AbstractSet[Identity]) -> bool:
        # Else the extension takes the thing along.
        return fact.parent not in dropped


def _extensions(fact: Fact) -> Iterator[Identity]:
    return (Identity("extension", (name,)) for name in fact.payload["extensions"])


def _set(fact: Fact, before: Sequence[str], thing: Fact | None) -> Iterator[Statement]:
    """Statements that take away what is only in `before`, and give all that `fact` has."""
    if thing is None:
        return
    reference, relation = _reference(fact, thing)
    wanted = fact.payload["extensions"]
    for name in (*(each for each in before if each not in wanted), *wanted):
        word = "DEPENDS" if name in wanted else "NO DEPENDS"
        goes = "goes" if name in wanted else "does not go"
        yield Statement(
            f"ALTER {reference} {word} ON EXTENSION {identifier(name)}",
            f"In the target {reference} {goes} along with extension {name}.",
            lock=locks.ACCESS_EXCLUSIVE if relation else locks.NONE,
            relation=relation,
        )


def _reference(fact: Fact, thing: Fact) -> tuple[str, str]:
    """The thing as ALTER names it, and the relation that is locked."""
    kind, *path = fact.identity.path
    if thing.kind != kind:  # the index of a constraint
        return f"{kind.upper()} {qualified(*path)}", qualified(*path)
    if kind == "function":
        routine = thing.payload["kind"]
        if routine == "aggregate":
            return f"ROUTINE {signature(path, 'function').partition(' ')[2]}", ""
        return signature(path, routine), ""
    relation = path if kind_of(kind).is_relation else path[:-1]
    return kind_of(kind).reference(thing), qualified(*relation)


KIND = ExtensionDependency()
