"""Which columns of a table hold no NULL, whatever says so."""

import re
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from gnkmigrate.audit.checks._style import by_type
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.inner_types import type_named
from gnkmigrate.postgres.quoting import names_in

# As pg_get_expr() prints it.
_GIVEN = re.compile(r'\(*("(?:[^"]|"")+"|[^\W\d][\w$]*) IS NOT NULL\)*')


def filled(snapshot: Snapshot, table: Identity) -> AbstractSet[str]:
    """The columns that refuse NULL: by NOT NULL, by their domain's, or by a CHECK of that alone."""
    return snapshot.once(_filled).get(table, frozenset())


def _filled(snapshot: Snapshot) -> Mapping[Identity | None, AbstractSet[str]]:
    found = defaultdict[Identity | None, set[str]](set)
    for type_, columns in by_type(snapshot).items():
        of_domain = _refuses(type_, snapshot)
        for column in columns:
            if of_domain or column.value("not_null"):
                found[column.parent].add(column.identity.name)
    for check in snapshot.of_kind("constraint"):
        if check.value("type") == "check":
            match = _GIVEN.fullmatch(str(check.value("expression")))
            if match:
                found[check.parent].add(names_in(match[1])[0])
    return found


def _refuses(type_: str, snapshot: Snapshot) -> bool:
    """Whether a type is a domain that is NOT NULL, or over one."""
    domain = type_named("domain", type_, snapshot)
    return domain is not None and (
        bool(domain.value("not_null")) or _refuses(str(domain.value("type")), snapshot)
    )
