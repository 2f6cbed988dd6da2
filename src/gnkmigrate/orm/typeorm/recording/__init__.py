"""What a phase does, as SQL: written down while it runs on a throwaway server.

`upgrade --sql` is for reading: much of a phase is decided while it runs. So it runs, once on the
baseline without rows and once with some, each phase in one transaction. What it sends is kept as
far as it changes something (`session`, `statements`), and is plain SQL where both runs sent the
same (`course`). Then it is tried by itself (`replay`).
"""
