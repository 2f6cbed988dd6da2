import json

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.cli.conftest import Command
from tests.support import execute


def test_the_team_says_when(gnkmigrate: Command, report: DatabaseUrl) -> None:
    refused = gnkmigrate(report, "cutover", "--yes")
    assert refused.exit_code == 2
    assert "No phase waits for its cutover" in refused.stderr
    assert "tables is pending" in refused.stderr
    assert gnkmigrate(report, "upgrade", "--defer-cutover", "--atomic").exit_code == 2

    prepared = gnkmigrate(report, "upgrade", "--defer-cutover", "--yes")
    assert prepared.exit_code == 0
    assert "ready" in prepared.stdout
    assert "stopped before: swap of public.user_nodes" in prepared.stdout
    assert "2 phases done" in prepared.stdout
    assert "join-table is ready for its cutover" in prepared.stdout
    assert "Next: gnkmigrate cutover" in prepared.stderr

    shown = gnkmigrate(report, "status")
    assert "join-table: ready for cutover since 20" in shown.stdout
    assert "join-table: all 1 new rows were what the old ones say, at 20" in shown.stdout
    assert "Next: gnkmigrate cutover" in shown.stderr
    document = json.loads(gnkmigrate(report, "status", "--format", "json").stdout)
    waiting = document["phases"][2]
    assert (waiting["state"], waiting["cutover"]["step"]) == ("ready", "swap of public.user_nodes")
    assert (waiting["comparison"]["rows"], waiting["comparison"]["agreed"]) == (1, True)
    assert document["phases"][1]["cutover"] is document["phases"][1]["comparison"] is None
    assert gnkmigrate(report, "status", "--check").exit_code == 1

    execute(report, "ALTER TABLE user_nodes ADD COLUMN in_haste int")
    refused = gnkmigrate(report, "cutover", "--yes")
    assert refused.exit_code == 2
    changed = "table public.user_nodes has changed: column public.user_nodes.in_haste is new"
    assert changed in " ".join(refused.stdout.split())
    assert changed in " ".join(refused.stderr.split())
    assert "the same command and --drift checked" in " ".join(refused.stderr.split())
    execute(report, "ALTER TABLE user_nodes DROP COLUMN in_haste")

    assert "asks before it changes" in gnkmigrate(report, "cutover").stderr
    tried = gnkmigrate(report, "cutover", "--dry-run")
    assert "Next: gnkmigrate cutover\n" in tried.stderr
    done = gnkmigrate(report, "cutover", "--yes")
    assert done.exit_code == 0
    assert "1 phase done" in done.stdout
    assert "Next: gnkmigrate upgrade --phase indexes" in done.stderr
