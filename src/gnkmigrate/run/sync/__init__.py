"""Two shapes of the same rows in step: mappings become triggers, columns and views."""
