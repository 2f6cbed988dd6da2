"""What nobody has looked at is told by every report, and keeps it from saying "complete"."""

from dataclasses import replace

import pytest

from gnkmigrate.audit.result import AuditResult
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.render.audit import html, json, junit, markdown, sarif, terminal
from gnkmigrate.render.parts.summary import summarise
from gnkmigrate.render.parts.view import View
from tests.render.audit.support import clean

UNREAD = Unread("large object", ("16400", "16401"), 2, "no kind reads it")
LEFT_OUT = Unread("object", ("tools.a",), 9, "in a schema that the settings leave out", True)
VIEW = View(width=100)


def with_unread(*unread: Unread) -> AuditResult:
    given = clean()
    return replace(given, live=replace(given.live, unread=unread))


@pytest.mark.parametrize("format_", [html, json, junit, markdown, sarif, terminal])
def test_every_format_names_what_was_not_compared(format_: object) -> None:
    render = format_.render  # type: ignore[attr-defined]
    text = render(with_unread(UNREAD), VIEW)
    assert "ot compared" in text or "not_compared" in text
    for word in ("large object", "16400", "16401", "no kind reads it"):
        assert word in text


def test_a_line_for_each_reason() -> None:
    lines = terminal.render(with_unread(UNREAD, LEFT_OUT), VIEW).splitlines()
    assert lines[-2:] == [
        "not compared: 2 large objects (16400, 16401); no kind reads it",
        "not compared: 9 objects; in a schema that the settings leave out",
    ]


def test_what_nobody_reads_keeps_the_result_from_being_complete() -> None:
    summary = summarise(with_unread(UNREAD))
    assert summary.status == "PARTIAL"
    assert summary.verdict == (
        "The database is as the target declares it, as far as was compared; "
        "the checks found nothing to look at."
    )


def test_what_somebody_leaves_out_does_not() -> None:
    assert summarise(with_unread(LEFT_OUT)).status == "COMPLETE"
