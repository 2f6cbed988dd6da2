"""SQLAlchemy: models of the target."""
