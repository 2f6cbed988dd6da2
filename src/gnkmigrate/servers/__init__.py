"""Throwaway PostgreSQL servers: where a declared schema is loaded, a plan proven, a test run.

A server is the user's own (`given`), one that this package starts from downloaded binaries
(`embedded`), or a container (`docker`); `throwaway` takes the first that works.
"""

from gnkmigrate.servers.choice import DEFAULT_MAJOR, throwaway
from gnkmigrate.servers.server import LOADER, Server

__all__ = ["DEFAULT_MAJOR", "LOADER", "Server", "throwaway"]
