"""Statistics targets of an index's expressions: its definition does not have them."""

from collections.abc import Mapping

from gnkmigrate.run.names import literal
from gnkmigrate.run.work import Work

_TARGETS = """
SELECT attnum::text, attstattarget FROM pg_attribute
WHERE attrelid = to_regclass({index}) AND attstattarget >= 0
"""


def targets(work: Work, index: str) -> dict[str, int]:
    """Those that differ from the server's, by the number of the index's column.

    Args:
        work: the session.
        index: qualified and quoted.
    """
    return dict(work.execute(_TARGETS.format(index=literal(index))).fetchall())


def give(work: Work, index: str, found: Mapping[str, int]) -> None:
    """Gives them to an index that was made anew."""
    for number, target in found.items():
        work.execute(f"ALTER INDEX {index} ALTER COLUMN {number} SET STATISTICS {target}")
