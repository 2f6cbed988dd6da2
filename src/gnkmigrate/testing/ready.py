"""Tests of a project's revisions, which it gets by naming them."""

from typing import TYPE_CHECKING, ClassVar

import pytest

if TYPE_CHECKING:
    from gnkmigrate.check import CheckResult
    from gnkmigrate.check.outcome import Group


class MigrationTests:
    """What every project's revisions should do; a class of your own makes tests of it.

    Example:
        class TestMigrations(MigrationTests): ...

    All of them look at one run of `gnkmigrate check`, so that the second one costs nothing.
    """

    __test__: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.__test__ = True

    def test_single_head(self, gnk_check: "CheckResult") -> None:
        """The revisions form one line, and can say their steps."""
        _require(gnk_check, "revisions")

    def test_revisions_are_as_released(self, gnk_check: "CheckResult") -> None:
        """None whose checksum is kept has been edited."""
        _require(gnk_check, "checksums")

    def test_claims_are_verified(self, gnk_check: "CheckResult") -> None:
        """Every phase that moves rows verifies something, and all of it holds at the head."""
        _require(gnk_check, "claims")
        _require(gnk_check, "verification")

    def test_dry_run_leaves_no_trace(self, gnk_check: "CheckResult") -> None:
        """Every row and the schema are as before."""
        _require(gnk_check, "dry run")

    def test_upgrade(self, gnk_check: "CheckResult", gnk_phase: str) -> None:
        """The phase runs on a database with rows."""
        _require(gnk_check, "upgrade", gnk_phase)

    def test_no_gap_at_head(self, gnk_check: "CheckResult") -> None:
        """The schema is the declared target."""
        _require(gnk_check, "target")

    def test_rows_become_what_is_expected(self, gnk_check: "CheckResult") -> None:
        """The rows are those of the setting `expected_rows`."""
        _require(gnk_check, "expected rows")

    def test_old_shape_is_kept(self, gnk_check: "CheckResult") -> None:
        """The old application sees every row as it was."""
        _require(gnk_check, "old shape")

    def test_downgrade_restores_rows(self, gnk_check: "CheckResult", gnk_phase: str) -> None:
        """Every row and the schema are as before the phase."""
        _require(gnk_check, "downgrade", gnk_phase)

    def test_up_and_down_again(self, gnk_check: "CheckResult", gnk_phase: str) -> None:
        """A second time as well, with columns built beside the old ones."""
        _require(gnk_check, "upgrade again", gnk_phase)
        _require(gnk_check, "downgrade again", gnk_phase)


def _require(result: "CheckResult", group: "Group", phase: str = "") -> None:
    """Fails with what did not hold; skips what was not asked for, or not reached."""
    points = [point for point in result.of_group(group) if point.phase == phase]
    for point in points:
        if point.state == "failed":
            lines = (*point.problems, f"next: {point.hint}" if point.hint else "")
            pytest.fail("\n".join(line for line in lines if line), pytrace=False)
        if point.state == "not run":
            pytest.skip(point.summary)
    if not points or points[0].state == "not reached":
        first = next(point for point in result.points if point.state == "failed")
        pytest.skip(f"not reached: {first.title} failed")
