"""The whole migration on a copy: there and back and there again, before it is done for real.

`trial` is all of it: `clone` copies the live database, `course` runs the stages on the copy and
compares `moment`s. `checklist` says what that proves and what it does not; `document`, `markdown`
and `html` write it down. proof/ runs a plan, instead of phases, on such a copy; for that nothing is
imported here, since what runs phases takes half a second to load.
"""
