"""The kinds of step: one module each, found by being here.

Each registers itself with Alembic as op.NAME; a new one is a new file. `recorder.operation` is the
way in, `step.Step` is what it must be.
"""
