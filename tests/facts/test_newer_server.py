"""A server of a major version that nobody has tried: looked at with a caveat, changed by nobody.

No program of PostgreSQL 19 is to be had yet where this is tested; so the newest version that we
know is said to be the one before the server's.
"""

from pathlib import Path

import pytest

from gnkmigrate.doctor.run import examine
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.facts import newer_server
from gnkmigrate.facts.newer_server import known_columns, unknown_columns
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.kinds import kinds
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import versions
from gnkmigrate.settings import Settings
from tests.conftest import MAJOR
from tests.small import Small

NEW = ("pg_class.relkind", "pg_constraint.contype")


@pytest.fixture
def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the server's major version had come after the last that we know, with two columns."""
    known = {
        catalog: frozenset(each for each in columns if f"{catalog}.{each}" not in NEW)
        for catalog, columns in known_columns().items()
    }
    monkeypatch.setattr(versions, "NEWEST", MAJOR - 1)
    monkeypatch.setattr(newer_server, "known_columns", lambda: known)


def test_every_column_of_the_versions_that_we_know_is_known(database: DatabaseUrl) -> None:
    with connect(database) as connection:
        assert unknown_columns(connection) == ()
    read = {kind.catalog for kind in kinds().values() if kind.catalog}
    assert read <= known_columns().keys()


@pytest.mark.usefixtures("untried")
def test_what_is_new_is_told_by_all_that_compares(database: DatabaseUrl) -> None:
    with connect(database) as connection:
        (said,) = read_snapshot(connection).unread
    assert str(said) == "2 catalog columns (pg_class.relkind, pg_constraint.contype)"
    assert said.reason == f"they are new in PostgreSQL {MAJOR}"


@pytest.mark.usefixtures("untried")
def test_nothing_is_changed_there(small: Small) -> None:
    small.revision(1, 'op.execute("CREATE TABLE public.t ()")', 'op.execute("DROP TABLE public.t")')
    with pytest.raises(PhaseRefused, match=f"The server is PostgreSQL {MAJOR}"):
        small.project().up()
    assert small.project().rows(
        "SELECT to_regnamespace('gnkmigrate'), to_regclass('public.t')"
    ) == [(None, None)]


@pytest.mark.usefixtures("untried")
def test_doctor_says_so(database: DatabaseUrl, tmp_path: Path) -> None:
    said = examine(Settings(root=tmp_path), None, database)
    (warned,) = (each for each in said if "is newer than" in each.message)
    assert "upgrade" in warned.blocks
    assert "audit" not in warned.blocks
