"""Roles of the server (manual: CREATE ROLE, ALTER ROLE), without their passwords.

They belong to no database, and are read where the settings ask for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gnkmigrate.facts.catalog import MASK
from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.configuration import name_of, value_of
from gnkmigrate.postgres.quoting import literal

_FLAGS = ("superuser", "inherit", "createrole", "createdb", "login", "replication", "bypassrls")
# What CREATE ROLE makes where nothing is said.
_USUAL: Mapping[str, Any] = {
    **dict.fromkeys(_FLAGS, False),
    "inherit": True,
    "connection_limit": -1,
    "valid_until": None,
    "settings": [],
    "comment": None,
}


class Role(Kind):
    name = "role"
    catalog = "pg_authid"
    attributes = dict.fromkeys(_USUAL, How.ALTERED)
    unordered = masked = frozenset({"settings"})
    rank = 5
    word = "ROLE"
    of_server = True
    silence = frozenset({"role"})
    has_comment = False

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        options = " ".join(_options(fact, _USUAL))
        sql = f"CREATE {self.reference(fact)}{f' WITH {options}' if options else ''}"
        reason = f"{self.words(fact)} is missing."
        others = (Statement(each, reason) for each in self._others(fact, _USUAL))
        return (Statement(sql, reason), *others)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        fact, before = change.fact, (change.before or change.fact).payload
        reason = f"{self.words(fact)} differs in: {', '.join(sorted(differing))}."
        options = " ".join(_options(fact, before))
        first = [f"ALTER {self.reference(fact)} WITH {options}"] if options else []
        return tuple(Statement(sql, reason) for sql in (*first, *self._others(fact, before)))

    def _others(self, fact: Fact, before: Mapping[str, Any]) -> Iterator[str]:
        """What other commands set: settings and the comment."""
        alter = f"ALTER {self.reference(fact)}"
        was, wanted = _settings(before["settings"]), _settings(fact.payload["settings"])
        for name in sorted(was.keys() - wanted.keys()):
            yield f"{alter} RESET {name_of(name)}"
        for name, value in wanted.items():
            if value not in (MASK, was.get(name)):
                yield f"{alter} SET {name_of(name)} = {value_of(name, value)}"
        comment = fact.payload["comment"]
        if comment != before["comment"]:
            text = "NULL" if comment is None else literal(comment)
            yield f"COMMENT ON {self.reference(fact)} IS {text}"


def _options(fact: Fact, before: Mapping[str, Any]) -> Iterator[str]:
    payload = fact.payload
    for flag in _FLAGS:
        if payload[flag] != before[flag]:
            yield f"{'' if payload[flag] else 'NO'}{flag.upper()}"
    if payload["connection_limit"] != before["connection_limit"]:
        yield f"CONNECTION LIMIT {payload['connection_limit']}"
    if payload["valid_until"] != before["valid_until"]:
        yield f"VALID UNTIL {literal(payload['valid_until'] or 'infinity')}"


def _settings(given: Sequence[str]) -> Mapping[str, str]:
    """By their names."""
    return {name: value for name, _, value in (each.partition("=") for each in given)}


KIND = Role()
