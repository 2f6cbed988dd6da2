"""A side table whose columns become columns of the table that it belongs to.

`spec` says which, `sides` what both are called, `sync` keeps the two shapes in step, `preflight`
and `rights` ask what speaks against it, `steps` are the steps, of which one is the cutover.
"""
