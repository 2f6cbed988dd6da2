"""What phases do to a project's queries."""
