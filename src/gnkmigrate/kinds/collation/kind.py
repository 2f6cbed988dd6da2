"""Collations (manual: CREATE COLLATION, 24.2).

None of what a collation is can be altered: the old one is renamed, what uses it goes over to a new
one, and the old one is dropped. The version says with which library it was made; no target does.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.user_type import UsedByData
from gnkmigrate.postgres.quoting import literal


class Collation(UsedByData):
    name = "collation"
    catalog = "pg_collation"
    found_in = "pg_collation WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {
        "provider": How.MADE_AGAIN,
        "locale": How.MADE_AGAIN,
        "lc_collate": How.MADE_AGAIN,
        "lc_ctype": How.MADE_AGAIN,
        "rules": How.MADE_AGAIN,
        "deterministic": How.MADE_AGAIN,
        "version": How.COSMETIC,
    }
    rank = 20
    word = "COLLATION"
    has_owner = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        options = ", ".join(_options(fact.payload))
        sql = f"CREATE {self.reference(fact)} ({options})"
        return (Statement(sql, f"{self.words(fact)} is missing."),)


def _options(payload: Mapping[str, Any]) -> Iterator[str]:
    yield f"PROVIDER = {payload['provider']}"
    if not payload["deterministic"]:
        yield "DETERMINISTIC = false"
    for name in ("locale", "lc_collate", "lc_ctype", "rules"):
        if payload[name] is not None:
            yield f"{name.upper()} = {literal(payload[name])}"


KIND = Collation()
