import json

from psycopg import conninfo

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import one_runner
from tests.cli.conftest import Command, MakeRole
from tests.support import execute


def test_a_run_is_tuned_and_status_shows_how(
    gnkmigrate: Command, report: DatabaseUrl, role: MakeRole
) -> None:
    assert gnkmigrate(report, "upgrade", "--yes", "--phase", "tables").exit_code == 0
    options = ("--throttle", "2", "--workers", "1", "--pause")
    refused = gnkmigrate(report, "tune", *options)
    assert refused.exit_code == 2
    assert "Nothing that could be tuned is running" in refused.stderr
    assert gnkmigrate(report, "tune").exit_code == 2
    assert "contradict" in gnkmigrate(report, "tune", "--pause", "--resume").stderr

    execute(report, "UPDATE gnkmigrate.run SET state = 'running'")
    with connect(report) as runner, one_runner.hold(runner):
        tuned = gnkmigrate(report, "tune", *options)
        again = gnkmigrate(report, "tune", "--resume")
        shown = gnkmigrate(report, "status")
        document = json.loads(gnkmigrate(report, "status", "--format", "json").stdout)
        reader = role()
        name = conninfo.conninfo_to_dict(reader.conninfo)["user"]
        execute(
            report,
            f"GRANT USAGE ON SCHEMA gnkmigrate TO {name};"
            f"GRANT SELECT ON ALL TABLES IN SCHEMA gnkmigrate TO {name}",
        )
        forbidden = gnkmigrate(reader, "tune", "--resume")

    assert tuned.stdout == "Phase tables: throttle 2, workers 1, paused\n"
    assert again.stdout == "Phase tables: throttle 2, workers 1, not paused\n"
    assert "\ntables: throttle 2, workers 1, not paused\n" in shown.stdout
    assert document["phases"][0]["tuning"] == {"throttle": 2, "workers": 1, "paused": False}
    assert document["phases"][1]["tuning"] == {}
    assert forbidden.exit_code == 2
    assert "may not write to gnkmigrate's journal" in forbidden.stderr
