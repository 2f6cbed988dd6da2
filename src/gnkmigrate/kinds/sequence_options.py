"""What sequences and identity columns say of their values, as SQL (manual: CREATE SEQUENCE)."""

from collections.abc import Collection, Mapping
from typing import Any

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.types import INTEGERS, NUMBERS, Type
from gnkmigrate.postgres.quoting import dollar_quoted, literal

_WORDS = {
    "type": "AS {type}",
    "increment": "INCREMENT BY {increment}",
    "minimum": "MINVALUE {minimum}",
    "maximum": "MAXVALUE {maximum}",
    "start": "START WITH {start}",
    "cache": "CACHE {cache}",
    "cycle": "{cycle}",
}

# Bounds that a sequence has unless it says otherwise, by type and by the sign of its increment.
_LIMITS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}


# The first server_version_num where a sequence may be unlogged; it is as its table then.
UNLOGGED = 150000


def logged_before_15(fact: Fact, version: int) -> Fact:
    """The sequence as a server of this server_version_num can have it."""
    return fact if version >= UNLOGGED else fact.has({"persistence": "permanent"})


def set_persistence(name: str, payload: Mapping[str, Any]) -> str:
    """The command that makes a sequence logged, or unlogged."""
    return f"ALTER SEQUENCE {name} SET {'UN' if payload['persistence'] == 'unlogged' else ''}LOGGED"


def options(payload: Mapping[str, Any], wanted: Collection[str]) -> list[str]:
    """The options in `wanted`, as CREATE and ALTER SEQUENCE take them."""
    values = {**payload, "cycle": "CYCLE" if payload["cycle"] else "NO CYCLE"}
    return [text.format(**values) for option, text in _WORDS.items() if option in wanted]


def unusual(payload: Mapping[str, Any], default_type: str) -> list[str]:
    """The options of a new sequence that are not what PostgreSQL would choose by itself."""
    limit, up = _LIMITS.get(payload["type"], 0), payload["increment"] > 0
    minimum, maximum = (1, limit - 1) if up else (-limit, -1)
    usual = {
        "type": default_type,
        "increment": 1,
        "minimum": minimum,
        "maximum": maximum,
        "start": payload["minimum"] if up else payload["maximum"],
        "cache": 1,
        "cycle": False,
    }
    return options(payload, {option for option in usual if payload[option] != usual[option]})


def continued(
    sequence: str, column: str, table: str, payload: Mapping[str, Any], type_: str
) -> str:
    """SQL that moves a sequence past the values that a column has already; "" if it has none such.

    Args:
        sequence: its name, qualified and quoted.
        column: the column's, quoted.
        table: the table's, qualified and quoted.
        payload: the sequence's; where no row has come as far as its start, it begins there.
        type_: of the column's values, with no domain around it.
    """
    name, up = Type.parse(type_), payload["increment"] > 0
    if name.array or name.name not in NUMBERS:
        return ""  # it counts what is only a part of them
    furthest, compare = (f"max({column})", ">=") if up else (f"min({column})", "<=")
    beyond = f"HAVING {furthest} {compare} {payload['start']}"
    if name.name not in INTEGERS:
        # These may be fractions, no number at all, or more than it can count.
        last, limit = ("ceil", "maximum") if up else ("floor", "minimum")
        beyond += f" AND {furthest} {'<=' if up else '>='} {payload[limit]}"
        furthest = f"{last}({furthest})::bigint"
    return f"SELECT pg_catalog.setval({literal(sequence)}, {furthest}) FROM {table} {beyond}"


def position(sequence: str) -> str:
    """What is lost with a sequence, as a plan says it: keys that were given are given again."""
    return f"the position of {sequence}"


def bounded(
    sequence: str, command: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[str, str]:
    """SQL for an ALTER that sets other bounds, and what it loses.

    PostgreSQL refuses bounds that leave out where the sequence stands unless it restarts, and a
    restart that is not needed would give keys a second time.

    Args:
        sequence: its name, qualified and quoted.
        command: the ALTER, to which a restart can be added.
        before: the sequence as it is.
        after: the sequence as it shall be.
    """
    minimum, maximum = after["minimum"], after["maximum"]
    if minimum <= before["minimum"] and before["maximum"] <= maximum:
        return command, ""
    restarting = f"{command} RESTART WITH {after['start']}"
    if before["maximum"] < minimum or maximum < before["minimum"]:
        return restarting, position(sequence)
    body = (
        f"DECLARE place bigint; BEGIN SELECT last_value INTO place FROM {sequence}; "
        f"IF place BETWEEN {minimum} AND {maximum} THEN {command}; "
        f"ELSE {restarting}; END IF; END"
    )
    return f"DO {dollar_quoted(body)}", f"{position(sequence)} where its new bounds leave it out"
