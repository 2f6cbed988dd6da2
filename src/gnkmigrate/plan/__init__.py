"""From changes to SQL that makes them, in an order that runs.

`rules/` knows each kind of thing; `expand` finds what has to make way; `graph`, `group` and `order`
sort; `make` puts them together into statements, which `document`, `script` and `text` show.
"""
