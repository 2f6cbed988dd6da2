"""What single migrations do to tables that were there before, seen by running them."""

from pathlib import Path

import pytest

from gnkmigrate.check.other_tools.workflow import OthersOptions
from gnkmigrate.errors import RevisionError, SettingsError
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.check.other_tools.support import faults, lines, measured, ran, write
from tests.support import execute

BEFORE = """
    CREATE TABLE item (id bigint PRIMARY KEY, name text, note varchar(80), price int);
    CREATE TABLE sale (id int PRIMARY KEY, item bigint);
    INSERT INTO item SELECT i, 'name ' || i, 'a note', i FROM generate_series(1, 8) AS i;
    INSERT INTO sale SELECT i, i FROM generate_series(1, 8) AS i;
"""


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        # Of the catalog alone: however many rows there are, it takes no longer.
        ("ALTER TABLE item ADD stock int NOT NULL DEFAULT 0", []),
        ("ALTER TABLE item ALTER note TYPE varchar(200)", []),
        ("ALTER TABLE item RENAME name TO title", []),
        ("ALTER TABLE sale RENAME TO sold", []),
        ("ALTER TABLE item ADD CHECK (price > 0) NOT VALID", []),
        ("ALTER TABLE sale ADD FOREIGN KEY (item) REFERENCES item NOT VALID", []),
        # What is new keeps nobody waiting.
        ("CREATE TABLE new AS SELECT * FROM item; CREATE INDEX ON new (name)", []),
        ("CREATE INDEX CONCURRENTLY ON item (name)", []),
        # Rows of other tables and new values are nobody's loss.
        ("INSERT INTO item (id, name) VALUES (99, 'new')", []),
        ("ALTER TABLE item ADD full_name text; UPDATE item SET full_name = name", ["blocks"]),
        ("CREATE INDEX ON item (name)", ["blocks"]),
        ("ALTER TABLE item ALTER id SET DATA TYPE numeric", ["rewrites"]),
        ("ALTER TABLE item ADD token uuid DEFAULT gen_random_uuid()", ["rewrites"]),
        ("ALTER TABLE item ADD CHECK (price > 0)", ["blocks"]),
        ("ALTER TABLE sale ADD FOREIGN KEY (item) REFERENCES item", ["blocks", "blocks"]),
        ("VACUUM FULL item", ["rewrites"]),
        ("ALTER TABLE item DROP price", ["loses"]),
        ("DROP TABLE sale", ["loses"]),
        ("DELETE FROM sale WHERE id < 4", ["loses"]),
        ("UPDATE item SET price = 7", ["changes"]),
        ("ALTER TABLE item ALTER note TYPE varchar(3) USING left(note, 3)", ["rewrites", "loses"]),
        ("ALTER TABLE item ADD colour text NOT NULL", ["fails"]),
    ],
)
def test_a_statement(statement: str, found: list[str], tmp_path: Path, server: Server) -> None:
    write(tmp_path, {"before.sql": BEFORE, "new/1.sql": statement})
    result = ran("sql", tmp_path / "new", server, source=str(tmp_path / "before.sql"))
    assert faults(result)["1.sql"] == found, lines(result)


def test_locks_are_those_that_were_held(tmp_path: Path, server: Server) -> None:
    write(
        tmp_path,
        {
            "before.sql": BEFORE,
            "new/1.sql": "ALTER TABLE item ADD stock int; SELECT pg_sleep(0.05);"
            "ALTER TABLE sale ADD FOREIGN KEY (item) REFERENCES item NOT VALID;",
        },
    )
    result = ran("sql", tmp_path / "new", server, source=str(tmp_path / "before.sql"))
    locks = {each.relation: each for each in measured(result)["1.sql"].locks}
    assert locks["public.item"].mode == "AccessExclusiveLock"
    assert locks["public.item"].statement.startswith("ALTER TABLE item")
    assert locks["public.item"].seconds >= 0.05
    assert locks["public.sale"].mode == "ShareRowExclusiveLock"
    assert locks["public.sale"].seconds < locks["public.item"].seconds


def test_a_way_back_is_tried(tmp_path: Path, server: Server) -> None:
    add = "ALTER TABLE item ADD stock int"
    drop = "ALTER TABLE item DROP stock"
    write(
        tmp_path,
        {
            "before.sql": BEFORE,
            "new/1_whole.up.sql": add,
            "new/1_whole.down.sql": drop,
            "new/2_forgotten.sql": "-- migrate:up\nCREATE VIEW cheap AS SELECT id FROM item;\n"
            "-- migrate:down\n-- nothing\n",
            "new/3_lost.sql": "-- +goose Up\nALTER TABLE item DROP price;\n"
            "-- +goose Down\nALTER TABLE item ADD price int;\n",
            "new/4_impossible/up.sql": "ALTER TABLE item ADD weight int",
            "new/4_impossible/down.sql": "ALTER TABLE item DROP weigth",
            "new/5_none.sql": "COMMENT ON TABLE item IS 'What is sold'",
        },
    )
    allowed = ("loses=3_*",)
    result = ran(
        "sql", tmp_path / "new", server, source=str(tmp_path / "before.sql"), allowed=allowed
    )
    back = {each.name: each.way_back for each in result.migrations}
    assert back == {
        "1_whole.up.sql": "whole",
        "2_forgotten.sql": "not whole",
        "3_lost.sql": "not whole",
        "4_impossible/up.sql": "fails",
        "5_none.sql": "none",
    }
    assert "after the way back: public.item.price: the column is gone, with" in lines(result)
    assert 'the way back fails: column "weigth" of relation "item" does not exist' in lines(result)


def test_what_is_meant_is_allowed(tmp_path: Path, server: Server) -> None:
    write(tmp_path, {"before.sql": BEFORE, "new/1.sql": "DROP TABLE sale", "new/2.sql": "SELECT 1"})
    source = str(tmp_path / "before.sql")
    for allowed, passed in ((("loses=1.sql",), True), (("loses=2.sql", "blocks"), False)):
        result = ran("sql", tmp_path / "new", server, source=source, allowed=allowed)
        assert result.passed is passed
    assert "Where this is meant: --allow loses=1.sql" in result.points[1].hint


def test_what_cannot_be_allowed(tmp_path: Path, server: Server) -> None:
    with pytest.raises(SettingsError, match="--allow fails"):
        ran("sql", tmp_path, server, allowed=("fails",))


def test_after_a_failure_nothing_is_reached(tmp_path: Path, server: Server) -> None:
    write(
        tmp_path, {"1.sql": "CREATE TABLE a (id int)", "2.sql": "SELECT 1/0", "3.sql": "SELECT 1"}
    )
    result = ran("sql", tmp_path, server, Settings(root=tmp_path, target=Path("none.sql")))
    states = {point.phase: point.state for point in result.points if point.group == "migration"}
    assert states == {"1.sql": "ok", "2.sql": "failed", "3.sql": "not reached"}
    assert "fails: division by zero: SELECT ?/?" in lines(result)


@pytest.mark.parametrize(
    ("first", "is_said"),
    [("CREATE TABEL item (id int)", False), ("CREATE TABLE item (id int, n text)", True)],
)
def test_rows_are_blamed_only_where_some_were_made(
    first: str, is_said: bool, tmp_path: Path, server: Server
) -> None:
    second = "ALTER TABLE item ALTER n TYPE date USING n::date"
    write(tmp_path, {"new/1.sql": first, "new/2.sql": second})
    result = ran("sql", tmp_path / "new", server)
    hints = [point.hint for point in result.points]
    assert any("generated rows" in hint for hint in hints) is is_said, lines(result)


def test_what_the_schema_then_lacks(tmp_path: Path, server: Server) -> None:
    write(
        tmp_path,
        {
            "target.sql": "CREATE TABLE item (id bigint PRIMARY KEY, name text NOT NULL);",
            "new/1.sql": "CREATE TABLE item (id bigint PRIMARY KEY, name text);",
        },
    )
    settings = Settings(root=tmp_path, target=Path("target.sql"))
    result = ran("sql", tmp_path / "new", server, settings)
    (target,) = result.of_group("target")
    assert target.state == "failed"
    assert "name" in "\n".join(target.problems)
    write(tmp_path, {"new/2.sql": "ALTER TABLE item ALTER name SET NOT NULL;"})
    (target,) = ran("sql", tmp_path / "new", server, settings, rows=0).of_group("target")
    assert target.state == "ok", target.problems


def test_those_after_one(tmp_path: Path, server: Server) -> None:
    write(
        tmp_path,
        {
            "1_a.sql": "CREATE TABLE a (id int)",
            "2_b.sql": "CREATE INDEX ON a (id)",
            "10_c.sql": "DROP TABLE a",
        },
    )
    assert list(measured(ran("sql", tmp_path, server, since="2"))) == ["10_c.sql"]
    assert list(measured(ran("sql", tmp_path, server))) == ["1_a.sql", "2_b.sql", "10_c.sql"]
    with pytest.raises(RevisionError, match="no migration is called so"):
        ran("sql", tmp_path, server, since="7")


def test_a_copy_of_a_database_with_its_rows(tmp_path: Path, server: Server) -> None:
    write(tmp_path, {"1.sql": "ALTER TABLE item ADD CHECK (name <> 'odd')"})
    with server.database() as live:
        execute(live, "CREATE TABLE item (id int PRIMARY KEY, name text)")
        execute(live, "INSERT INTO item VALUES (1, 'odd')")
        given = {"provider": "url", "url": server.url.conninfo}
        settings = Settings.model_validate({"root": tmp_path, "server": given})
        result = ran("sql", tmp_path, server, settings, source=live.conninfo)
    assert 'check constraint "item_name_check" of relation "item" is violated' in lines(result)
    assert result.of_group("rows")[0].summary == "the database's own"


def test_a_wish_says_nothing_by_itself() -> None:
    options = OthersOptions("sql", Path("migrations"))
    assert (options.source, options.since, options.rows, options.allowed) == (None, None, None, ())
