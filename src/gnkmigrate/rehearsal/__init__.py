"""The whole migration on a copy: there and back and there again, before it is done for real.

`trial` is all of it: copies/ copies the live database, `course` runs the stages on the copy.
`checklist` says what that proves and what it does not; render/rehearsal/ writes it down.
"""
