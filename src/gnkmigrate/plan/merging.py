"""Neighbouring commands on one table, made one.

Those that each write it anew write it once; and its policies change at once, so that nobody sees
what one policy of before and another of after show together.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from gnkmigrate.kinds.statement import Statement, Statements, at_once

_ALONE = (" SET LOGGED", " SET UNLOGGED")
# Beside a new type PostgreSQL looks for indexes and constraints that this has made again already.
_WITH_ITS_LIKE = " SET EXPRESSION AS "
_POLICY = re.compile(r"(CREATE|ALTER|DROP) POLICY ")


def merged(statements: Iterable[Statement]) -> Statements:
    """The statements, those that stand together and rewrite the same table as one command."""
    result: list[Statement] = []
    for statement in statements:
        if result and _belong_together(result[-1], statement):
            result[-1] = _joined(result[-1], statement)
        elif result and _are_policies(result[-1], statement):
            result[-1:] = at_once((result[-1], statement))
        else:
            result.append(statement)
    return tuple(result)


def _belong_together(first: Statement, second: Statement) -> bool:
    head = _head(first)
    return (
        first.rewrites
        and second.rewrites
        and first.relation == second.relation
        and first.transactional
        and second.transactional
        and first.sql.startswith(head)
        and second.sql.startswith(head)
        and not any(each in first.sql + second.sql for each in _ALONE)
        and (_WITH_ITS_LIKE in first.sql) == (_WITH_ITS_LIKE in second.sql)
    )


def _are_policies(first: Statement, second: Statement) -> bool:
    return first.relation == second.relation and all(
        _POLICY.match(each.sql) for each in (first, second)
    )


def _joined(first: Statement, second: Statement) -> Statement:
    actions = second.sql.removeprefix(_head(second))
    losses = [each for each in (first.loses_data, second.loses_data) if each]
    return replace(
        first,
        sql=f"{first.sql}, {actions}",
        reason=f"{first.reason} {second.reason}",
        loses_data=", ".join(losses),
        beside=tuple(dict.fromkeys((*first.beside, *second.beside))),
        stops_at=tuple(dict.fromkeys((*first.stops_at, *second.stops_at))),
    )


def _head(statement: Statement) -> str:
    return f"ALTER TABLE {statement.relation} "
