"""Takes pairs of schemas from one to the other, both ways, and has pg_dump judge the result."""
