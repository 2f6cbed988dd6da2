"""Labels of security modules (manual: SECURITY LABEL)."""

from collections.abc import Mapping, Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.of_inherited import goes_along
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, literal, qualified


class SecurityLabel(Kind):
    name = "security label"
    found_in = "pg_seclabel"
    attributes = {"labels": How.ALTERED}
    rank = 114
    is_satellite = True
    has_comment = False

    def words(self, fact: Fact) -> str:
        kind, *path = fact.identity.path
        return f"Security label of {kind} {qualified(*path)}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        return _between(fact, {}, _labels(fact), context.find(fact.parent))

    def drop(self, fact: Fact, context: Context) -> Statements:
        if goes_along(fact, context):
            return ()
        return _between(fact, _labels(fact), {}, context.before(fact.parent))

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing
        before, thing = _labels(change.before or change.fact), context.find(change.fact.parent)
        return _between(change.fact, before, _labels(change.fact), thing)


def _labels(fact: Fact) -> Mapping[str, str]:
    """By the module that gives it."""
    return dict(each.split("=", 1) for each in fact.payload["labels"])


def _between(
    fact: Fact, current: Mapping[str, str], wanted: Mapping[str, str], thing: Fact | None
) -> Statements:
    if thing is None:
        return ()
    kind, *path = fact.identity.path
    known = kind_of(thing.kind)
    whole = thing.kind == kind
    reference = known.reference(thing) if whole else f"{kind.upper()} {qualified(*path)}"
    words = known.words(thing) if whole else reference.capitalize()
    return tuple(
        Statement(
            f"SECURITY LABEL FOR {identifier(module)} ON {reference} IS {label}",
            f"{words} differs in its label of {module}.",
        )
        for module in sorted({*current, *wanted})
        if current.get(module) != wanted.get(module)
        for label in (literal(wanted[module]) if module in wanted else "NULL",)
    )


KIND = SecurityLabel()
