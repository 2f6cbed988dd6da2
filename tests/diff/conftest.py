"""The fixtures of the catalog's tests: schemas that pass through one session."""

from tests.facts.conftest import Read, made, read, session

__all__ = ["Read", "made", "read", "session"]
