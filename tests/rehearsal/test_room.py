import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from gnkmigrate.rehearsal.room import Need, NoRoom, in_words, require_room


class Usage(NamedTuple):
    free: int


def test_needs_on_one_disk_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(5_000_000))
    needs = [Need(tmp_path, 3_000_000, "TMPDIR"), Need(tmp_path, 2_500_000, "")]
    require_room(needs[:1])
    with pytest.raises(NoRoom, match=r"needs about 5\.5 MB in .*, and 5\.0 MB are free") as refused:
        require_room(needs)
    assert refused.value.hint == "TMPDIR"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (500, "0.5 kB"),
        (-45_300_000, "-45.3 MB"),
        (7_700_000, "7.7 MB"),
        (2 * 10**9, "2.0 GB"),
        (3 * 10**15, "3,000.0 TB"),
    ],
)
def test_sizes_in_words(size: int, words: str) -> None:
    assert in_words(size) == words
