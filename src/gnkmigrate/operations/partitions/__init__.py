"""A table becomes one of partitions by month.

`spec` says which and by what, `preflight` asks what speaks against it, `staging` makes the new
table beside the old one, `following` keeps one in step with the other, `exchange` puts it in its
place.
"""
