"""Another name for a table: what it is, and what speaks against it."""
