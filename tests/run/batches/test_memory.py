"""The client's memory does not grow with the table."""

import re
import subprocess
import sys

import pytest

from tests.support import ROOT

MOST_MB = 150
GROWTH_MB = 10


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's peak is read from /proc")
@pytest.mark.parametrize("workers", [1, 3])
def test_the_peak_is_the_same_for_many_rows_as_for_few(workers: int) -> None:
    script = ROOT / "benchmarks" / "memory.py"
    measured = subprocess.run(
        [sys.executable, script, "--rows=200000", f"--workers={workers}"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    few, many = (int(peak) for peak in re.findall(r"peak (\d+) MB", measured.stdout))
    assert many < min(MOST_MB, few + GROWTH_MB)
