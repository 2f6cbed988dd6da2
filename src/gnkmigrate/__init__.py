"""Audits a live PostgreSQL database against a declared target and takes it there in phases.

The way of the data: `catalog` reads facts, `diff` compares them, `audit` makes findings,
`report` writes them down, `plan` and `phases` make and run the statements, `cli` is the door.
"""

__version__ = "0.1.0"
