"""One SQL command of a plan, and what it does to those who use the database meanwhile."""

from dataclasses import dataclass


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


Statements = tuple[Statement, ...]
