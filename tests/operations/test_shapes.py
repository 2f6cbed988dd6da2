"""Of any table: either every row is exact at each stage, or it is refused before any change."""

import os
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import event, given, note, settings

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events
from gnkmigrate.servers import Server
from tests.migrations.project import Project
from tests.operations.shapes import Applications, Shape, shapes
from tests.small import Small

EXAMPLES = int(os.environ.get("GNKMIGRATE_SHAPES", "40"))


class CutOff(Exception):
    """Whoever ran the phase is gone."""


def converting(shape: Shape, small: Small) -> Project:
    table = repr(shape.table)
    small.revision(1, f"op.keep_shape({table})", f"op.forget_shape({table})")
    small.revision(
        2, f"op.convert_columns({shape.arguments})", f"op.revert_columns({shape.arguments})"
    )
    return small.project(limits={"batch_rows": 3}, schemas=sorted({"public", shape.schema}))


def facts(project: Project) -> Mapping[Identity, Fact]:
    """All that the database has, apart from what is gnkmigrate's."""
    with connect(project.url) as session:
        return read_snapshot(session).facts


def compare(project: Project, shape: Shape, stage: str) -> None:
    with connect(project.url, search_path=["public"]) as session:
        shown = stage.startswith("up")
        assert shape.differences(session, shown=shown) == [], stage


@given(shape=shapes())
@settings(max_examples=EXAMPLES)
def test_a_conversion_of_any_table(server: Server, shape: Shape) -> None:
    with TemporaryDirectory() as folder, server.database() as url:
        project = converting(shape, Small(Path(folder) / "migrations", url, server))
        project.execute(";\n".join(shape.setup()))
        applications = Applications(url, shape)
        steps, meanwhile = iter(range(1, 1000)), iter(shape.meanwhile)

        def work_on(event: events.Event) -> None:
            if isinstance(event, events.StepFinished | events.StepProgress):
                for write in islice(meanwhile, 1):
                    applications.write(write)
                if next(steps) == shape.cut_off_at:
                    raise CutOff

        before = facts(project)
        try:
            project.up(dry_run=True)
            compare(project, shape, "dry run")
            project.up(work_on)
        except PhaseRefused as refused:
            event("refused")
            note(f"refused: {refused.details}")
            project.down()
            assert facts(project) == before
            compare(project, shape, "refused")
            return
        except CutOff:
            project.up(work_on)
        for write in shape.afterwards:
            applications.write(write)
            compare(project, shape, "up")
        try:
            project.down(work_on)
        except CutOff:
            project.down(work_on)
        compare(project, shape, "down")
        project.up(work_on)
        compare(project, shape, "up again")
        event("exact")
        event(f"{applications.written // 5 * 5} writes or more")
