"""Rehearsals on copies of MineGNK's database."""
