"""Range types (manual: CREATE TYPE, 8.17).

With a range type come its multirange type and the functions that make values of both, which are
called as their types are. Nothing but names can be altered: the old type is renamed with all that
came with it, columns go over to the new one by way of text, and the old one is dropped.
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.user_type import (
    UserType,
    moved,
    multirange_aside,
    multirange_of,
    shell,
    with_name,
)
from gnkmigrate.postgres.quoting import (
    beside,
    dollar_quoted,
    identifier,
    literal,
    names_in,
    qualified,
)

_OPTIONS = {
    "subtype": "SUBTYPE",
    "operator_class": "SUBTYPE_OPCLASS",
    "collation": "COLLATION",
    "canonical": "CANONICAL",
    "difference": "SUBTYPE_DIFF",
    "multirange": "MULTIRANGE_TYPE_NAME",
}
# They are internal dependents of their type, and ALTER TYPE ... RENAME leaves them alone.
_NAME_CONSTRUCTORS = """\
DECLARE made regprocedure;
BEGIN
    FOR made IN
        SELECT link.objid
        FROM pg_catalog.pg_depend AS link
        JOIN pg_catalog.pg_proc AS function ON function.oid = link.objid
        WHERE link.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
            AND link.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
            AND link.refobjid = {type}::pg_catalog.regtype
            AND link.deptype = 'i'
            AND function.proname <> {name}
    LOOP
        EXECUTE pg_catalog.format('ALTER FUNCTION %s RENAME TO %I', made, {name});
    END LOOP;
END"""


class RangeType(UserType):
    name = "range type"
    found_in = "pg_range WHERE rngtypid >= 16384"
    attributes = {
        "subtype": How.MADE_AGAIN,
        "operator_class": How.MADE_AGAIN,
        "collation": How.MADE_AGAIN,
        "canonical": How.MADE_AGAIN,
        "difference": How.MADE_AGAIN,
        "multirange": How.ALTERED,
    }
    rank = 30
    made_whole = True
    has_constructors = True

    def first_form(self, fact: Fact, context: Context) -> Fact:
        """The name alone, where a function of the type is needed to make the type."""
        del context
        return shell(fact) if fact.payload["canonical"] else fact

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        if not fact.payload:
            return self.named(fact)
        values = {**fact.payload, "multirange": multirange_of(fact)}
        options = ", ".join(
            f"{option} = {values[each]}"
            for each, option in _OPTIONS.items()
            if values[each] is not None
        )
        sql = f"CREATE {self.reference(fact)} AS RANGE ({options})"
        return (Statement(sql, f"{self.words(fact)} is missing."),)

    def alter(self, change: Change, context: Context) -> Statements | None:
        if change.before is not None and not change.before.payload:
            return self.create(change.fact, (), context)
        return super().alter(change, context)

    def drop(self, fact: Fact, context: Context) -> Statements:
        (dropped,) = super().drop(fact, context)
        # Such a function and the type need each other, and go together.
        cascade = " CASCADE" if fact.payload["canonical"] else ""
        return (Statement(f"{dropped.sql}{cascade}", dropped.reason),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing, context
        # The schema that both may be in has its new name already.
        before = (change.before or change.fact).replaced(identity=change.identity)
        return _renamed(multirange_of(before), multirange_of(change.fact))

    def rename(self, change: Change, context: Context) -> Statements:
        renamed = super().rename(change, context)
        constructors = _constructors(qualified(*change.identity.path))
        if change.identity in context.target:
            return (*renamed, constructors)
        # Its successor may have a multirange type of the same name.
        multirange = multirange_of(change.fact)
        aside = multirange_aside(multirange, change.identity.name)
        return (*renamed, constructors, *_renamed(multirange, aside))

    def moved_members(
        self, before: Fact, after: Fact
    ) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        if before.payload and after.payload and multirange_of(before) != multirange_of(after):
            yield names_in(multirange_of(before)), names_in(multirange_of(after))

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        if not fact.payload:
            return super().names(fact)
        return super().names(fact) | {("type", *names_in(multirange_of(fact)))}

    def names_aside(self, fact: Fact, suffix: str) -> frozenset[str]:
        *_, multirange = names_in(multirange_of(fact))
        return super().names_aside(fact, suffix) | {beside(multirange, suffix)}

    def adapted(self, fact: Fact, old: Identity, aside: Identity) -> Fact:
        collation = fact.payload["collation"]
        values = {
            "subtype": with_name(fact.payload["subtype"], old, aside),
            "collation": collation and with_name(collation, old, aside),
        }
        return fact.has(values).replaced(depends_on=moved(fact.depends_on, old, aside))


def _renamed(old: str, new: str) -> Statements:
    """Statements that give a multirange type another name."""
    (schema, name), (new_schema, new_name) = names_in(old), names_in(new)
    statements = []
    reason = f"Multirange type {old} is to be called {new}."
    if name != new_name:
        statements.append(Statement(f"ALTER TYPE {old} RENAME TO {identifier(new_name)}", reason))
    if schema != new_schema:
        between = qualified(schema, new_name)
        sql = f"ALTER TYPE {between} SET SCHEMA {identifier(new_schema)}"
        statements.append(Statement(sql, reason))
    return (*statements, _constructors(new))


def _constructors(type_: str) -> Statement:
    """Gives the functions that make values of a type the type's name."""
    name = names_in(type_)[-1]
    body = _NAME_CONSTRUCTORS.format(type=literal(type_), name=literal(name))
    return Statement(
        f"DO {dollar_quoted(body)}", f"The functions that make values of {type_} have its name."
    )


KIND = RangeType()
