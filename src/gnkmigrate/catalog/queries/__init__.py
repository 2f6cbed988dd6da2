"""One query a kind, named as the kind is; all return the same columns.

path, position, payload and subject become the fact (docs/facts.md); classid, objid, objsubid are
its address in pg_depend, and parent_... its parent's. `%(schemas)s` holds the schemas' oids.
"""
