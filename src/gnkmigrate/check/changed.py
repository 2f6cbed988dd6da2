"""What separates two schemas, in lines."""

from collections.abc import Sequence

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.lines import in_lines, plain
from gnkmigrate.facts.snapshot import Snapshot


def changed(before: Snapshot, now: Snapshot) -> Sequence[str]:
    """What separates two schemas, in lines; nothing when nothing does."""
    changes = compare(before, now)
    lines = plain(in_lines(changes, before, now)) if changes else []
    return [line for line in lines if line]
