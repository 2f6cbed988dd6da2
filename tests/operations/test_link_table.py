"""op.link_table: a table becomes an entity, and a link table of its own name."""

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

import psycopg
import pytest

from gnkmigrate.errors import GnkMigrateError, PhaseRefused
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.run import events
from gnkmigrate.run.kept import contract
from gnkmigrate.run.lasting_verifications import verify
from tests.migrations.project import Project
from tests.small import Small

# Whoever is in a club says its motto. One may be in several; key and owner are of several columns.
CLUBS = """
CREATE TABLE public.people (tenant int, login text, PRIMARY KEY (tenant, login));
CREATE TABLE public.membership (
    tenant int NOT NULL, login text NOT NULL, club text NOT NULL, motto text, note text,
    state text NOT NULL DEFAULT 'in', joined timestamp NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, login, club),
    FOREIGN KEY (tenant, login) REFERENCES public.people);
INSERT INTO public.people VALUES (1, 'ann'), (1, 'ben'), (2, 'ann'), (2, 'cleo');
INSERT INTO public.membership (tenant, login, club, motto, note, state, joined) VALUES
    (1, 'ann', 'Chess', 'think', 'since school', 'in', '2024-01-01'),
    (1, 'ben', 'Chess', 'think', NULL, 'in', '2024-02-01'),
    (2, 'ann', 'Rowing', NULL, NULL, 'out', '2024-03-01'),
    (2, 'cleo', 'Rowing', NULL, 'cox', 'in', '2024-04-01')
"""
CLUB = """
clubs = op.Linking(
    "public.membership",
    "public.club",
    columns=(op.renamed("club", "name"), op.shortened("motto", 20), op.zoned("joined", "founded")),
    identity=("name",),
    reference="club_id",
    links=(op.renamed("tenant"), op.renamed("login"), op.zoned("joined", "since")),
    owner=("tenant", "login"),
    where=":row.state = 'in'",
    new=(op.constant("kind", "text", "'sport'"),),
    new_links=(op.new("role", "text"),),
    references={"tenant, login": "public.people (tenant, login) ON DELETE CASCADE"},
    fallback={"state": "'in'"},
    handed={"note": "'handed over'"},
)
op.link_table(clubs)
"""
NEW = (
    "SELECT tenant, login, name, motto, since::text, role FROM public.membership"
    " JOIN public.club ON club.id = club_id ORDER BY tenant, login, name"
)
OLD = (
    "SELECT tenant, login, club, motto, note, state FROM gnkmigrate_legacy.membership"
    " ORDER BY tenant, login, club"
)


def clubs(small: Small, revision: str = CLUB) -> Project:
    small.reversible(1, revision)
    project = small.project(source_timezone="UTC")
    project.execute(CLUBS)
    return project


@contextmanager
def old_application(project: Project) -> Iterator[Connection]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        yield session


def test_up_and_down_and_up_again(small: Small) -> None:
    project = clubs(small)
    before = project.state
    project.up(dry_run=True)
    assert project.state == before
    project.up()
    assert project.rows(NEW) == [
        (1, "ann", "Chess", "think", "2024-01-01 00:00:00+00", None),
        (1, "ben", "Chess", "think", "2024-02-01 00:00:00+00", None),
        (2, "cleo", "Rowing", None, "2024-04-01 00:00:00+00", None),
    ]
    assert project.rows("SELECT name, kind, founded::date::text FROM club ORDER BY name") == [
        ("Chess", "sport", "2024-01-01"),
        ("Rowing", "sport", "2024-03-01"),
    ]
    project.down()
    assert project.state == before
    project.up(atomic=True)
    assert project.value("SELECT count(*) FROM membership") == 3


def test_both_applications_write(small: Small) -> None:
    project = clubs(small)
    project.up()
    columns = "(tenant, login, club, motto)"
    with old_application(project) as old:
        # Two rows of a statement make one club; another knows it already, and says its motto anew.
        old.execute(
            f"INSERT INTO membership {columns} VALUES (1, 'ann', 'Go', 'stones'),"
            " (1, 'ben', 'Go', 'stones'), (2, 'cleo', 'Chess', 'think twice')"
        )
        assert old.execute(
            "SELECT DISTINCT motto FROM membership WHERE club = 'Chess'"
        ).fetchall() == [("think twice",)]
        old.execute(
            "UPDATE membership SET club = 'Sculling' WHERE login = 'cleo' AND club = 'Rowing'"
        )
        old.execute("UPDATE membership SET state = 'in' WHERE club = 'Rowing'")
        old.execute("UPDATE membership SET note = 'new' WHERE club = 'Go' AND login = 'ben'")
        old.execute("DELETE FROM membership WHERE club = 'Go' AND login = 'ann'")
    assert [row[:4] for row in project.rows(NEW)] == [
        (1, "ann", "Chess", "think twice"),
        (1, "ben", "Chess", "think twice"),
        (1, "ben", "Go", "stones"),
        (2, "ann", "Rowing", None),
        (2, "cleo", "Chess", "think twice"),
        (2, "cleo", "Sculling", None),
    ]
    project.execute(
        """
        INSERT INTO club (name, kind, motto) VALUES ('Judo', 'sport', 'yield');
        INSERT INTO membership (tenant, login, club_id, since)
            SELECT 1, 'ann', id, '2025-01-01 00:00+00' FROM club WHERE name IN ('Judo', 'Rowing');
        UPDATE club SET name = 'Weiqi', motto = 'black' WHERE name = 'Go';
        UPDATE membership SET login = 'ann' WHERE login = 'cleo'
            AND club_id = (SELECT id FROM club WHERE name = 'Sculling');
        DELETE FROM people WHERE (tenant, login) = (2, 'cleo')
        """
    )
    rows = [
        (1, "ann", "Chess", "think twice", "since school", "in"),
        (1, "ann", "Judo", "yield", None, "in"),
        (1, "ann", "Rowing", None, None, "in"),
        (1, "ben", "Chess", "think twice", None, "in"),
        (1, "ben", "Weiqi", "black", "new", "in"),
        (2, "ann", "Rowing", None, None, "in"),
        (2, "ann", "Sculling", None, "handed over", "in"),
    ]
    assert project.rows(OLD) == rows
    project.down()
    assert project.rows(OLD.replace("gnkmigrate_legacy", "public")) == rows
    project.up()
    assert [row[:3] for row in project.rows(NEW)] == [row[:3] for row in rows]


def test_a_row_that_is_no_link_is_its_owners(small: Small) -> None:
    project = clubs(small)
    project.up()
    project.execute(
        "INSERT INTO people VALUES (3, 'dora');"
        "INSERT INTO membership SELECT 3, 'dora', id FROM club WHERE name = 'Rowing'"
    )
    assert (2, "ann", "Rowing", None, None, "out") in project.rows(OLD)
    project.execute("UPDATE club SET (name, motto) = ('Rudern', 'row') WHERE name = 'Rowing'")
    assert (2, "ann", "Rudern", "row", None, "out") in project.rows(OLD)
    project.execute("UPDATE club SET name = 'Rowing' WHERE name = 'Rudern'")
    project.execute("DELETE FROM people WHERE (tenant, login) = (2, 'ann')")
    assert [row[:2] for row in project.rows(OLD) if row[2] == "Rowing"] == [
        (2, "cleo"),
        (3, "dora"),
    ]
    project.execute("TRUNCATE club CASCADE")
    assert project.rows(OLD) == []


def test_everybody_has_the_rights_of_before(small: Small) -> None:
    project, number = clubs(small), uuid4().hex
    owner, app = f"owner_{number}", f"app_{number}"
    project.execute(
        f"CREATE ROLE {owner}; CREATE ROLE {app}; GRANT ALL ON SCHEMA public TO {owner};"
        f"ALTER TABLE people OWNER TO {owner}; ALTER TABLE membership OWNER TO {owner};"
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON membership TO {app};"
        f"GRANT DELETE, SELECT ON people TO {app}"
    )
    before = project.state
    try:
        project.up()
        with old_application(project) as old:
            old.execute(f"SET ROLE {app}".encode())
            old.execute("INSERT INTO membership (tenant, login, club) VALUES (2, 'ann', 'Go')")
            old.execute("UPDATE membership SET motto = 'black' WHERE club = 'Go'")
            old.execute("SET search_path = public")
            old.execute("UPDATE club SET name = 'Weiqi' WHERE name = 'Go'")
            old.execute("DELETE FROM people WHERE login = 'cleo'")
            old.execute("DELETE FROM membership WHERE login = 'ben'")
        assert [row[:4] for row in project.rows(OLD)] == [
            (1, "ann", "Chess", "think"),
            (2, "ann", "Rowing", None),
            (2, "ann", "Weiqi", "black"),
        ]
        project.down()
        assert project.dump.splitlines() == before[0]
    finally:
        project.execute(
            f"REASSIGN OWNED BY {owner} TO CURRENT_USER; DROP OWNED BY {app}, {owner};"
            f"DROP ROLE {app}, {owner}"
        )


def test_what_the_old_shape_cannot_hold_is_spilled_and_comes_back(small: Small) -> None:
    project = clubs(small)
    project.up()
    project.execute(
        """
        INSERT INTO club (name, kind) VALUES ('Empty', 'sport');
        UPDATE club SET kind = 'game', founded = '1900-01-01 00:00+00' WHERE name = 'Chess';
        UPDATE membership SET role = 'chair' WHERE login = 'ben'
        """
    )
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    said = "\n".join(refused.value.details)
    assert "no place for rows of public.club that have no row of public.membership. (1)" in said
    assert "says nothing of kind in public.club. (1)" in said
    assert "says nothing of role in public.membership. (1)" in said
    project.down(parameters={"spill": "yes"})
    project.up()
    assert project.rows("SELECT name, kind, founded::date::text FROM club ORDER BY name") == [
        ("Chess", "game", "1900-01-01"),
        ("Empty", "sport", None),
        ("Rowing", "sport", "2024-03-01"),
    ]
    assert project.rows("SELECT login FROM membership WHERE role = 'chair'") == [("ben",)]
    assert project.value("SELECT count(*) FROM gnkmigrate.overflow") == 0


def test_what_later_phases_add_is_known_again_by_the_identity(small: Small) -> None:
    small.reversible(2, 'op.add_columns("public.membership", (op.new("rank", "int"),))')
    small.reversible(3, 'op.add_columns("public.club", (op.new("colour", "text"),))')
    project = clubs(small)
    project.up()
    project.execute("UPDATE membership SET rank = 7 WHERE login = 'ben'")
    project.execute("UPDATE club SET colour = name || ' blue'")
    project.down(parameters={"spill": "yes"})
    project.execute("INSERT INTO membership (tenant, login, club) VALUES (1, 'ben', 'Aikido')")
    project.up()
    assert project.rows("SELECT name, colour FROM club ORDER BY name") == [
        ("Aikido", None),
        ("Chess", "Chess blue"),
        ("Rowing", "Rowing blue"),
    ]
    ranks = "SELECT name, rank FROM membership JOIN club ON id = club_id WHERE login = 'ben'"
    assert project.rows(f"{ranks} ORDER BY name") == [("Aikido", None), ("Chess", 7)]


# Statements of the old application, which mean the same in a plain table of the old shape.
OLD_WRITES = (
    (
        "INSERT INTO {old} (tenant, login, club, note, state, joined)"
        " VALUES ({person}, {club}, {text}, {state}, '2024-05-05') ON CONFLICT DO NOTHING"
    ),
    "UPDATE {old} SET note = {text} WHERE club = {club}",
    "UPDATE {old} SET state = {state} WHERE (tenant, login) = ({person})",
    "UPDATE {old} SET club = {club} || {text} WHERE (tenant, login, club) = ({person}, {club})",
    "UPDATE {old} SET (tenant, login) = ROW({person}) WHERE club = {club} AND note = {text}",
    "DELETE FROM {old} WHERE (tenant, login, club) = ({person}, {club})",
    "DELETE FROM {old} WHERE note = {text}",
)
# Those of the new one, each with what it means there.
IT = "(SELECT id FROM club WHERE name = {club})"
NEW_WRITES = (
    (
        (
            f"INSERT INTO membership (tenant, login, club_id, since) SELECT {{person}}, {IT},"
            f" '2024-06-06 00:00+00' WHERE {IT} IS NOT NULL ON CONFLICT DO NOTHING"
        ),
        (
            "INSERT INTO oracle (tenant, login, club, state) SELECT {person}, {club}, 'in'"
            " WHERE EXISTS (SELECT FROM club WHERE name = {club})"
            " ON CONFLICT (tenant, login, club) DO UPDATE SET state = 'in'"
        ),
    ),
    (
        f"DELETE FROM membership WHERE (tenant, login, club_id) = ({{person}}, {IT})",
        "DELETE FROM oracle WHERE (tenant, login, club) = ({person}, {club}) AND state = 'in'",
    ),
    (
        "UPDATE club SET name = name || {text} WHERE name = {club}",
        "UPDATE oracle SET club = club || {text} WHERE club = {club}",
    ),
    ("DELETE FROM club WHERE name = {club}", "DELETE FROM oracle WHERE club = {club}"),
    (
        (
            "DELETE FROM people WHERE (tenant, login) = ({person});"
            "INSERT INTO people VALUES ({person})"
        ),
        "DELETE FROM oracle WHERE (tenant, login) = ({person})",
    ),
    ("UPDATE club SET motto = {text} WHERE name = {club}", "SELECT"),
)
ROWS = "SELECT tenant, login, club, note, state FROM"
# What links and entities are to be, by the old rows, and what they are.
LINKS = (
    "SELECT tenant, login, club, joined AT TIME ZONE 'UTC' FROM {old} WHERE state = 'in'",
    "SELECT tenant, login, name, since FROM {new} JOIN club ON id = club_id",
)
TOLD = (
    "SELECT DISTINCT club, motto FROM {old}",
    "SELECT name, motto FROM club WHERE name IN (SELECT club FROM {old})",
)


def differing(project: Project, one: str, other: str) -> list[tuple[object, ...]]:
    return project.rows(f"(({one}) EXCEPT ALL ({other})) UNION ALL (({other}) EXCEPT ALL ({one}))")


def write(project: Project, statements: tuple[str, str], chosen: random.Random) -> list[str]:
    """One of the statements in both shapes; what breaks a key breaks it in either."""
    given = {
        "person": chosen.choice(("1, 'ann'", "1, 'ben'", "2, 'ann'", "2, 'cleo'")),
        "club": chosen.choice(("'Chess'", "'Rowing'", "'Go'", "'Chess!'")),
        "text": chosen.choice(("'!'", "' o''clock'")),
        "state": chosen.choice(("'in'", "'out'")),
    }
    written = [
        text.format(old=old, **given)
        for text, old in zip(statements, ("membership", "oracle"), strict=True)
    ]
    with old_application(project) as session, suppress(psycopg.errors.UniqueViolation):
        old = statements[0] in OLD_WRITES
        with session.transaction():
            session.execute("SELECT" if old else "SET LOCAL search_path = public")
            # What it means is asked of the new shape as it was.
            for text in reversed(written):
                session.execute(text.encode())
    return written


def disagreements(project: Project, old: str, new: str) -> list[tuple[object, ...]]:
    compared = [(f"{ROWS} {old}", f"{ROWS} oracle")]
    compared += [
        (one.format(old=old), other.format(old=old, new=new)) for one, other in (LINKS, TOLD)
    ]
    return [row for one, other in compared for row in differing(project, one, other)]


@pytest.mark.parametrize("seed", range(2))
def test_whatever_both_write_is_what_a_plain_table_has(small: Small, seed: int) -> None:
    chosen, project = random.Random(seed), clubs(small)  # noqa: S311
    project.execute(
        "UPDATE membership SET motto = NULL; CREATE TABLE oracle (LIKE membership INCLUDING ALL);"
        "INSERT INTO oracle SELECT * FROM membership"
    )
    project.up(defer_cutover=True)
    for _ in range(12):
        write(project, (old := chosen.choice(OLD_WRITES), old), chosen)
        assert disagreements(project, "membership", "gnkmigrate_staging.membership") == []
    project.up()
    for _ in range(30):
        both = (old := chosen.choice(OLD_WRITES), old)
        written = write(project, chosen.choice((both, chosen.choice(NEW_WRITES))), chosen)
        shown = disagreements(project, "gnkmigrate_legacy.membership", "membership")
        assert shown == [], written
    project.down(parameters={"spill": "yes"})
    assert differing(project, f"{ROWS} membership", f"{ROWS} oracle") == []
    project.up()
    assert (
        differing(
            project,
            "SELECT tenant, login, club FROM oracle WHERE state = 'in'",
            "SELECT tenant, login, name FROM membership JOIN club ON id = club_id",
        )
        == []
    )


# A table with a key of its own, in which a machine has one row: who has it, and what it is.
MACHINES = """
CREATE TABLE public.staff (id bigint PRIMARY KEY);
CREATE TABLE public.machine_use (
    id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    who bigint NOT NULL REFERENCES public.staff (id), "The %site" text NOT NULL,
    number int NOT NULL, label text, gone text NOT NULL, UNIQUE ("The %site", number));
INSERT INTO public.staff VALUES (1), (2), (3);
INSERT INTO public.machine_use (who, "The %site", number, label, gone)
SELECT 1 + n % 3, 'S' || n % 2, n, 'label ' || n, 'kept' FROM generate_series(1, 40) AS n
"""
MACHINE = """
op.link_table(op.Linking(
    "public.machine_use",
    "public.machine",
    columns={columns},
    identity=("known", "no"),
    reference="attempt",
    links=(op.renamed("who", "staff"),),
    owner=("staff",),
    references={{"staff": "public.staff (id) ON DELETE CASCADE"}},
    indexes={{"machine_use_machine_idx": "(attempt)"}},
    fallback={{"gone": "'made'"}},
    key_type="uuid DEFAULT gen_random_uuid()",
))
"""
LABEL = (
    '(op.renamed("The %site", "known"), op.cast("number", "bigint", rename="no"),'
    ' op.renamed("label"))'
)
SITE = '"The %site"'


def machines(small: Small, columns: str = LABEL, **limits: int) -> Project:
    small.reversible(1, MACHINE.format(columns=columns))
    project = small.project(limits=limits)
    project.execute(MACHINES)
    return project


def test_a_second_owner_has_a_row_when_the_first_ones_link_ends(small: Small) -> None:
    project = machines(small)
    before = project.state
    project.up()
    project.execute(
        "INSERT INTO machine_use (staff, attempt) SELECT 3, id FROM machine WHERE no IN (1, 4);"
        "UPDATE machine SET label = 'new' WHERE no = 1"
    )
    seen = "SELECT who, label, gone FROM gnkmigrate_legacy.machine_use WHERE number IN (1, 4)"
    seen = f"{seen} ORDER BY label"
    assert project.rows(seen) == [(2, "label 4", "kept"), (2, "new", "kept")]
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.down()
    assert "no place for links of public.machine_use that have no row of it. (2)" in "\n".join(
        refused.value.details
    )
    project.execute("DELETE FROM machine_use WHERE staff = 2")
    assert project.rows(seen) == [(3, "label 4", "made"), (3, "new", "made")]
    with old_application(project) as old:
        old.execute("DELETE FROM machine_use WHERE who = 1")
        old.execute(f"INSERT INTO machine_use (who, {SITE}, number, gone) VALUES (1, 'S', 0, '')")
    assert project.value("SELECT count(*) FROM machine") == 28
    project.execute("DELETE FROM machine_use")
    project.down(parameters={"spill": "yes"})
    assert project.dump.splitlines() == before[0]
    project.up()
    assert project.value("SELECT count(*) FROM machine") == 28


class Killed(Exception):
    """What a test raises in the middle of a run."""


def test_a_kill_between_batches_loses_nothing(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gnkmigrate.run.batches.progress._TELL_EVERY_S", 0)
    project = machines(small, batch_rows=7)
    old = f"SELECT who, {SITE}, number, label FROM machine_use ORDER BY number"
    rows = project.rows(old)
    for step in ("rows of public.machine", "links of public.machine_use"):

        def kill(event: events.Event, step: str = step) -> None:
            if isinstance(event, events.StepProgress) and event.step == step:
                raise Killed

        with pytest.raises(Killed):
            project.up(kill)
        project.execute(
            "DELETE FROM machine_use WHERE number = 40; INSERT INTO machine_use"
            f" (id, who, {SITE}, number, label, gone) VALUES (40, 2, 'S0', 40, 'label 40', 'kept')"
        )
    project.up()
    joined = "SELECT staff, known, no, label FROM machine_use JOIN machine ON id = attempt"
    assert project.rows(f"{joined} ORDER BY no") == rows
    with project.session() as session:
        assert all(claim.passed for claim in verify(session, project.phases, project.settings))
    project.down()
    assert project.rows(old) == rows


def test_a_client_with_an_old_snapshot_repeats_its_transaction(small: Small) -> None:
    project = machines(small)
    with project.session() as client:

        def work_on(event: events.Event) -> None:
            done = event.step if isinstance(event, events.StepFinished) else ""
            if done == "links of public.machine_use follow its rows":
                client.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
                client.execute("SELECT 1")
            if done == "links of public.machine_use":
                with pytest.raises(psycopg.errors.SerializationFailure):
                    client.execute("DELETE FROM machine_use WHERE who = 1")
                client.execute("ROLLBACK")

        project.up(work_on)
    assert project.value("SELECT count(*) FROM machine_use") == 40


def test_what_comes_meanwhile_and_does_not_fit_stops_it_before_the_swap(small: Small) -> None:
    project = machines(small)
    project.execute(f"ALTER TABLE machine_use ALTER {SITE} DROP NOT NULL")

    def work_on(event: events.Event) -> None:
        if isinstance(event, events.StepFinished) and event.step == "rows of public.machine":
            project.execute(f"UPDATE machine_use SET {SITE} = NULL WHERE number = 4")

    with pytest.raises(GnkMigrateError):
        project.up(work_on)
    assert project.value(f"SELECT count(*) FROM machine_use WHERE {SITE} IS NULL") == 1
    project.execute(f"UPDATE machine_use SET {SITE} = 'S0' WHERE number = 4")
    project.up()
    with (
        old_application(project) as old,
        pytest.raises(psycopg.errors.NotNullViolation, match="needs a value in each of: The %site"),
    ):
        old.execute(f"UPDATE machine_use SET {SITE} = NULL WHERE number = 4")
    with project.session() as session:
        contract.contract(session, project.phases, project.settings)
    assert "gnkmigrate" not in project.dump
    assert project.value("SELECT count(*) FROM machine_use JOIN machine ON id = attempt") == 40


def test_all_that_speaks_against_it_is_listed_at_once(small: Small) -> None:
    project = machines(small)
    project.execute(
        """
        CREATE TABLE machine (); ALTER TABLE machine_use ADD attempt int;
        ALTER TABLE machine_use ADD by bigint NOT NULL REFERENCES staff DEFAULT 1;
        ALTER TABLE machine_use ADD colour text NOT NULL DEFAULT ''; ALTER TABLE machine_use
            ALTER colour DROP DEFAULT
        """
    )
    assert_refused(
        project,
        "public.machine is there already",
        "already has columns of the link: attempt",
        "columns that no new table has",
        "NOT NULL: colour",
    )


def test_rows_that_the_new_shape_cannot_hold_are_listed(small: Small) -> None:
    project = machines(
        small,
        '(op.renamed("The %site", "known"),'
        ' op.Conversion("number", "int", using=":column / 4", rename="no"),'
        ' op.shortened("label", 7))',
    )
    project.execute(
        "ALTER TABLE machine_use DROP CONSTRAINT machine_use_who_fkey,"
        f" ALTER {SITE} DROP NOT NULL;"
        f"UPDATE machine_use SET who = 9, {SITE} = NULL WHERE number = 1"
    )
    assert_refused(
        project,
        "public.machine_use.label",
        "no value in: The %site, number",
        "are different would become one row of public.machine",
        "disagree about it",
        'refer by staff to rows of "public"."staff" that are not there. (1)',
    )


def assert_refused(project: Project, *said: str) -> None:
    before = project.state
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    assert project.state == before
    for each in said:
        assert each in "\n".join(refused.value.details)


@pytest.mark.parametrize("key_from", ["", "id"])
def test_a_sequence_goes_on_giving_keys(small: Small, key_from: str) -> None:
    small.reversible(
        1,
        f"""
        op.link_table(op.Linking(
            "public.dev", "public.device", columns=(op.renamed("serial"),), identity=("serial",),
            reference="device_id", links=(op.renamed("usr"),), owner=("usr",),
            key_from="{key_from}",
        ))
        """,
    )
    project = small.project()
    project.execute(
        "CREATE TABLE dev (id bigserial PRIMARY KEY, usr int NOT NULL, serial text NOT NULL,"
        " UNIQUE (usr, serial)); INSERT INTO dev (usr, serial) VALUES (1, 'A'), (2, 'A')"
    )
    before = project.dump
    project.up()
    with old_application(project) as session:
        session.execute("INSERT INTO dev (usr, serial) VALUES (3, 'B')")
    project.execute("INSERT INTO dev (usr, device_id) SELECT 4, id FROM device WHERE serial = 'B'")
    project.down()
    assert project.dump == before
    project.execute("INSERT INTO dev (usr, serial) VALUES (5, 'C')")
    assert project.rows("SELECT id, usr, serial FROM dev ORDER BY id") == [
        (1, 1, "A"), (2, 2, "A"), (3, 3, "B"), (4, 4, "B"), (5, 5, "C"),
    ]  # fmt: skip


@pytest.mark.parametrize("when", ["before the swap", "after it"])
def test_all_rows_of_an_entity_get_another_identity_at_once(small: Small, when: str) -> None:
    """The last of them is alone with the entity when the first has made another of that name."""
    project = clubs(small)
    project.execute(
        "INSERT INTO membership (tenant, login, club, motto) VALUES (2, 'ann', 'Chess', 'think')"
    )
    renamed = "UPDATE membership SET club = 'Go', motto = 'stones' WHERE club = 'Chess'"

    def write(event: events.Event) -> None:
        if isinstance(event, events.StepFinished) and event.step == "rows of public.club":
            project.execute(renamed)

    project.up(write if when == "before the swap" else events.ignore)
    if when == "after it":
        with old_application(project) as old:
            old.execute(renamed)
    assert project.rows(
        "SELECT tenant, login, name, motto FROM membership JOIN club ON club.id = club_id"
        " WHERE name IN ('Go', 'Chess') ORDER BY 1, 2"
    ) == [(1, "ann", "Go", "stones"), (1, "ben", "Go", "stones"), (2, "ann", "Go", "stones")]
    with project.session() as session:
        assert all(claim.passed for claim in verify(session, project.phases, project.settings))


ORDERED = """
CREATE TABLE m (id text PRIMARY KEY DEFAULT md5(random()::text), login text NOT NULL,
                club text NOT NULL, motto text, city text, born text, UNIQUE (login, club));
INSERT INTO m VALUES ('1', 'a', 'c1', 'mm', 'Graz', 'b')
"""


def test_the_old_shape_has_its_columns_in_their_order(small: Small) -> None:
    """Also where PostgreSQL reads the catalog by an index, in the order of the names."""
    small.reversible(
        1,
        """
        op.link_table(op.Linking("public.m", "public.club", identity=("name",),
            columns=(op.renamed("club", "name"), op.renamed("motto"), op.renamed("city")),
            reference="club_id", links=(op.renamed("login"),), owner=("login",)))
        """,
    )
    project = small.project()
    project.execute(ORDERED)
    project.execute("VACUUM ANALYZE")
    project.up()
    with old_application(project) as old:
        described = old.execute("SELECT * FROM m").description or ()
    names = [column.name for column in described]
    assert names == ["id", "login", "club", "motto", "city", "born"]
