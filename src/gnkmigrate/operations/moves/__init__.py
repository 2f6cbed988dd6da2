"""Columns that move to a side table, whose rows have the key of the table that they leave.

`spec` says which, `sync` keeps the two shapes in step, `preflight` asks what speaks against it,
`steps` are the steps, of which one is the cutover.
"""
