"""Backups and restores, with PostgreSQL's own programs and on real servers."""
