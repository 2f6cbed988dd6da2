"""The client's memory does not grow with the table."""

import sys

import pytest
from benchmarks.memory import upgrade

from gnkmigrate.servers import Server

MOST_MB = 150
GROWTH_MB = 10


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's peak is read from /proc")
@pytest.mark.parametrize("workers", [1, 3])
def test_the_peak_is_the_same_for_many_rows_as_for_few(server: Server, workers: int) -> None:
    with server.database() as url:
        few = upgrade(url, 5_000, workers=workers)
    with server.database() as url:
        many = upgrade(url, 200_000, workers=workers)
    assert many.peak_mb < min(MOST_MB, few.peak_mb + GROWTH_MB)
