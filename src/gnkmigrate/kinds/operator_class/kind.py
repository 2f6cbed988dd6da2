"""Operator classes (manual: CREATE OPERATOR CLASS, chapter 36.16)."""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.family_member import member_name, use_name
from gnkmigrate.kinds.of_method import OfMethod, method_of
from gnkmigrate.kinds.statement import Statement, Statements

_MEMBERS = {"operators": "OPERATOR", "functions": "FUNCTION"}

# What is added to a family of these for one type becomes that of the type's class
# (btadjustmembers, hashadjustmembers); with others it stays loose.
_TIES_TO_CLASS = frozenset({"btree", "hash"})


class OperatorClass(OfMethod):
    name = "operator class"
    catalog = "pg_opclass"
    found_in = "pg_opclass WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {
        "type": How.MADE_AGAIN,
        "default": How.MADE_AGAIN,
        "family": How.MADE_AGAIN,
        "storage": How.MADE_AGAIN,
        "operators": How.ALTERED,
        "functions": How.ALTERED,
    }
    rank = 58
    word = "OPERATOR CLASS"
    has_owner = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        payload, method = fact.payload, method_of(fact)
        members = list(_clauses(payload["operators"], payload["functions"]))
        storage = payload["storage"]
        if storage is None and not members:
            storage = payload["type"]  # at least something must stand there
        if storage is not None:
            members.append(f"STORAGE {storage}")
        name = self.reference(fact).removesuffix(f" USING {method}")
        default = " DEFAULT" if payload["default"] else ""
        sql = f"CREATE {name}{default} FOR TYPE {payload['type']} USING {method}"
        sql += f" FAMILY {payload['family']} AS {', '.join(members)}"
        return (Statement(sql, f"{self.words(fact)} is missing."),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        """Adds what is missing; nothing takes away what an operator class consists of."""
        del context
        before, after = change.before or change.fact, change.fact
        gone, new = _only(before, after), _only(after, before)
        if any(gone.values()) or method_of(after) not in _TIES_TO_CLASS:
            return None
        family = f"{after.payload['family']} USING {method_of(after)}"
        added = ", ".join(_clauses(new["operators"], new["functions"]))
        reason = f"{self.words(after)} differs in: {', '.join(sorted(differing))}."
        return (Statement(f"ALTER OPERATOR FAMILY {family} ADD {added}", reason),)

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        payload, method = fact.payload, method_of(fact)
        family = f"{payload['family']} USING {method}"
        operators = [_operator_name(each) for each in payload["operators"]]
        functions = [each[: each.index(")") + 1] for each in payload["functions"]]
        members = [member_name("OPERATOR", family, each) for each in operators]
        members += [member_name("FUNCTION", family, each) for each in functions]
        members += [_use(family, each) for each in payload["operators"]]
        default = [("default operator class", method, payload["type"])]
        return super().names(fact).union(members, default if payload["default"] else ())


def _clauses(operators: Sequence[str], functions: Sequence[str]) -> Iterator[str]:
    yield from (f"OPERATOR {each}" for each in operators)
    yield from (f"FUNCTION {each}" for each in functions)


def _only(one: Fact, other: Fact) -> dict[str, list[str]]:
    return {
        key: [each for each in one.payload[key] if each not in other.payload[key]]
        for key in _MEMBERS
    }


def _use(family: str, text: str) -> tuple[str, ...]:
    """What "1 public.< (integer, integer)" occupies besides its number."""
    _, operator, rest = text.split(" ", 2)
    types, orders, _ = rest.partition(" FOR ORDER BY ")
    return use_name(family, operator, types, orders=bool(orders))


def _operator_name(text: str) -> str:
    """Number and types of "1 public.< (integer, integer)"."""
    number, _, rest = text.partition(" ")
    types = rest[rest.index("(") :].partition(" FOR ORDER BY ")[0]
    return f"{number} {types}"


KIND = OperatorClass()
