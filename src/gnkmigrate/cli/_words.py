"""Versions, tuning and names in the words of a message."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gnkmigrate.run.batches.tuning import Tuning


def printable(text: str) -> str:
    """`text` without control characters: what comes from a database must not steer a terminal."""
    return "".join(
        mark if mark.isprintable() or mark == "\n" else "\N{REPLACEMENT CHARACTER}" for mark in text
    )


def server_version(number: int) -> str:
    """PostgreSQL's server_version_num as people write it: 160004 is "16.4"."""
    return f"{number // 10000}.{number % 10000}"


def tuned(tuning: "Tuning") -> str:
    """How a backfill was tuned: "throttle 2, workers 1, paused"."""
    words = {"batch_rows": "batch size"}
    said = [
        f"{words.get(name, name)} {value:g}"
        for name, value in tuning.said.items()
        if name != "paused"
    ]
    if tuning.paused is not None:
        said.append("paused" if tuning.paused else "not paused")
    return ", ".join(said)
