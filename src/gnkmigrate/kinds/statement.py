"""One SQL command of a plan, and what it does to those who use the database meanwhile."""

from dataclasses import dataclass, replace

from gnkmigrate.postgres.quoting import dollar_quoted, literal

# Rows of a table, quoted, that have a value in each of some columns: all rows where there are none.
# Names are those of before the plan. A number says how many rows it takes, where one is not enough.
Rows = tuple[str, tuple[str, ...]] | tuple[str, tuple[str, ...], int]


def least(rows: Rows) -> int:
    """How many such rows it takes to stop a statement."""
    match rows:
        case (_, _, number):
            return number
        case _:
            return 1


@dataclass(frozen=True)
class Statement:
    """One SQL command.

    Attributes:
        sql: the command, with every name qualified and without a semicolon at its end.
        reason: why it is there, in one short sentence.
        lock: the strongest lock that it takes on a table, such as "ACCESS EXCLUSIVE"; "" for
            none (manual, 13.3.1).
        relation: the relation it works on, such as "public.users"; "" for none.
        rewrites: whether it writes the whole table anew.
        scans: whether it reads the whole table while it holds the lock.
        loses_data: what is lost with it, such as "the values of public.users.telegram", or "".
        transactional: whether it may run inside a transaction that does more.
        beside: further relations that writers have to wait for, each with the lock that it takes
            on it: ("public.orders", "SHARE ROW EXCLUSIVE").
        builds: the index that it builds while others write, such as "public.by_name"; one that
            was cut off in the middle leaves it behind, invalid. "" for none.
        is_several: whether it is several commands, with semicolons between, of one transaction.
        stops_at: the rows that it would stop at.
    """

    sql: str
    reason: str
    lock: str = ""
    relation: str = ""
    rewrites: bool = False
    scans: bool = False
    loses_data: str = ""
    transactional: bool = True
    builds: str = ""
    beside: tuple[tuple[str, str], ...] = ()
    is_several: bool = False
    stops_at: tuple[Rows, ...] = ()


Statements = tuple[Statement, ...]
# Table locks as the manual lists them (13.3.1), after none at all.
_WEAKEST_FIRST = (
    "",
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)


def together(made: Statements, guards: Statements) -> Statements:
    """What makes a thing, and what says who may use it, as one: nobody uses it before.

    Locks on the new thing keep nobody waiting.
    """
    if not made or not guards:
        return (*made, *guards)
    statements = (*made, *guards)
    return (
        replace(
            made[0],
            sql=";\n".join(each.sql for each in statements),
            reason=" ".join(dict.fromkeys(each.reason for each in statements)),
            beside=tuple(dict.fromkeys(pair for each in statements for pair in each.beside)),
            is_several=True,
        ),
    )


def at_once(statements: Statements) -> Statements:
    """Statements on one thing that is there as one transaction: nobody sees what is in between.

    Those that may not run in a transaction that does more stay as they are.
    """
    if len(statements) == 1 or not all(each.transactional for each in statements):
        return statements
    locking = max(statements, key=lambda each: _WEAKEST_FIRST.index(each.lock))
    other = [
        (each.relation, each.lock)
        for each in statements
        if each.lock and each.relation != locking.relation
    ]
    beside = (pair for each in statements for pair in each.beside)
    return (
        replace(
            locking,
            sql=";\n".join(each.sql for each in statements),
            reason=" ".join(dict.fromkeys(each.reason for each in statements)),
            rewrites=any(each.rewrites for each in statements),
            scans=any(each.scans for each in statements),
            loses_data=", ".join(each.loses_data for each in statements if each.loses_data),
            beside=tuple(dict.fromkeys((*other, *beside))),
            is_several=True,
            stops_at=tuple(dict.fromkeys(rows for each in statements for rows in each.stops_at)),
        ),
    )


def in_zone(sql: str, zone: str) -> str:
    """`sql` while the session's TimeZone is `zone`; as it is where that is ""."""
    if not zone:
        return sql
    # One command, so that the setting and what relies on it cannot be parted.
    return f"DO {dollar_quoted(f'BEGIN SET LOCAL TimeZone = {literal(zone)}; {sql}; END')}"
