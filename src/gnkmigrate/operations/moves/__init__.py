"""Columns that move to a side table, whose rows have the key of the table that they leave.

`spec` says which; `sync` makes the side table and follows the table, and `either_leads` keeps the
two in step from the cutover on; `preflight` and `rights` ask what speaks against it, `proving`
holds the two shapes against each other; `building` and `turning` are the steps before the cutover
and from it.
"""
