"""Changes on a terminal: lines as in tests/diff/test_lines.py, with colours where there are any."""

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.compared import Compared
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.render.diff.terminal import render
from gnkmigrate.render.parts.view import View

SHOP = Fact(Identity("schema", ("shop",)), None, {})
EMPTY, FULL = Snapshot.of([]), Snapshot.of([SHOP])
OBJECTS = Unread("large object", ("16400",), 1, "no kind reads it")


def compared(source: Snapshot, target: Snapshot, *omitted: Unread) -> Compared:
    return Compared(compare(source, target), source, target, not_compared=omitted)


def test_a_change_is_a_line() -> None:
    assert render(compared(EMPTY, FULL), View()) == "+ schema shop\n\n1 difference: 1 to add.\n"


def test_its_mark_has_a_colour() -> None:
    assert render(compared(FULL, EMPTY), View(color=True)).startswith("\x1b[31m- ")


def test_what_nobody_has_looked_at_is_said() -> None:
    assert render(compared(FULL, FULL, OBJECTS), View(width=20)) == (
        "No differences, as far as was compared.\n"
        "not compared: 1 large object (16400); no kind reads it\n"
    )
