import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from gnkmigrate.copies.disk_space import Need, NoRoom, require_room


class Usage(NamedTuple):
    free: int


def test_needs_on_one_disk_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(5_000_000))
    needs = [Need(tmp_path, 3_000_000, "TMPDIR"), Need(tmp_path, 2_500_000, "")]
    require_room(needs[:1])
    with pytest.raises(NoRoom, match=r"needs about 5\.5 MB in .*, and 5\.0 MB are free") as refused:
        require_room(needs)
    assert refused.value.hint == "TMPDIR"
