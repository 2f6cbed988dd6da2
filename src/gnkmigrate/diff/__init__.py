"""Facts against facts: what changed, with no code for any one kind.

`matching` finds which fact of the source is which of the target (a `correspondence`), with the
help of `renames` and `wording`; `compare` makes the changes, `text` and `document` show them.
"""
