"""A defect is no finding: it has the exit code of a failure, and a traceback."""

import json
from pathlib import Path

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.cli.conftest import Command
from tests.support import execute


def test_a_file_that_nobody_could_have_written(
    gnkmigrate: Command, database: DatabaseUrl, tmp_path: Path
) -> None:
    execute(database, "CREATE TABLE item (id integer, note text)")
    here, there = tmp_path / "here.json", tmp_path / "there.json"
    assert gnkmigrate(database, "snapshot", "--output", str(here)).exit_code == 0
    edited = json.loads(here.read_text())
    for fact in edited["facts"]:
        if "type" in fact["payload"]:
            fact["payload"]["type"] = {"a": "secret://user:sesame@host"}
    there.write_text(json.dumps(edited))
    ran = gnkmigrate(None, "diff", str(here), str(there), "--format", "sql")
    assert ran.exit_code == 2
    assert "error: A defect of gnkmigrate: " in ran.stderr
    assert "Traceback" in ran.stderr
    assert "write it anew" in ran.stderr
    assert "sesame" not in ran.stderr
