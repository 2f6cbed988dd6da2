"""Tables of which even a SELECT runs somebody else's functions: their rows are left alone."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.session import audit_project
from gnkmigrate.backup import create_backup
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.settings import Settings, load
from tests.audit.support import TIME
from tests.run.hostile import Hostile, hostile
from tests.support import execute

PLANTED = """
CREATE FUNCTION trap.calm() RETURNS boolean IMMUTABLE LANGUAGE plpgsql
AS 'BEGIN RETURN trap.rise(); END';
CREATE TABLE note (id int PRIMARY KEY, tag text);
CREATE INDEX odd ON note ((trap.calm()));
CREATE VIEW notes AS SELECT * FROM note;
"""
CHECK = """\
-- ---
-- id = "SHOP-001"
-- title = "Every note has a tag"
-- severity = "low"
-- object = "public.notes"
-- one = "One note."
-- many = "COUNT notes."
-- ---
SELECT id FROM public.notes WHERE tag IS NULL
"""


@pytest.fixture
def enemy(database: DatabaseUrl) -> Iterator[Hostile]:
    execute(database, "GRANT CREATE ON SCHEMA public TO PUBLIC")
    with hostile(database) as role:
        role.plants(PLANTED)
        yield role
    execute(database, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")


@pytest.fixture
def project(tmp_path: Path) -> Settings:
    (tmp_path / "audits" / "checks").mkdir(parents=True)
    (tmp_path / "audits" / "checks" / "tags.sql").write_text(CHECK)
    (tmp_path / "target.sql").write_text("CREATE TABLE note (id int PRIMARY KEY, tag int NOT NULL)")
    (tmp_path / "gnkmigrate.toml").write_text('target = "target.sql"\n')
    return load(tmp_path / "gnkmigrate.toml", {})


def test_an_audit_says_what_it_has_not_read(
    database: DatabaseUrl, project: Settings, enemy: Hostile
) -> None:
    result = audit_project(project, database, AuditOptions(), TIME, lambda _: None)
    assert not enemy.has_risen
    said = {missed.title: missed.reason for missed in result.not_run}
    function = 'index public.odd: function trap.calm() of "gnk Hostile"'
    assert said["The rows of note"].startswith(
        f"code of others would run by reading them, with your rights ({function})"
    )
    assert said["The rows of notes"] == said["The rows of note"]
    assert said["Every note has a tag"] == f"code of others would run by reading notes: {function}"
    assert any("NULL" in title and function in why for title, why in said.items())


# What an audit itself evaluates over rows, though no query needs it.
EVALUATED = {
    "a constraint that nothing has checked": """
        CREATE TABLE c (name text); INSERT INTO c VALUES ('a');
        ALTER TABLE c ADD CONSTRAINT cc CHECK (trap.calm()) NOT VALID;""",
    "one that runs SQL from a text": """
        CREATE TABLE c (name text); INSERT INTO c VALUES ('a');
        ALTER TABLE c ADD CONSTRAINT cc CHECK (query_to_xml('SELECT trap.rise()', true, true, '')
            IS NOT NULL) NOT VALID;""",
    "a cast of a key": """
        CREATE TYPE mood AS ENUM ('x');
        CREATE FUNCTION told(mood) RETURNS text LANGUAGE plpgsql
            AS 'BEGIN PERFORM trap.rise(); RETURN ''x''; END';
        CREATE CAST (mood AS text) WITH FUNCTION told(mood) AS IMPLICIT;
        CREATE TABLE p (id text PRIMARY KEY); CREATE TABLE c (id mood);
        ALTER TABLE c ADD FOREIGN KEY (id) REFERENCES p NOT VALID;
        ALTER TABLE c DISABLE TRIGGER USER; INSERT INTO c VALUES (NULL);""",
    "a cast to the target's type": """
        CREATE TYPE mood AS ENUM ('x');
        CREATE FUNCTION told(mood) RETURNS text LANGUAGE plpgsql
            AS 'BEGIN PERFORM trap.rise(); RETURN ''x''; END';
        CREATE FUNCTION meant(text) RETURNS mood LANGUAGE plpgsql
            AS 'BEGIN PERFORM trap.rise(); RETURN ''x''; END';
        CREATE CAST (mood AS text) WITH FUNCTION told(mood) AS IMPLICIT;
        CREATE CAST (text AS mood) WITH FUNCTION meant(text);
        CREATE TABLE wanted (id int PRIMARY KEY, a mood, b text, c text);
        INSERT INTO wanted VALUES (1, 'x', 'x', 'x');""",
    "what the target's check and domain call": """
        CREATE FUNCTION public.fits(text) RETURNS boolean LANGUAGE plpgsql
            AS 'BEGIN RETURN trap.rise(); END';
        CREATE FUNCTION public.alike(text, text) RETURNS boolean LANGUAGE plpgsql
            AS 'BEGIN RETURN trap.rise(); END';
        CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = public.alike);
        CREATE DOMAIN public.word AS text CHECK (public.fits(VALUE));
        CREATE TABLE wanted (id int PRIMARY KEY, a text, b text, c text);
        INSERT INTO wanted VALUES (1, 'x', 'x', 'x');""",
}
WANTED = """
CREATE TYPE mood AS ENUM ('x', 'y');
CREATE FUNCTION public.fits(text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION public.alike(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = public.alike);
CREATE DOMAIN public.word AS text CHECK (public.fits(VALUE));
CREATE TABLE wanted (id int PRIMARY KEY, a varchar(1) UNIQUE CHECK (public.fits(a)), b mood,
    c word CHECK (c OPERATOR(public.===) 'x')
        CHECK (length(query_to_xml(c, true, true, '')::text) > 0));
"""


@pytest.mark.parametrize("planted", EVALUATED.values(), ids=EVALUATED.keys())
def test_what_an_audit_evaluates_is_left_alone_too(
    database: DatabaseUrl, project: Settings, enemy: Hostile, planted: str
) -> None:
    enemy.plants(planted)
    project.path(project.target).write_text(WANTED)
    result = audit_project(project, database, AuditOptions(), TIME, lambda _: None)
    assert not enemy.has_risen
    assert any(
        "with your rights" in missed.reason or "code of others" in missed.reason
        for missed in result.not_run
        if "note" not in missed.title
    )


def test_its_owner_reads_it(project: Settings, enemy: Hostile) -> None:
    result = audit_project(project, enemy.url, AuditOptions(), TIME, lambda _: None)
    assert not [missed for missed in result.not_run if missed.check == "others-code"]


def test_a_backup_is_refused_until_it_is_trusted(
    database: DatabaseUrl, project: Settings, enemy: Hostile
) -> None:
    with pytest.raises(PhaseRefused, match="nothing was read") as refused:
        create_backup(database, project)
    assert refused.value.details == ('index public.odd: function trap.calm() of "gnk Hostile"',)
    assert not enemy.has_risen
    trusting = project.model_copy(update={"trust_triggers": True})
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):  # it has run, and cannot write
        create_backup(database, trusting)
