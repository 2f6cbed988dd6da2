"""Columns that leave a table for one of their own, to whose rows the table refers from then on.

`spec` says which, `sides` knows both tables as they are, `preflight` asks what speaks against it,
`entity` is the new table's SQL, `sync` keeps the two shapes in step, `exchange` is the cutover.
`building` and `turning` are the steps, `proving` is what they are proven by.
"""
