"""What a database is made of, read from its catalog as facts.

`model` is the fact; `queries/` and `attached/` have one query a kind, so that adding a kind is
adding a file; `snapshot` runs them, `assemble` joins them, `load` and `document` feed and keep them.
"""
