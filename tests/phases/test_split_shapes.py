"""Whatever is written, a split loses no row: both shapes are what they ought to be, always."""

import os
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import event, given, settings

from gnkmigrate.connection import connect
from gnkmigrate.phases import events
from gnkmigrate.servers import Server
from tests.migrations.project import Project
from tests.phases.small import Small
from tests.phases.splitting import Applications, Places, splits

EXAMPLES = int(os.environ.get("GNKMIGRATE_SHAPES", "40")) // 8


class CutOff(Exception):
    """Whoever ran the phase is gone."""


def compare(project: Project, places: Places, *, shown: bool) -> None:
    with connect(project.url, search_path=["public"]) as session:
        assert places.differences(session, shown=shown) == []


@given(places=splits())
@settings(max_examples=EXAMPLES)
def test_a_split_of_any_table(server: Server, places: Places) -> None:
    with TemporaryDirectory() as folder, server.database() as url:
        small = Small(Path(folder) / "migrations", url, server)
        table = f"{places.schema}.{places.name}"
        small.reversible(1, f"op.keep_shape({table!r})\nop.split_table({places.arguments})")
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
        try:
            project.up(work_on)
        except CutOff:
            project.up(work_on)
        compare(project, places, shown=True)
        for write in places.afterwards:
            applications.write(write)
            compare(project, places, shown=True)
        spill = {"spill": "yes"}
        try:
            project.down(work_on, parameters=spill)
        except CutOff:
            project.down(work_on, parameters=spill)
        compare(project, places, shown=False)
        project.up(work_on)
        compare(project, places, shown=True)
        event(f"{applications.written // 5 * 5} writes or more")
