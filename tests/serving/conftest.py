"""A folder of kept reports: two audits of one database, one of another, and a run of a fleet."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from gnkmigrate.audit.finding import Severity
from gnkmigrate.fleet.result import Found, Group, Result, Summary
from gnkmigrate.render.audit import html, json
from gnkmigrate.render.fleet import json as fleet_json
from gnkmigrate.render.parts.view import View
from gnkmigrate.serving.server import serving
from tests.render.audit.support import HOSTILE, finding, hostile, result

FIRST = replace(result(), findings=(finding("cats", Severity.HIGH), finding("dogs", Severity.LOW)))
SECOND = replace(
    result(),
    findings=(finding("dogs", Severity.LOW), finding("emus", Severity.INFO)),
    time=FIRST.time + timedelta(days=1),
    database="other@localhost:5432/shop",  # whoever asked
)
FLEET = Summary(
    "fleet audit",
    (
        Result("shop1", Found("clean", "no findings"), database="me@db/shop1", seconds=1.25),
        Result(HOSTILE, Found("failed", ""), error=HOSTILE, hint=HOSTILE),
    ),
    (Group(("shop1",), ()), Group((HOSTILE,), (HOSTILE,))),
    seconds=2,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kept = tmp_path / "audits"
    (kept / "2025").mkdir(parents=True)
    (kept / "2025" / "first.json").write_text(json.render(FIRST, View()))
    (kept / "2025" / "first.html").write_text(html.render(FIRST, View()))
    (kept / "second.json").write_text(json.render(SECOND, View()))
    (kept / "bad #1?.json").write_text(json.render(hostile(), View()))
    (kept / "fleet.json").write_text(fleet_json.render(FLEET, View()))
    return kept


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    """Where a running server shows the folder."""
    with serving(folder) as (server, address):
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield address
        finally:
            server.shutdown()
            thread.join()
