"""Base types (manual: CREATE TYPE, ALTER TYPE, 36.13).

A base type and its functions need each other: first there is a shell with the type's name, then
the functions, then the type. It cannot be replaced while values of it are kept somewhere, since
two types would have to share the functions that read and write them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How, Replacement
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.user_type import UserType, holders, shell
from gnkmigrate.postgres.quoting import literal

_FUNCTIONS = {
    "input": "INPUT",
    "output": "OUTPUT",
    "receive": "RECEIVE",
    "send": "SEND",
    "modifier_input": "TYPMOD_IN",
    "modifier_output": "TYPMOD_OUT",
    "analyze": "ANALYZE",
    "subscript": "SUBSCRIPT",
}
_NAMED = {"alignment": "ALIGNMENT", "storage": "STORAGE", "element": "ELEMENT"}
_TEXTS = {"category": "CATEGORY", "default": "DEFAULT", "delimiter": "DELIMITER"}
_FLAGS = {"preferred": "PREFERRED", "collatable": "COLLATABLE"}
# ALTER TYPE ... SET knows these (superusers only).
_SETTABLE = {
    each: _FUNCTIONS.get(each) or _NAMED[each]
    for each in (
        "receive", "send", "modifier_input", "modifier_output", "analyze", "subscript", "storage"
    )
}  # fmt: skip


class BaseType(UserType):
    name = "base type"
    attributes = {
        **dict.fromkeys(_SETTABLE, How.ALTERED),
        **dict.fromkeys(
            ("input", "output", "length", "by_value", "alignment", "category", "preferred",
             "default", "element", "delimiter", "collatable"),
            How.MADE_AGAIN,
        ),
    }  # fmt: skip
    rank = 32
    made_whole = True

    def first_form(self, fact: Fact, context: Context) -> Fact:
        del context
        return shell(fact)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        if not fact.payload:
            return self.named(fact)
        options = ", ".join(_options(fact.payload))
        sql = f"CREATE {self.reference(fact)} ({options})"
        return (Statement(sql, f"{self.words(fact)} is missing."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        reason = f"{self.words(fact)} is not in the target, and its functions go with it."
        return (Statement(f"DROP {self.reference(fact)} CASCADE", reason),)

    def alter(self, change: Change, context: Context) -> Statements | None:
        if change.before is not None and not change.before.payload:
            return self.create(change.fact, (), context)
        return super().alter(change, context)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        fact = change.fact
        if "storage" in differing and fact.payload["storage"] == "plain":
            return None  # values may be stored otherwise already
        options = ", ".join(
            f"{_SETTABLE[each]} = {fact.payload[each] or 'NONE'}" for each in sorted(differing)
        )
        reason = f"{self.words(fact)} differs in: {', '.join(sorted(differing))}."
        return (Statement(f"ALTER {self.reference(fact)} SET ({options})", reason),)

    def replacement(self, fact: Fact, context: Context) -> Replacement:
        held = next(holders(fact.identity, context.source), None)
        if held is not None:
            raise Unplannable(
                f"{self.words(fact)} has to be made again, and {held.identity} holds values of it.",
                hint="Change the column to another type in a revision of your own, and back "
                "afterwards.",
            )
        return Replacement.DROP

    def is_derived(self, fact: Fact) -> bool:
        """True: whatever holds values of it keeps it from being replaced."""
        del fact
        return True


def _options(payload: Mapping[str, Any]) -> Iterator[str]:
    plain = _FUNCTIONS | _NAMED
    yield from (f"{option} = {payload[each]}" for each, option in plain.items() if payload[each])
    yield f"INTERNALLENGTH = {payload['length'] or 'VARIABLE'}"
    if payload["by_value"]:
        yield "PASSEDBYVALUE"
    yield from (
        f"{option} = {literal(payload[each])}"
        for each, option in _TEXTS.items()
        if payload[each] is not None
    )
    yield from (f"{option} = true" for each, option in _FLAGS.items() if payload[each])


KIND = BaseType()
