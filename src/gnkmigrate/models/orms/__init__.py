"""One module an ORM; each has its own tool write the schema."""
