"""Columns whose values can be read with a key alone, which is never in the database.

`spec` says which columns, `key` what a run knows of the key, `preflight` asks what speaks against
it, `columns` makes what is beside the table's own and takes it away, `trigger` and `rotation` are
what the database does from then on, `rows` are what is there already, `view` is for reading.
"""
