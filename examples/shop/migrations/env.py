"""Alembic's entry; everything is done by gnkmigrate, so that both commands do the same."""

from gnkmigrate.phases.environment import run

run()
