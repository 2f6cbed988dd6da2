"""The commands in a program that has set up a provider, as opentelemetry-instrument does it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from tests.small import Small

PROGRAM = r"""
import sys
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor
from gnkmigrate.cli import main

file = open(sys.argv.pop(1), "w")
exporter = ConsoleSpanExporter(out=file, formatter=lambda span: span.to_json(indent=None) + "\n")
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
main()
"""


def spans_of(small: Small, *arguments: str) -> Sequence[dict[str, Any]]:
    """The spans of a command that ends well."""
    project = small.folder.parent
    (project / "gnkmigrate.toml").write_text('target = "target.sql"\n')
    (project / "target.sql").write_text("CREATE TABLE product (id integer PRIMARY KEY);")
    file = project / "spans.jsonl"
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, file, *arguments],
        cwd=project,
        env={**os.environ, "DATABASE_URL": small.url.conninfo},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in file.read_text().splitlines()]


def paths(spans: Sequence[dict[str, Any]]) -> set[str]:
    """Each span's name after those that it is in."""
    by_id = {span["context"]["span_id"]: span for span in spans}

    def path(span: dict[str, Any]) -> str:
        parent = by_id.get(span["parent_id"] or "")
        return f"{path(parent)} > {span['name']}" if parent else str(span["name"])

    return {path(span) for span in spans}


@pytest.fixture
def shop(small: Small) -> Small:
    small.revision(
        1,
        'op.step("make", "CREATE TABLE product (id integer PRIMARY KEY)")',
        'op.step("make", "DROP TABLE product")',
    )
    return small


def test_upgrade_and_downgrade(shop: Small) -> None:
    up = spans_of(shop, "upgrade", "--yes")
    assert "phase phase1 > step make > CREATE TABLE" in paths(up)
    down = spans_of(shop, "downgrade", "--all", "--yes")
    assert "phase phase1 > step make > DROP TABLE" in paths(down)
    assert {span["attributes"].get("gnkmigrate.direction") for span in down} == {None, "down"}


def test_a_rehearsal(shop: Small) -> None:
    spans = spans_of(shop, "rehearse")
    assert {
        "phase phase1 > step make > CREATE TABLE",
        "phase phase1 > step make > DROP TABLE",
    } <= paths(spans)
    phases = [span for span in spans if span["name"] == "phase phase1"]
    assert [span["attributes"]["gnkmigrate.direction"] for span in phases] == [
        "up",  # the dry run
        "up",
        "down",
        "up",
    ]
