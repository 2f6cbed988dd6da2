"""What is taken for a report, and how it went with a database."""

from pathlib import Path

from gnkmigrate.serving import report_folder
from gnkmigrate.serving.history import histories
from gnkmigrate.serving.pages import curve, since
from gnkmigrate.serving.report_folder import reports


def test_audits_of_one_database_whoever_asked(folder: Path) -> None:
    found, damaged = reports(folder)
    assert damaged == ()
    (history,) = (each for each in histories(found) if each.database == "localhost:5432/shop")
    assert [each.kept.name for each in history.audits] == ["second", "2025/first"]
    assert [since(each) for each in history.audits] == ["1 new, 1 fixed", "the first"]
    assert list(history.scores) == sorted(history.scores)
    assert set(history.audits[1].kept.beside) == {".html"}


def test_what_is_no_report_is_left_alone_and_what_is_damaged_is_named(folder: Path) -> None:
    (folder / "list.json").write_text("[1]")
    (folder / "other.json").write_text('{"version": 1}')
    (folder / "cut.json").write_text('{"version": 1, "fin')
    (folder / "half.json").write_text('{"findings": [], "summary": {"score": "high"}}')
    (folder / "bytes.json").write_bytes(b"\xff\xfe")
    _, damaged = reports(folder)
    assert [each.name for each in damaged] == ["bytes", "cut", "half"]
    assert "score" in damaged[2].reason


def test_what_is_too_large_is_named(folder: Path) -> None:
    with (folder / "large.json").open("wb") as file:
        file.truncate(report_folder.MOST_BYTES + 1)
    _, (damaged,) = reports(folder)
    assert damaged.reason == "it is larger than 64 MiB"


def test_links_that_lead_elsewhere_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text((folder / "second.json").read_text())
    (tmp_path / "secret.html").write_text("secret")
    (folder / "linked.json").symlink_to(tmp_path / "secret.json")
    (folder / "second.html").symlink_to(tmp_path / "secret.html")
    found, _ = reports(folder)
    names = {each.name: each for each in found}
    assert "linked" not in names
    assert names["second"].beside == {}


def test_a_report_that_is_written_again_is_read_again(folder: Path) -> None:
    before = {each.name: each.time for each in reports(folder)[0]}
    text = (folder / "second.json").read_text()
    (folder / "second.json").write_text(text.replace("2025-12-10", "2025-12-31"))
    after = {each.name: each.time for each in reports(folder)[0]}
    assert after["second"] > before["second"]


def test_the_curve_goes_up_where_the_score_does() -> None:
    (_, low), (_, high) = curve((20, 80)).points
    assert low > high
    assert len(curve((50,)).points) == 1
