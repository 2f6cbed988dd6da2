"""What running a plan on a copy of its database has shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Proof:
    """A plan that has done on a copy what it promises.

    Attributes:
        seconds: how long each statement took, in their order; to the millisecond.
        rows: how many rows the copy had.
        live_rows: how many the live database has.
        server_version: the copy's server_version_num.
        provider: where the copy's server came from.
    """

    seconds: tuple[float, ...]
    rows: int
    live_rows: int
    server_version: int
    provider: str

    def __str__(self) -> str:
        rows = f"{self.rows:,}"
        if self.rows != self.live_rows:
            rows += f" of {self.live_rows:,}"
        return f"Proven on a copy with {rows} rows: it runs, arrives, and loses nothing unsaid."
