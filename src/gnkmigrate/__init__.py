"""Audits a live PostgreSQL database against a declared target and takes it there in phases.

The way of the data: `facts` and `kinds` read a database, `diff` compares two, `audit` makes
findings, `report` writes them down, `plan` and `run` make and run the statements, `cli` is the
door.
"""

__version__ = "0.2.0"
