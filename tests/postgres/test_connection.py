import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import conninfo

from gnkmigrate.errors import ConnectionFailed, ConnectionRejected, SettingsError
from gnkmigrate.postgres.connection import DatabaseUrl, connect, own_path, require_supported
from gnkmigrate.text.redaction import redact
from tests.support import execute, rows


@pytest.mark.parametrize(
    "given_url",
    [
        "postgres://ann:pw@db.example.org:6543/shop",
        "postgresql://ann:pw@db.example.org:6543/shop",
        "postgresql+psycopg://ann:pw@db.example.org:6543/shop",
        "postgresql+asyncpg://ann:pw@db.example.org:6543/shop",
        "host=db.example.org port=6543 user=ann password=pw dbname=shop",
    ],
)
def test_urls_are_read_as_users_write_them(given_url: str) -> None:
    url = DatabaseUrl.parse(given_url)

    assert str(url) == "ann@db.example.org:6543/shop"
    assert conninfo.conninfo_to_dict(url.conninfo)["password"] == "pw"


def test_a_service_is_named_and_left_to_libpq() -> None:
    assert str(DatabaseUrl.parse("service=shop")) == "service=shop"


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=8, max_size=20))
def test_a_url_never_shows_its_password(password: str) -> None:
    url = DatabaseUrl(conninfo.make_conninfo(host="h", user="u", password=password))

    assert password not in str(url)
    assert password not in repr(url)


@pytest.mark.parametrize("port", ["99999", "0", "-1"])
def test_a_port_that_cannot_be_is_for_a_person_to_correct(port: str) -> None:
    with (
        pytest.raises(ConnectionRejected, match="is not a number from 1 to 65535"),
        connect(DatabaseUrl(f"host=127.0.0.1 dbname=x port={port}")),
    ):
        pass


def test_a_url_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        DatabaseUrl.parse("postgresql://ann:hunter2@[host/shop")

    assert "hunter2" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "could not connect to postgresql://ann:hunter2@host/shop",
        "bad conninfo: host=h password=hunter2 user=u",
        "bad conninfo: password = 'hunter2 and more'",
    ],
)
def test_redact_leaves_no_password(text: str) -> None:
    assert "hunter2" not in redact(text)
    assert "***" in redact(text)


def test_what_a_role_has_set_does_not_change_a_session(database: DatabaseUrl) -> None:
    name = conninfo.conninfo_to_dict(database.conninfo)["dbname"]
    execute(
        database,
        f"""
        ALTER DATABASE {name} SET statement_timeout = '100ms';
        ALTER DATABASE {name} SET default_transaction_isolation = 'serializable';
        ALTER DATABASE {name} SET default_transaction_read_only = on;
        ALTER DATABASE {name} SET search_path = 'elsewhere';
        ALTER DATABASE {name} SET TimeZone = 'Asia/Kathmandu';
        ALTER DATABASE {name} SET DateStyle = 'German';
        ALTER DATABASE {name} SET quote_all_identifiers = on;
        """,
    )
    names = ("statement_timeout", "transaction_isolation", "transaction_read_only", "search_path")

    with connect(database, search_path=["public"]) as session:
        found = [session.execute(f"SHOW {each}".encode()).fetchall()[0][0] for each in names]
        moment = session.execute("SELECT '2025-01-31'::timestamptz::text").fetchall()[0][0]
        printed = session.execute("SELECT quote_ident('a')").fetchall()[0][0]

    assert found == ["0", "read committed", "off", "public, pg_temp"]
    assert moment == "2025-01-31 00:00:00+00"
    assert printed == "a"


def test_a_temporary_table_never_shadows_another(database: DatabaseUrl) -> None:
    execute(database, "CREATE TABLE public.account (real boolean)")

    with connect(database, search_path=["public"]) as session:
        session.execute("CREATE TEMPORARY TABLE account (fake boolean)")
        cursor = session.execute("SELECT * FROM account")

    assert [column.name for column in cursor.description or ()] == ["real"]


def test_where_a_session_is_can_be_told_to_programs_of_older_versions(
    database: DatabaseUrl,
) -> None:
    """libpq says of each session how it treats a certificate, which pg_dump 14 does not know."""
    with connect(database) as session:
        assert "sslcertmode" in session.info.get_parameters()
        assert "sslcertmode" not in DatabaseUrl.of(session).conninfo


def test_what_the_user_has_chosen_stays_where_a_session_is(database: DatabaseUrl) -> None:
    with connect(DatabaseUrl.parse(f"{database.conninfo} sslcertmode=disable")) as session:
        assert "sslcertmode=disable" in DatabaseUrl.of(session).conninfo


def test_a_read_only_session_writes_nothing(database: DatabaseUrl) -> None:
    from psycopg import errors

    with connect(database, read_only=True) as session, pytest.raises(errors.ReadOnlySqlTransaction):
        session.execute("CREATE TABLE public.nothing ()")


def test_a_missing_database_is_named(database: DatabaseUrl) -> None:
    with pytest.raises(ConnectionFailed) as failed:
        connect(database.with_database("nowhere"))

    assert "nowhere does not exist" in failed.value.message


def test_a_role_that_may_not_connect_waits_for_a_person(database: DatabaseUrl) -> None:
    name = conninfo.conninfo_to_dict(database.conninfo)["dbname"]
    role = f"role_{secrets.token_hex(6)}"
    execute(
        database,
        f"CREATE ROLE {role} LOGIN PASSWORD 'x'; REVOKE CONNECT ON DATABASE {name} FROM PUBLIC",
    )
    try:
        with pytest.raises(ConnectionRejected, match="may not connect to the database") as failed:
            connect(DatabaseUrl(conninfo.make_conninfo(database.conninfo, user=role, password="x")))
    finally:
        execute(database, f"DROP ROLE {role}")
    assert not failed.value.passing
    assert "GRANT CONNECT" in failed.value.hint


def test_a_server_that_is_too_old_is_refused_with_what_to_do() -> None:
    url = DatabaseUrl.parse("postgresql://ann@old.example.org/shop")

    with pytest.raises(ConnectionFailed) as refused:
        require_supported(url, 130022)

    assert "ann@old.example.org:5432/shop is PostgreSQL 13" in refused.value.message
    assert "Upgrade the server" in refused.value.hint
    require_supported(url, 140000)


def test_a_dba_sees_who_we_are(database: DatabaseUrl) -> None:
    with connect(database):
        seen = rows(database, "SELECT application_name FROM pg_stat_activity")
    assert ("gnkmigrate",) in seen


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ann:hun@ter2@host/shop",
        "postgres://ann:hun/ter2@host/shop",
        "postgresql+psycopg://ann:hun?t@er2@host/shop",
        "postgresql://ann:5432/hunter2@host/shop",
    ],
)
def test_where_the_password_ends_must_be_clear(text: str) -> None:
    with pytest.raises(SettingsError, match="unclear where the password ends"):
        DatabaseUrl.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ann:hunter%402@host/shop?application_name=a@b",
        "postgresql://host:5432/shop?sslrootcert=/etc/a@b/c",
        "postgresql:///shop?host=/tmp/@socket",
        "postgresql://%2Ftmp:5432/shop",
    ],
)
def test_what_stands_among_the_parameters_is_clear(text: str) -> None:
    assert DatabaseUrl.parse(text)


def test_a_type_of_the_databases_path_is_not_taken_for_postgresqls(database: DatabaseUrl) -> None:
    """Seen: a domain called text ran its check as whoever asked for a plan."""
    execute(
        database,
        "CREATE SCHEMA evil;"
        "CREATE FUNCTION evil.trap() RETURNS boolean LANGUAGE plpgsql AS"
        " 'BEGIN RAISE EXCEPTION ''run''; END';"
        "CREATE DOMAIN evil.text AS pg_catalog.text CHECK (evil.trap());"
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = evil, pg_catalog',"
        " current_database()); END $$",
    )
    with connect(database) as connection:
        assert own_path(connection)[0] == "evil"
