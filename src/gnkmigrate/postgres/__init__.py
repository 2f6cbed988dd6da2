"""PostgreSQL, as every room of the house meets it."""
