"""A plan in a file is the plan that was made, or it is refused."""

import json
from pathlib import Path

import pytest

from gnkmigrate.plan.document import PlanUnreadable, read_plan
from gnkmigrate.servers import Server
from tests.apply.kept import kept

ITEM = "CREATE TABLE item (id integer, name text);"


@pytest.mark.parametrize(
    "edit",
    [
        lambda plan: plan["statements"][0].update(sql="DROP TABLE item"),
        lambda plan: plan["statements"][0].update(loses_data=""),
        lambda plan: plan["statements"].pop(),
        lambda plan: plan["rights"].clear(),
        lambda plan: plan.update(checksum=""),
    ],
    ids=["a statement", "a loss", "one less", "the rights", "the checksum"],
)
def test_an_edited_plan_is_refused(server: Server, tmp_path: Path, edit: object) -> None:
    with kept(server, ITEM, "CREATE TABLE item (id integer);", tmp_path) as it:
        document = json.loads(it.file.read_text())
        assert read_plan(it.file).checksum == document["checksum"]
        edit(document)  # type: ignore[operator]
        it.file.write_text(json.dumps(document))
        with pytest.raises(PlanUnreadable, match="was edited after it was made"):
            read_plan(it.file)
