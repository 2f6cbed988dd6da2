"""What a check of the revisions finds, and what it lets pass."""

from pathlib import Path

import pytest

from gnkmigrate.check import CheckOptions
from gnkmigrate.errors import SchemaError, SettingsError
from gnkmigrate.servers import Server
from tests.check.projects import (
    BASELINE,
    REVISION,
    SETTINGS,
    TARGET,
    checked,
    problems,
    states,
    write_project,
)
from tests.support import ROOT


def test_minegnk_goes_to_its_target_and_back(server: Server) -> None:
    result = checked(ROOT / "gnkmigrate.toml", server)
    assert result.passed, problems(result)
    core = ["tables", "data", "join-table", "indexes", "columns", "align"]
    assert list(result.phases[:6]) == core
    up = [point.phase for point in result.of_group("upgrade")]
    back = [point.phase for point in result.of_group("downgrade again")]
    assert up[:6] == core
    assert [name for name in back if name in core] == core[::-1]
    assert sorted(up) == sorted(back) == sorted(result.phases)  # the optional ones as well
    assert not [point for point in result.points if point.state == "not reached"]
    assert states(result)["old shape"] == "ok"


def test_generated_rows_make_the_same_way(server: Server) -> None:
    options = CheckOptions(parameters={"unmapped": "archive"})
    config = ROOT / "gnkmigrate.toml"
    result = checked(config, server, options, baseline_rows=None, expected_rows=None)
    assert result.passed, problems(result)
    (rows,) = result.of_group("rows")
    assert rows.summary == "24 rows generated in 3 tables"


def test_a_small_project(server: Server, tmp_path: Path) -> None:
    result = checked(write_project(tmp_path, {"0001_labels.py": REVISION}), server)
    assert result.passed, problems(result)
    assert states(result)["old shape"] == "not run"
    assert states(result)["checksums"] == "not run"


def test_a_project_without_a_revision(server: Server, tmp_path: Path) -> None:
    result = checked(write_project(tmp_path, {}, target=BASELINE), server)
    assert result.passed, problems(result)
    assert states(result)["upgrade"] == "not run"


def test_two_heads_are_found_without_a_server(server: Server, tmp_path: Path) -> None:
    other = REVISION.replace('"0001"', '"0002"').replace('"labels"', '"others"')
    result = checked(write_project(tmp_path, {"a.py": REVISION, "b.py": other}), server)
    assert not result.passed
    assert "2 heads: 0001, 0002" in problems(result)["revisions"][0]
    assert result.server_version == 0
    assert {point.state for point in result.points[1:]} == {"not reached"}


def test_a_revision_that_cannot_be_imported(server: Server, tmp_path: Path) -> None:
    result = checked(write_project(tmp_path, {"a.py": "revision = "}), server)
    assert list(problems(result)) == ["revisions"]


def test_a_gap_that_is_left(server: Server, tmp_path: Path) -> None:
    target = TARGET.replace("'none'", "'some'") + "CREATE INDEX ON product (sold);"
    config = write_project(tmp_path, {"a.py": REVISION}, target=target)
    result = checked(config, server)
    assert list(problems(result)) == ["target"]
    text = "\n".join(problems(result)["target"])
    assert "product_sold_idx" in text
    assert "'some'" in text
    assert states(result)["downgrade: labels"] == "ok"


def test_a_way_back_that_loses_a_row(server: Server, tmp_path: Path) -> None:
    revision = REVISION.replace(
        '"ALTER TABLE product DROP COLUMN label"',
        '"ALTER TABLE product DROP COLUMN label; DELETE FROM product WHERE id = 3"',
    )
    result = checked(write_project(tmp_path, {"a.py": revision}), server)
    assert "public.product" in problems(result)["downgrade: labels"][0]
    assert states(result)["upgrade again"] == "not reached"


def test_a_way_back_that_leaves_something(server: Server, tmp_path: Path) -> None:
    revision = REVISION.replace('"ALTER TABLE product DROP COLUMN label"', '"SELECT 1"')
    result = checked(write_project(tmp_path, {"a.py": revision}), server)
    assert list(problems(result)) == ["downgrade: labels"]


def test_a_dry_run_gives_back_what_a_rollback_does_not(server: Server, tmp_path: Path) -> None:
    """A sequence's value is not rolled back by a transaction, unless somebody takes care."""
    baseline = BASELINE + "CREATE SEQUENCE ticket;"
    target = TARGET + "CREATE SEQUENCE ticket;"
    revision = REVISION.replace("DEFAULT 'none'\"", "DEFAULT 'none'; SELECT nextval('ticket')\"")
    revision = revision.replace(
        "DROP COLUMN label", "DROP COLUMN label; SELECT setval('ticket', 1, false)"
    )
    config = write_project(tmp_path, {"a.py": revision}, baseline=baseline, target=target)
    assert checked(config, server).passed


def test_a_phase_that_fails(server: Server, tmp_path: Path) -> None:
    revision = REVISION.replace("ALTER TABLE product ADD", "ALTER TABLE nothing ADD")
    result = checked(write_project(tmp_path, {"a.py": revision}), server)
    assert list(problems(result)) == ["dry run"]
    assert "nothing" in "\n".join(problems(result)["dry run"])
    assert states(result)["upgrade"] == "not reached"


def test_a_phase_that_moves_rows_and_proves_nothing(server: Server, tmp_path: Path) -> None:
    revision = REVISION.replace(
        "def downgrade",
        """    op.backfill("labelled", "public.product", "id",
                "UPDATE product SET label = name WHERE :batch", irreversible="it goes with label")


def downgrade""",
    )
    result = checked(write_project(tmp_path, {"a.py": revision}), server)
    assert problems(result)["claims"] == ("phase labels moves rows and verifies nothing",)


def test_rows_of_the_project(server: Server, tmp_path: Path) -> None:
    (tmp_path / "rows.sql").write_text("INSERT INTO product VALUES (7, 'seven', '7.00', true);")
    settings = SETTINGS + 'baseline_rows = "rows.sql"\n'
    config = write_project(tmp_path, {"a.py": REVISION}, settings=settings)
    result = checked(config, server)
    assert result.passed, problems(result)
    (rows,) = result.of_group("rows")
    assert rows.summary == "of rows.sql"


def test_a_project_without_a_baseline(server: Server, tmp_path: Path) -> None:
    config = write_project(tmp_path, {"a.py": REVISION}, settings='target = "target.sql"')
    with pytest.raises(SettingsError, match="no baseline"):
        checked(config, server)


def test_rows_that_cannot_be_loaded(server: Server, tmp_path: Path) -> None:
    (tmp_path / "rows.sql").write_text("INSERT INTO nothing VALUES (1);")
    settings = SETTINGS + 'baseline_rows = "rows.sql"\n'
    config = write_project(tmp_path, {"a.py": REVISION}, settings=settings)
    with pytest.raises(SchemaError, match="nothing"):
        checked(config, server)
