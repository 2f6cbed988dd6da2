"""What is claimed of a database, proven by somebody else.

The observers share no code with what makes a plan: `dump` and `schema` ask pg_dump, `rows` has
every row and value, `numbers` the next key of every sequence, `answers` every view and function,
`files` the tables that were written anew. `witness` is all of them before and after; `prove` runs
a plan on a copy between the two.
"""
