"""A plan: the statements that take a database to its target."""
