"""A table to whose rows several rows of another refer, and whose columns that one gets.

The way back of a split: what keeps the two in step from the cutover on is what a split does, with
other names. `spec` says which, `sides` what both are called, `sync` is what a split has not,
`preflight` and `rights` ask what speaks against it, `way` is what the steps of a merge ask.
"""
