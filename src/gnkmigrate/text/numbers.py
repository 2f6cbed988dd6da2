"""Counts, sizes, times and versions in the words of a message."""

_STEP = 1000  # as disks and networks are sold
_MINUTE_S = 60
_EXACT_S = 10


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun, such as "1 row" or "12,000 rows"."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def size(bytes_: int) -> str:
    """A number of bytes as people say it: "45.3 kB"."""
    if abs(bytes_) < _STEP:
        return f"{bytes_} bytes"
    value = bytes_ / _STEP
    for unit in ("kB", "MB", "GB"):
        if abs(value) < _STEP:
            return f"{value:.1f} {unit}"
        value /= _STEP
    return f"{value:,.1f} TB"


def duration(seconds: float) -> str:
    """Seconds as people say them: "0.04 s", "12.3 s", "3 min 05 s"."""
    if seconds < _EXACT_S:
        return f"{seconds:.2f} s"
    if seconds < _MINUTE_S:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), _MINUTE_S)
    return f"{minutes} min {rest:02} s"


def server_version(number: int) -> str:
    """PostgreSQL's server_version_num as people write it: 160004 is "16.4"."""
    return f"{number // 10000}.{number % 10000}"
