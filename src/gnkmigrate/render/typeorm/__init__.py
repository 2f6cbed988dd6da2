"""What separates the entities of a team from the target."""
