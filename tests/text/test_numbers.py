import pytest

from gnkmigrate.text.numbers import counted, duration, server_version, size


def test_numbers_go_with_their_nouns() -> None:
    assert (counted(1, "gap"), counted(1000, "gap")) == ("1 gap", "1,000 gaps")
    assert counted(2, "gap separates", "gaps separate") == "2 gaps separate"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (45_300_000, "45.3 MB"),
        (-45_300_000, "-45.3 MB"),
        (2 * 10**9, "2.0 GB"),
        (3 * 10**15, "3,000.0 TB"),
    ],
)
def test_sizes(number: int, words: str) -> None:
    assert size(number) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0.04 s"), (12.34, "12.3 s"), (185, "3 min 05 s")]
)
def test_times(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_version() -> None:
    assert server_version(160004) == "16.4"
