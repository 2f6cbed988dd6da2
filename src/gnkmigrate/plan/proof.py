"""What running a plan on a copy of its database has shown."""

from dataclasses import dataclass

# Of an empty plan, for which nothing has to be copied.
_THE_SAME = "pg_dump says the same of the database and of the target"


@dataclass(frozen=True)
class Proof:
    """A plan that has done on a copy what it promises, as far as that was compared.

    Attributes:
        seconds: how long each statement took, in their order; to the millisecond.
        rows: how many rows the copy had.
        live_rows: how many the live database has.
        server_version: the copy's server_version_num.
        provider: where the copy's server came from.
        not_compared: what nobody has looked at, a few words each; the plan is only proven where
            there is nothing of the kind.
        remarks: what should be known besides, a sentence each.
    """

    seconds: tuple[float, ...]
    rows: int
    live_rows: int
    server_version: int
    provider: str
    not_compared: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows = f"{self.rows:,} {'row' if self.rows == self.live_rows == 1 else 'rows'}"
        if self.rows != self.live_rows:
            rows = f"{self.rows:,} of {self.live_rows:,} rows"
        where = f" on a copy with {rows}" if self.seconds else ""
        what = "it runs, arrives, and loses nothing unsaid" if self.seconds else _THE_SAME
        if self.not_compared:
            left = "; ".join(self.not_compared)
            outcome = f"Tried{where}: {what}, as far as was compared. Not compared: {left}."
        else:
            outcome = f"Proven{where}: {what}."
        return " ".join([outcome, *self.remarks])
