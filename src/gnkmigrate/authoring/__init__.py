"""Revisions written from what still separates a database from its target."""
