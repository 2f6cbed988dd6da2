"""op.schedule: a job of pg_cron, where it is installed.

pg_cron has to be preloaded, and is not among the programs that are downloaded. Here a schema has
what is asked of it: the table, and the functions with their signatures.
"""

from collections.abc import Iterator

import pytest

from gnkmigrate.errors import PhaseRefused
from tests.migrations.project import Project
from tests.small import Small
from tests.support import execute

OWNER = "clock_owner"
TABLE = f"""
    CREATE ROLE {OWNER}; CREATE TABLE "Log" (id int PRIMARY KEY);
    ALTER TABLE "Log" OWNER TO {OWNER};
"""
CRON = """
    CREATE SCHEMA cron;
    CREATE TABLE cron.job (jobid bigserial PRIMARY KEY, schedule text NOT NULL,
        command text NOT NULL, database text NOT NULL, username text NOT NULL,
        active boolean NOT NULL, jobname text, UNIQUE (jobname, username));
    CREATE FUNCTION cron.schedule_in_database(job_name text, schedule text, command text,
        database text, username text DEFAULT NULL, active boolean DEFAULT true)
    RETURNS bigint LANGUAGE sql AS $$
        INSERT INTO cron.job (jobname, schedule, command, database, username, active)
        VALUES (job_name, schedule, command, database, username, active) RETURNING jobid
    $$;
    CREATE FUNCTION cron.unschedule(job_id bigint) RETURNS boolean LANGUAGE sql AS $$
        DELETE FROM cron.job WHERE jobid = job_id RETURNING true
    $$;
    SET allow_system_table_mods = on;
    INSERT INTO pg_extension
    SELECT 99998, 'pg_cron', extowner, 'cron'::regnamespace, false, '1.6', NULL, NULL
    FROM pg_extension WHERE extname = 'plpgsql';
"""
UP = """op.schedule("it's late", "17 3 * * *", "CALL public.purge('a')", like="public.Log")"""
JOBS = "SELECT jobname, schedule, command, username, database = current_database() FROM cron.job"


@pytest.fixture
def clock(small: Small) -> Iterator[Project]:
    execute(small.url, TABLE)
    small.reversible(1, UP)
    yield small.project(schemas=("public",))
    execute(small.url, f"DROP OWNED BY {OWNER} CASCADE; DROP ROLE {OWNER}")


def test_the_job_runs_as_the_owner_and_goes_on_the_way_back(clock: Project) -> None:
    clock.execute(CRON)
    clock.up()
    assert clock.rows(JOBS) == [("it's late", "17 3 * * *", "CALL public.purge('a')", OWNER, True)]
    clock.execute("UPDATE cron.job SET schedule = '@hourly'")
    clock.down()
    assert clock.rows(JOBS) == []
    clock.up()
    clock.execute("DELETE FROM cron.job")
    clock.down()


def test_without_the_extension_nothing_is_made_nor_taken(clock: Project) -> None:
    before = clock.dump
    clock.up()
    assert clock.states == ("done",)
    clock.execute(CRON)  # it has come since
    clock.execute("INSERT INTO cron.job VALUES (1, '@daily', 'x', 'd', 'u', true, 'it''s late')")
    clock.down()
    assert clock.value("SELECT count(*) FROM cron.job") == 1
    clock.execute("DELETE FROM pg_extension WHERE extname = 'pg_cron'; DROP SCHEMA cron CASCADE")
    assert clock.dump == before


def test_a_job_of_that_name_or_an_old_extension_is_refused(clock: Project) -> None:
    clock.execute(CRON)
    clock.execute("INSERT INTO cron.job VALUES (1, '@daily', 'x', 'd', 'u', true, 'it''s late')")
    with pytest.raises(PhaseRefused) as taken:
        clock.up()
    assert "There is a job it's late already." in str(taken.value.details) + taken.value.message
    clock.execute("DROP FUNCTION cron.schedule_in_database")
    with pytest.raises(PhaseRefused) as old:
        clock.up()
    assert "older than 1.4" in str(old.value.details) + old.value.message
