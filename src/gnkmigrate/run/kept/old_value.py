"""What the new shape says of a value that the old one keeps, as a step tells it."""

from dataclasses import dataclass

# The row of the table whose old columns are asked about, in all SQL of an old value.
ROW = "forgotten"


@dataclass(frozen=True)
class OldValue:
    """What an old column gets so that it says of its row no more than the new shape does.

    Attributes:
        kept: what the column is called while it is kept.
        value: SQL for what a downgrade would make of the new shape.
        exact: SQL condition under which that means the same as the new shape says; else the
            column has to stay as it is, since the new shape would lose something with it.
        reads: "schema.table" of the table whose rows both ask for; "" for none.
    """

    kept: str
    value: str
    exact: str = "true"
    reads: str = ""
