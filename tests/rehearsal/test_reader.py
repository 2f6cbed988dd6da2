"""A live role that may read the tables and nothing else: no CREATE, no TEMP, no attribute."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo, sql

from gnkmigrate.backup.progress import Observer, ignore
from gnkmigrate.copies.clone import CloneFailed
from gnkmigrate.copies.sample import Selection
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.rehearsal.outcome import Rehearsal
from gnkmigrate.rehearsal.rehearse import Listener, rehearse
from gnkmigrate.run import events
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.copies.test_sample import SHOP
from tests.small import Small
from tests.support import execute, pg_dump, rows

ADD = 'op.execute("ALTER TABLE sale ADD COLUMN price integer")'
DROP = 'op.execute("ALTER TABLE sale DROP COLUMN price")'
LIMITED = """
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE ROLE {role} LOGIN PASSWORD 'sesame' NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
GRANT CONNECT ON DATABASE {database} TO {role};
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
"""


@pytest.fixture
def small(tmp_path: Path, database: DatabaseUrl, server: Server) -> Small:
    execute(database, SHOP)
    execute(database, "ANALYZE")
    schema = SHOP[: SHOP.index("INSERT INTO")]
    (tmp_path / "target.sql").write_text(f"{schema}; ALTER TABLE sale ADD COLUMN price integer;")
    small = Small(tmp_path / "migrations", database, server)
    small.revision(1, ADD, DROP)
    return small


@pytest.fixture
def reader(small: Small) -> Iterator[DatabaseUrl]:
    """The address of the database for one who may only SELECT."""
    role = f"reader_{secrets.token_hex(6)}"
    name = str(conninfo.conninfo_to_dict(small.url.conninfo)["dbname"])
    identifiers = {"role": sql.Identifier(role), "database": sql.Identifier(name)}
    execute(small.url, sql.SQL(LIMITED).format(**identifiers).as_string())
    yield DatabaseUrl(conninfo.make_conninfo(small.url.conninfo, user=role, password="sesame"))
    drop = sql.SQL("DROP OWNED BY {role} CASCADE; DROP ROLE {role}").format(**identifiers)
    execute(small.url, drop.as_string())


@contextmanager
def untold() -> Iterator[Observer]:
    yield ignore


def tried(small: Small, live: DatabaseUrl, selection: Selection) -> Rehearsal:
    settings = Settings(root=small.folder.parent, target=Path("target.sql"))
    listener = Listener(lambda _: None, untold, events.ignore)
    return rehearse(settings, live, {}, listener, selection)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id integer)",
        "CREATE TEMPORARY TABLE mine (id integer)",
        "DELETE FROM sale",
        "SELECT nextval('sale_id_seq')",
    ],
)
def test_the_reader_may_only_read(reader: DatabaseUrl, statement: str) -> None:
    with (
        connect(reader, search_path=["public"]) as session,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        session.execute(statement.encode())


@pytest.mark.parametrize(
    ("selection", "copied"),
    [(Selection(), 5000), (Selection(mask=True), 5000), (Selection(rows=20), None)],
    ids=["whole", "masked", "sample"],
)
def test_that_is_enough_for_a_rehearsal(
    small: Small, reader: DatabaseUrl, selection: Selection, copied: int | None
) -> None:
    before = pg_dump(small.url, small.server)
    rehearsal = tried(small, reader, selection)
    assert rehearsal.passed, rehearsal.stages
    assert rehearsal.phases == ("phase1",)
    assert rehearsal.live_rows == 5000
    assert copied in {None, rehearsal.rows}
    assert pg_dump(small.url, small.server) == before
    assert rows(small.url, "SELECT to_regnamespace('gnkmigrate')") == [(None,)]


@pytest.mark.parametrize("sample", [None, 20])
def test_what_it_may_not_read_is_named(
    small: Small, reader: DatabaseUrl, sample: int | None
) -> None:
    user = sql.Identifier(str(conninfo.conninfo_to_dict(reader.conninfo)["user"])).as_string()
    execute(small.url, f"REVOKE SELECT ON sale, sale_id_seq FROM {user}")
    with pytest.raises(CloneFailed, match="may not read all tables") as failed:
        tried(small, reader, Selection(rows=sample))
    assert failed.value.details == ("table public.sale", "sequence public.sale_id_seq")
    assert user.strip('"') in failed.value.hint


@pytest.mark.parametrize("sample", [None, 20])
def test_a_journal_that_it_may_not_read(
    small: Small, reader: DatabaseUrl, sample: int | None
) -> None:
    small.project().up()
    small.revision(2, ADD.replace("price", "tax"), DROP.replace("price", "tax"))
    with pytest.raises(PhaseRefused, match="may not read gnkmigrate's journal in") as failed:
        tried(small, reader, Selection(rows=sample))
    assert 'GRANT USAGE ON SCHEMA gnkmigrate TO "reader_' in failed.value.hint


@pytest.mark.parametrize("sample", [None, 20])
def test_a_journal_of_its_own(small: Small, reader: DatabaseUrl, sample: int | None) -> None:
    """Further phases are rehearsed by who has run the first one, and is no superuser."""
    told = conninfo.conninfo_to_dict(reader.conninfo)
    role, name = (sql.Identifier(str(told[key])).as_string() for key in ("user", "dbname"))
    execute(
        small.url,
        f"GRANT CREATE ON DATABASE {name} TO {role}; ALTER TABLE sale OWNER TO {role};"
        f"GRANT CREATE ON SCHEMA public TO {role}",
    )
    replace(small.project(), url=reader).up()
    small.revision(2, ADD.replace("price", "tax"), DROP.replace("price", "tax"))
    target = small.folder.parent / "target.sql"
    target.write_text(f"{target.read_text()} ALTER TABLE sale ADD COLUMN tax integer")
    rehearsal = tried(small, reader, Selection(rows=sample))
    assert rehearsal.passed, rehearsal.stages
    assert rehearsal.phases == ("phase2",)
