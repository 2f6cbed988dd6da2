"""Servers on which nobody has tried what a phase does."""

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.servers import versions


def require_tried(server_version: int) -> None:
    """Refuses to change anything on a server of a major version that is newer than all we know.

    Args:
        server_version: its server_version_num.

    Raises:
        PhaseRefused: it is.
    """
    if versions.is_newer(server_version):
        raise PhaseRefused(
            f"The server is PostgreSQL {server_version // 10000}. This gnkmigrate knows "
            f"{versions.OLDEST} to {versions.NEWEST} and changes nothing on newer ones.",
            hint="Install a newer gnkmigrate. To look is possible: doctor, audit, diff, plan.",
        )
