"""Facts against facts: what changed, with no code for any one kind.

`change` is the result's grain; `compare` makes the changes; `renames` finds what merely moved.
"""
