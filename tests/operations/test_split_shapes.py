"""Whatever is written, no row is lost when columns leave a table: both shapes are exact."""

import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import event, given, settings

from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events
from gnkmigrate.servers import Server
from tests.migrations.project import Project
from tests.operations.splitting import Applications, Places, splits
from tests.small import Small

EXAMPLES = int(os.environ.get("GNKMIGRATE_SHAPES", "40")) // 8


class CutOff(Exception):
    """Whoever ran the phase is gone."""


def go_on(run: Callable[[], None]) -> None:
    """Runs it, and again where it is cut off."""
    try:
        run()
    except CutOff:
        run()


def compare(project: Project, places: Places, *, shown: bool) -> None:
    with connect(project.url, search_path=["public"]) as session:
        assert places.differences(session, shown=shown) == []


@given(places=splits())
@settings(max_examples=EXAMPLES)
def test_columns_leave_any_table(server: Server, places: Places) -> None:
    with TemporaryDirectory() as folder, server.database() as url:
        small = Small(Path(folder) / "migrations", url, server)
        table = f"{places.schema}.{places.name}"
        small.reversible(1, f"op.keep_shape({table!r})\n{places.operation}")
        project = small.project(
            limits={"batch_rows": 3},
            schemas=sorted({"public", places.schema}),
            source_timezone="Europe/Berlin",
        )
        project.execute(";\n".join(places.setup()))
        applications = Applications(url, places)
        steps, meanwhile = iter(range(1, 1000)), iter(places.meanwhile)

        def work_on(event: events.Event) -> None:
            if isinstance(event, events.StepFinished | events.StepProgress):
                for write in islice(meanwhile, 1):
                    applications.write(write)
                if next(steps) == places.cut_off_at:
                    raise CutOff

        project.up(dry_run=True)
        compare(project, places, shown=False)
        go_on(lambda: project.up(work_on))
        compare(project, places, shown=True)
        for write in places.afterwards:
            applications.write(write)
            compare(project, places, shown=True)
        go_on(lambda: project.down(work_on, parameters={"spill": "yes"}))
        compare(project, places, shown=False)
        go_on(lambda: project.up(work_on))
        compare(project, places, shown=True)
        event(f"{applications.written // 5 * 5} writes or more")
