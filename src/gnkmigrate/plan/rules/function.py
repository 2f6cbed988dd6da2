"""Functions, procedures, aggregates and window functions (manual: CREATE FUNCTION and siblings)."""

from collections.abc import Mapping, Sequence
from typing import Any

from gnkmigrate.catalog.model import Fact
from gnkmigrate.diff.change import Change
from gnkmigrate.plan.quoting import literal, qualified
from gnkmigrate.plan.rule import Context, Rule
from gnkmigrate.plan.statement import Statement, Statements

_WORDS = {"function": "FUNCTION", "window": "FUNCTION", "procedure": "PROCEDURE"}

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


class FunctionRule(Rule):
    kind = "function"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        return (Statement(_create(fact), f"{_name(fact)} is missing."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        return (
            Statement(
                f"DROP {signature(fact.identity.path, fact.payload['kind'])}",
                f"{_name(fact)} is not in the target.",
            ),
        )

    def alter(self, change: Change, context: Context) -> Statements | None:
        del context
        # CREATE OR REPLACE keeps name, arguments and result (CREATE FUNCTION, Notes).
        if {"kind", "arguments", "result"} & set(change.differing):
            return None
        differing = ", ".join(key for key in change.differing if key != "definition")
        reason = f"{_name(change.fact)} differs in: {differing or 'definition'}."
        return (Statement(_create(change.fact), reason),)


def signature(path: Sequence[str], kind: str) -> str:
    """A routine as DROP and COMMENT name it: FUNCTION public.area(integer)."""
    *schema, routine = path
    name, _, types = routine.rpartition("(")
    return f"{_WORDS.get(kind, 'ROUTINE')} {qualified(*schema, name)}({types}"


def _name(fact: Fact) -> str:
    return f"{str(fact.payload['kind']).capitalize()} {'.'.join(fact.identity.path)}"


def _create(fact: Fact) -> str:
    *schema, routine = fact.identity.path
    name = qualified(*schema, routine.rpartition("(")[0])
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
        operator = parts["sort_operator"].partition("(")[0]
        options.append(f"SORTOP = OPERATOR({operator})")
    if payload["parallel"] != "unsafe":
        options.append(f"PARALLEL = {payload['parallel'].upper()}")
    if parts["kind"] == "hypothetical-set":
        options.append("HYPOTHETICAL")
    arguments = payload["arguments"] or "*"
    return f"{arguments}) ({', '.join(options)})"


RULE = FunctionRule()
