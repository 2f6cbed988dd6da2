"""What a rehearsal finds in the phases of a small project."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gnkmigrate.backup.progress import Observer, ignore
from gnkmigrate.copies.clone import CloneFailed
from gnkmigrate.copies.sample import EVERYTHING, Selection
from gnkmigrate.errors import PhaseFailed, PhaseRefused, RevisionError
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.rehearsal.outcome import Rehearsal
from gnkmigrate.rehearsal.rehearse import Listener, rehearse
from gnkmigrate.run import events
from gnkmigrate.servers import Server
from gnkmigrate.settings import ServerSettings, Settings
from tests.small import Small
from tests.support import execute, rows

COSMOLOGY = """
SET allow_system_table_mods = on;
INSERT INTO pg_extension
SELECT 99999, 'cosmology', extowner, extnamespace, extrelocatable, '1', NULL, NULL
FROM pg_extension WHERE extname = 'plpgsql'
"""
ADD = 'op.execute("ALTER TABLE product ADD COLUMN weight integer")'
DROP = 'op.execute("ALTER TABLE product DROP COLUMN weight")'
TABLE = "CREATE TABLE product (id integer PRIMARY KEY, name text NOT NULL)"
TARGET = "CREATE TABLE product (id integer PRIMARY KEY, name text NOT NULL, weight integer);"


@contextmanager
def untold() -> Iterator[Observer]:
    yield ignore


@pytest.fixture
def small(tmp_path: Path, database: DatabaseUrl, server: Server) -> Small:
    execute(database, f"{TABLE}; INSERT INTO product VALUES (1, 'lamp'), (2, 'chair')")
    (tmp_path / "target.sql").write_text(TARGET)
    return Small(tmp_path / "migrations", database, server)


def settings(small: Small, server: ServerSettings | None = None) -> Settings:
    return Settings(
        root=small.folder.parent, target=Path("target.sql"), server=server or ServerSettings()
    )


def tried(
    small: Small,
    server: ServerSettings | None = None,
    selection: Selection = EVERYTHING,
) -> Rehearsal:
    listener = Listener(lambda _: None, untold, events.ignore)
    return rehearse(settings(small, server), small.url, {}, listener, selection)


def states(rehearsal: Rehearsal) -> dict[str, str]:
    """The stages that are not ok."""
    return {stage.name: stage.state for stage in rehearsal.stages if stage.state != "ok"}


def test_there_and_back_and_there_again(small: Small) -> None:
    small.revision(1, ADD, DROP)
    rehearsal = tried(small)
    assert rehearsal.passed, rehearsal.stages
    assert (rehearsal.tables, rehearsal.rows, rehearsal.phases) == (1, 2, ("phase1",))
    assert [run.round for run in rehearsal.runs] == ["upgrade", "downgrade", "upgrade again"]
    assert rows(small.url, "SELECT to_regnamespace('gnkmigrate')") == [(None,)]


def test_each_phase_says_what_it_cost(small: Small) -> None:
    rewriting = 'op.execute("ALTER TABLE product ALTER COLUMN id TYPE bigint")'
    small.revision(1, rewriting, 'op.execute("ALTER TABLE product ALTER COLUMN id TYPE integer")')
    rehearsal = tried(small)
    assert len(rehearsal.runs) == 3
    for run in rehearsal.runs:
        assert [(lock.relation, lock.mode) for lock in run.cost.locks] == [
            ("public.product", "AccessExclusiveLock")
        ]
        assert run.cost.rewritten == ("public.product",)
        assert run.cost.wal > 0
        assert run.estimate is None


def test_a_sample_gives_an_estimate(small: Small) -> None:
    small.revision(1, ADD, DROP)
    execute(small.url, "INSERT INTO product SELECT n, 'x' FROM generate_series(3, 100) AS n")
    rehearsal = tried(small, selection=Selection(rows=10))
    assert rehearsal.passed, rehearsal.stages
    assert (rehearsal.rows, rehearsal.live_rows) == (10, 100)
    for run in rehearsal.runs:
        assert run.estimate == pytest.approx(10 * run.seconds)
    assert "10 rows of 100" in rehearsal.stage("copy").summary


def test_a_way_back_that_loses_a_value_is_found(small: Small) -> None:
    wrong = """op.execute("UPDATE product SET name = '' WHERE id = 2")"""
    small.revision(1, ADD, f"{DROP}\n{wrong}")
    rehearsal = tried(small)
    assert states(rehearsal) == {"downgrade": "failed", "upgrade again": "not reached"}
    assert rehearsal.stage("downgrade").problems == (
        "not as before phase1: public.product: 2 rows, but not the same",
    )


def test_a_way_back_that_leaves_an_index_is_found(small: Small) -> None:
    index = 'op.execute("CREATE INDEX product_name ON product (name)")'
    small.revision(1, f"{ADD}\n{index}", DROP)
    rehearsal = tried(small)
    assert states(rehearsal)["audit"] == "failed"
    problems = rehearsal.stage("downgrade").problems
    assert len(problems) == 1
    assert "the schema has, and had not: CREATE INDEX product_name" in problems[0]


def test_only_what_is_pending_is_taken_back(small: Small) -> None:
    small.revision(1, ADD, DROP)
    small.project().up()
    small.revision(
        2,
        'op.execute("ALTER TABLE product ADD COLUMN colour text")',
        'op.execute("ALTER TABLE product DROP COLUMN colour")',
    )
    rehearsal = tried(small)
    assert rehearsal.phases == ("phase2",)
    assert states(rehearsal) == {"audit": "failed"}  # the target has no colour
    assert "colour" in rehearsal.stage("audit").problems[0]


def test_where_nothing_is_pending_the_state_is_proven(small: Small) -> None:
    small.revision(1, ADD, DROP)
    small.project().up()
    rehearsal = tried(small)
    assert rehearsal.passed, rehearsal.stages
    assert (rehearsal.phases, rehearsal.runs) == ((), ())


def test_a_phase_that_fails_on_the_rows_is_found(small: Small) -> None:
    small.revision(
        1,
        'op.execute("ALTER TABLE product ADD CONSTRAINT more CHECK (id > 1)")',
        'op.execute("ALTER TABLE product DROP CONSTRAINT more")',
    )
    rehearsal = tried(small)
    assert states(rehearsal)["dry run"] == "failed"
    assert rehearsal.runs == ()
    assert "is violated by some row" in rehearsal.stage("dry run").problems[0]


def test_a_phase_that_is_half_done_is_refused(small: Small) -> None:
    first = 'op.step("first", "SELECT", irreversible="it does nothing")'
    small.revision(1, f'{first}\n{ADD}\nop.execute("SELECT 1 / 0")', DROP)
    with pytest.raises(PhaseFailed):
        small.project().up()
    with pytest.raises(PhaseRefused, match="phase1 is half done") as refused:
        tried(small)
    assert "gnkmigrate downgrade --phase phase1" in refused.value.hint


def test_a_revision_that_is_not_sound_is_refused_before_anything_is_copied(small: Small) -> None:
    small.revision(1, 'op.verify(title="none", query="DELETE FROM product")')
    nowhere = ServerSettings(provider="url")
    with pytest.raises(RevisionError, match="is not one SELECT"):
        tried(small, nowhere)


def test_a_missing_target_is_found(small: Small) -> None:
    small.revision(1, ADD, DROP)
    (small.folder.parent / "target.sql").unlink()
    rehearsal = tried(small)
    assert states(rehearsal) == {"audit": "failed"}


def test_an_extension_that_the_throwaway_server_lacks_is_named(small: Small) -> None:
    small.revision(1, ADD, DROP)
    execute(small.url, COSMOLOGY)
    with pytest.raises(CloneFailed, match="lacks extensions") as failed:
        tried(small)
    assert failed.value.details == ("extension cosmology",)
    assert "GNKMIGRATE_SERVER__URL" in failed.value.hint
    assert "--skip-extension cosmology" in failed.value.hint


@pytest.mark.parametrize("rows", [None, 1])
def test_an_extension_that_no_table_needs_can_be_left_out(small: Small, rows: int | None) -> None:
    small.revision(1, ADD, DROP)
    execute(small.url, COSMOLOGY)
    rehearsal = tried(small, selection=Selection(rows=rows, without=("cosmology",)))
    assert rehearsal.passed, rehearsal.stages
    assert rehearsal.stage("copy").summary.endswith("; without the extensions cosmology")


def test_it_can_be_on_a_server_of_the_users_own(small: Small) -> None:
    small.revision(1, ADD, DROP)
    there = ServerSettings.model_validate({"provider": "url", "url": small.server.url.conninfo})
    rehearsal = tried(small, there)
    assert rehearsal.passed, rehearsal.stages
    assert rehearsal.provider == "url"


def test_no_dump_is_left_behind(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    small.revision(1, ADD, DROP)
    assert tried(small).passed
    assert list(place.iterdir()) == []
