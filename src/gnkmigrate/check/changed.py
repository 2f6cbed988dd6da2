"""What separates two schemas, in lines."""

from collections.abc import Sequence

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.text import render_changes
from gnkmigrate.facts.snapshot import Snapshot


def changed(before: Snapshot, now: Snapshot) -> Sequence[str]:
    """What separates two schemas, in lines; nothing when nothing does."""
    changes = compare(before, now)
    lines = render_changes(changes, before, now).plain.splitlines() if changes else []
    return [line for line in lines if line]
