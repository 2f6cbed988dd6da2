"""The major versions of PostgreSQL that we know, and the release of each that we fetch."""

from types import MappingProxyType

VERSIONS = MappingProxyType(
    {14: "14.23.0", 15: "15.19.0", 16: "16.15.0", 17: "17.11.0", 18: "18.6.0"}
)
OLDEST, NEWEST = min(VERSIONS), max(VERSIONS)


def is_newer(server_version: int) -> bool:
    """Whether a server, by its server_version_num, is of a major version that nobody tried here."""
    return server_version // 10000 > NEWEST
