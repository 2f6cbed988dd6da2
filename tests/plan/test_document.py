"""A plan in a file is the plan that was made, or it is refused."""

import json
from pathlib import Path

import pytest

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.plan.document import PlanUnreadable, facts_hash, read_plan, write_plan
from gnkmigrate.servers import Server
from tests.apply.kept import kept
from tests.render.plan.test_formats import DROPPED, STATEMENTS, planned

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


def test_a_document_comes_back_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(write_plan(planned(*STATEMENTS)))
    document = read_plan(file)
    assert tuple(each.statement() for each in document.statements) == STATEMENTS
    assert document.source.facts == facts_hash(Snapshot.of([]))
    assert json.loads(file.read_text())["summary"] == {
        "statements": 3,
        "rewrites": 0,
        "scans": 1,
        "outside_transaction": 1,
        "loses_data": [DROPPED.loses_data],
    }


def test_a_plan_of_another_version_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({**json.loads(write_plan(planned(*STATEMENTS))), "version": 1}))
    with pytest.raises(PlanUnreadable, match=r"is a plan of version 1, and .* reads version 3\."):
        read_plan(file)


@pytest.mark.parametrize("text", ["", "{}", '{"version": 3}', "no JSON"])
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text)
    with pytest.raises(PlanUnreadable, match="is not a plan"):
        read_plan(file)
    with pytest.raises(PlanUnreadable, match="cannot be read"):
        read_plan(tmp_path / "missing.json")


def test_the_hash_knows_every_fact() -> None:
    fact = Fact(Identity("schema", ("shop",)), None, {})
    hashes = {facts_hash(Snapshot.of(facts)) for facts in ([], [fact])}
    assert len(hashes) == 2
