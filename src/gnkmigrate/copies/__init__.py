"""A copy of the live database on a throwaway server: all of it, or a sample, with what it takes."""
