"""What the project's queries cost before the phases and after them, measured."""
