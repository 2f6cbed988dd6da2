"""The tests: they run on a real PostgreSQL, which conftest.py starts once for each process."""
