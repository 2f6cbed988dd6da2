"""Where two phases stand, of which one is done."""

import json
import re
from dataclasses import replace

from gnkmigrate.render import renderer
from gnkmigrate.render.parts.view import View
from gnkmigrate.run.batches.tuning import Tuning
from gnkmigrate.run.kept.contract import Remnant
from gnkmigrate.run.overview import Overview, overview
from tests.small import Small


def half_done(small: Small) -> Overview:
    small.revision(1, 'op.execute("CREATE TABLE item ()")', 'op.execute("DROP TABLE item")')
    small.revision(2, 'op.execute("CREATE TABLE part ()")', 'op.execute("DROP TABLE part")')
    small.project().up(phase="phase1")
    return replace(
        overview(small.url, small.phases), database="me@here/shop", server_version=160004
    )


def shown(format_: str, found: Overview) -> str:
    return renderer("status", format_)(found, View())


def test_a_terminal(small: Small) -> None:
    text = re.sub(
        r"\d{4}-\d\d-\d\d \d\d:\d\d    0\.\d\d s", "WHEN", shown("terminal", half_done(small))
    )
    assert text == (
        "me@here/shop, PostgreSQL 16.4\n"
        "\n"
        "  # phase   state    steps         rows  finished (UTC)        took\n"
        "  1 phase1  done       1/1            0  WHEN\n"
        "  2 phase2  pending    0/1\n"
    )


def test_below_it_what_the_table_has_no_column_for(small: Small) -> None:
    found = half_done(small)
    tuned = replace(found.phases[0], tuning=Tuning(2, 1, paused=True), edited=True)
    views = [Remnant("view", name, None, "") for name in ("one", "two")]
    spilled = Remnant("spilled rows", "three", 12, "")
    text = shown("terminal", replace(found, phases=(tuned,), kept=(*views, spilled)))
    assert text.endswith(
        "\nphase1: throttle 2, workers 1, paused\n"
        "\nphase1: 1.py has been edited since it ran; take it back from version control.\n"
        "\nKept until contract: 2 views, 12 spilled rows.\n"
    )


def test_no_revision_yet() -> None:
    nothing = Overview("me@here/shop", 160004, (), ())
    assert shown("terminal", nothing).endswith("\nmigrations/ has no revision yet.\n")


def test_a_document(small: Small) -> None:
    document = json.loads(shown("json", half_done(small)))
    assert document["server_version"] == "16.4"
    assert [phase["state"] for phase in document["phases"]] == ["done", "pending"]
