"""What a database is made of, read from its catalog as facts.

`model` is the fact; `queries/` and `attached/` have one query a kind: adding a kind is adding a
file. `snapshot` runs them and `assemble` joins them; `load` and `document` read what is in files.
"""
