from pathlib import Path

from gnkmigrate.check.checksums import checksum_file, read_checksums, write_checksums
from gnkmigrate.run.revision import load_phases
from gnkmigrate.servers import Server
from tests.check.projects import REVISION, checked, problems, states, write_project


def test_an_edited_revision_is_found(server: Server, tmp_path: Path) -> None:
    config = write_project(tmp_path, {"0001.py": REVISION})
    file = checksum_file(tmp_path / "migrations")
    write_checksums(file, load_phases(tmp_path / "migrations"), tmp_path / "target.sql")
    assert states(checked(config, server))["checksums"] == "ok"

    revision = file.parent / "0001.py"
    revision.write_text(revision.read_text() + "# a second thought\n")
    assert problems(checked(config, server)) == {"checksums": ("0001.py has been edited",)}

    revision.rename(file.parent / "0002.py")
    assert problems(checked(config, server)) == {"checksums": ("0001.py is gone",)}


def test_a_new_revision_is_none_of_it(server: Server, tmp_path: Path) -> None:
    config = write_project(tmp_path, {"0001.py": REVISION})
    write_checksums(checksum_file(tmp_path / "migrations"), (), tmp_path)
    assert states(checked(config, server))["checksums"] == "ok"


OF_TARGET = """
from gnkmigrate import op

revision, down_revision, phase = "0001", None, "labels"


@op.reversible
def upgrade() -> None:
    op.add_columns("public.product", ("label",))
"""


def test_a_target_from_which_a_revision_takes_is_kept(server: Server, tmp_path: Path) -> None:
    config = write_project(tmp_path, {"0001.py": OF_TARGET})
    target, migrations = tmp_path / "target.sql", tmp_path / "migrations"
    file, before = checksum_file(migrations), target.read_text()
    write_checksums(file, load_phases(migrations), target)
    assert "  ../../target.sql\n" in file.read_text()
    assert states(checked(config, server))["checksums"] == "ok"

    target.write_text(before.replace("'none'", "'nothing'"))
    said = "0001.py makes what target.sql declares, which has been edited: keep that file as it was"
    assert problems(checked(config, server))["checksums"] == (f"{said} in targets",)

    (migrations / "targets").mkdir()
    (migrations / "targets" / "0001.sql").write_text(before)
    assert list(problems(checked(config, server))) == ["target"]  # a revision is to be written


def test_a_file_in_another_form_is_refused(server: Server, tmp_path: Path) -> None:
    config = write_project(tmp_path, {"0001.py": REVISION})
    checksum_file(tmp_path / "migrations").write_text("0001.py\n")
    assert "line 1, is no checksum" in problems(checked(config, server))["checksums"][0]


def test_none_are_kept(tmp_path: Path) -> None:
    assert read_checksums(tmp_path / "checksums.txt") is None
