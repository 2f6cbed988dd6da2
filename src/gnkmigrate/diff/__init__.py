"""Facts against facts: what changed, with no code for any one kind.

`matching` says which fact of the source is which of the target, with the help of `renames`;
`wording` compares texts that name renamed things; `compare` makes the changes.
"""
