"""Alembic's entry; everything is done by gnkmigrate, so that both commands do the same."""

from gnkmigrate.run.environment import run

run()
