"""`gnkmigrate forget`."""

import pytest

from tests.cli.conftest import Command
from tests.run.kept.test_forget import CONVERT, KEPT, PRODUCT, REVERT
from tests.small import Small
from tests.support import rows


def test_the_command(gnkmigrate: Command, small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    small.revision(1, CONVERT, REVERT)
    project = small.project()
    project.execute(PRODUCT)
    project.up()
    monkeypatch.setenv("GNKMIGRATE_MIGRATIONS", str(small.folder))

    ran = gnkmigrate(small.url, "forget", "public.product", "1")
    assert ran.exit_code == 2
    assert "Add --yes" in ran.stderr
    ran = gnkmigrate(small.url, "forget", "public.product", "1", "--yes")
    assert ran.exit_code == 0, ran.output
    assert "public.product: gnkmigrate_kept_price: 1 removed" in ran.stdout
    assert rows(small.url, KEPT)[0][2] == 2.5
