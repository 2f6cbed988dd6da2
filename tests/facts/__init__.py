"""Reading a database's catalog into facts."""
