"""Checks of revisions, of MineGNK's and of small projects' own."""
