"""Functions, procedures, aggregates and window functions (manual: CREATE FUNCTION and siblings)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import Effect, How
from gnkmigrate.kinds.kind import Kind, used_types
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, literal, qualified
from gnkmigrate.postgres.routine import marked, parted, types_in

_WORDS = {
    "function": "FUNCTION",
    "window": "FUNCTION",
    "procedure": "PROCEDURE",
    "aggregate": "AGGREGATE",
}

# CREATE AGGREGATE's options by the payload's keys; those that name functions come second, since
# they are given without argument types.
_AGGREGATE_OPTIONS = {
    "state_type": "STYPE",
    "state_space": "SSPACE",
    "moving_state_type": "MSTYPE",
    "moving_state_space": "MSSPACE",
}
_AGGREGATE_FUNCTIONS = {
    "state_function": "SFUNC",
    "final_function": "FINALFUNC",
    "combine_function": "COMBINEFUNC",
    "serialize_function": "SERIALFUNC",
    "deserialize_function": "DESERIALFUNC",
    "moving_state_function": "MSFUNC",
    "moving_inverse_function": "MINVFUNC",
    "moving_final_function": "MFINALFUNC",
}
_FINAL_MODIFY = {"r": "READ_ONLY", "s": "SHAREABLE", "w": "READ_WRITE"}


class FunctionKind(Kind):
    name = "function"
    catalog = "pg_proc"
    found_in = "pg_proc WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {
        # CREATE OR REPLACE keeps name, arguments and result (CREATE FUNCTION, Notes).
        "kind": How.MADE_AGAIN,
        "arguments": How.MADE_AGAIN,
        "result": How.MADE_AGAIN,
        **dict.fromkeys(
            ("definition", "language", "source", "volatility", "parallel", "strict", "leakproof",
             "security_definer", "cost", "rows", "settings", "support"),
            How.ALTERED,
        ),
        "aggregate": How.ALTERED,
    }  # fmt: skip
    rank = 44
    word = "FUNCTION"
    named_by_types = True
    has_owner = True
    has_label = True
    grant_word = "ROUTINE"
    shows_others = True

    def reference(self, fact: Fact) -> str:
        return signature(fact.identity.path, fact.payload["kind"])

    def grant_reference(self, fact: Fact) -> str:
        word = "PROCEDURE" if fact.payload["kind"] == "procedure" else "FUNCTION"
        return f"{word} {self.reference(fact).split(' ', 1)[1]}"

    def address(self, fact: Fact) -> str:
        *schema, routine = fact.identity.path
        name, types = parted(routine)
        return f"{qualified(*schema, name)}{types}"

    def words(self, fact: Fact) -> str:
        return _name(fact)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        return (Statement(_create(fact), f"{_name(fact)} is missing."),)

    def asks(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        del context
        return used_types(fact)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        if any(_other_types(change, context)):
            return None
        if "aggregate" in differing and _state(change.before) != _state(change.fact):
            return None  # OR REPLACE may not change the type of the state
        told = ", ".join(sorted(differing - {"definition"}))
        reason = f"{_name(change.fact)} differs in: {told or 'definition'}."
        return (Statement(_create(change.fact), reason),)

    def effect(self, change: Change, dependent: Fact, context: Context) -> Effect:
        """OR REPLACE keeps all but what it depends on, extensions included."""
        del change, context
        return Effect.ALTERED if dependent.kind == "extension dependency" else Effect.NONE

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        name, types = parted(change.identity.name)  # which have their new names already
        *schema, before = (change.before or change.fact).identity.path
        old = signature((*schema, parted(before)[0] + types), change.fact.payload["kind"])
        return (
            Statement(
                f"ALTER {old} RENAME TO {identifier(name)}",
                f"{_name(change.before or change.fact)} is to be called {identifier(name)}.",
            ),
        )

    def called(self, fact: Fact, name: str) -> Fact:
        _, types = parted(fact.identity.name)
        return super().called(fact, f"{name}{types}")

    def text(self, fact: Fact) -> str:
        return str(fact.payload["source"] or "") if fact.payload["kind"] != "aggregate" else ""

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return self.calls(fact.identity)

    def calls(self, identity: Identity) -> frozenset[tuple[str, ...]]:
        *schema, routine = identity.path
        return frozenset({("routine", *schema, parted(routine)[0])})


def _other_types(change: Change, context: Context) -> Iterator[Identity]:
    """The types by which it is called that are something else in the target, by the same name."""
    if change.before is not None:
        called = types_in(change.before.identity.name)
        for used in change.before.depends_on:
            if used.path in called and context.names.of(used) not in change.fact.depends_on:
                yield used


def _state(fact: Fact | None) -> Any:
    parts = fact.payload["aggregate"] if fact else None
    return parts and (parts["state_type"], parts["kind"], parts["direct_arguments"])


def signature(path: Sequence[str], kind: str) -> str:
    """A routine as DROP and COMMENT name it: FUNCTION public.area(integer)."""
    *schema, routine = path
    name, types = parted(routine)
    if kind == "procedure":
        types = marked(types)
    if kind == "aggregate" and types == "()":
        types = "(*)"
    return f"{_WORDS[kind]} {qualified(*schema, name)}{types}"


def _name(fact: Fact) -> str:
    return f"{str(fact.payload['kind']).capitalize()} {'.'.join(fact.identity.path)}"


def _create(fact: Fact) -> str:
    *schema, routine = fact.identity.path
    name = qualified(*schema, parted(routine)[0])
    kind = fact.payload["kind"]
    if kind == "aggregate":
        return f"CREATE OR REPLACE AGGREGATE {name}({_aggregate(fact.payload)}"
    # pg_get_functiondef() ends its text with a line feed.
    definition = str(fact.payload["definition"]).rstrip("\n")
    return f"CREATE OR REPLACE {_WORDS[kind]} {name}{definition}"


def _aggregate(payload: Mapping[str, Any]) -> str:
    parts = payload["aggregate"]
    options = [
        f"{option} = {parts[key]}" for key, option in _AGGREGATE_OPTIONS.items() if parts[key]
    ]
    options += [
        f"{option} = {parts[key].rpartition('(')[0]}"
        for key, option in _AGGREGATE_FUNCTIONS.items()
        if parts[key]
    ]
    for prefix, option in (("", ""), ("moving_", "M")):
        if parts[f"{prefix}final_extra"]:
            options.append(f"{option}FINALFUNC_EXTRA")
        if parts[f"{prefix}final_function"]:
            modify = _FINAL_MODIFY[parts[f"{prefix}final_modify"]]
            options.append(f"{option}FINALFUNC_MODIFY = {modify}")
    for key, option in (("initial_value", "INITCOND"), ("moving_initial_value", "MINITCOND")):
        if parts[key] is not None:
            options.append(f"{option} = {literal(parts[key])}")
    if parts["sort_operator"]:
        operator, _ = parted(parts["sort_operator"])
        options.append(f"SORTOP = OPERATOR({operator})")
    if payload["parallel"] != "unsafe":
        options.append(f"PARALLEL = {payload['parallel'].upper()}")
    if parts["kind"] == "hypothetical-set":
        options.append("HYPOTHETICAL")
    arguments = payload["arguments"] or "*"
    return f"{arguments}) ({', '.join(options)})"


KIND = FunctionKind()
