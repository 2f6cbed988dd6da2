"""What a database is made of, read from its catalog as facts.

`model` is the fact; `queries/` has one query a kind; `snapshot` runs them in one transaction.
Adding a kind is adding a query.
"""
