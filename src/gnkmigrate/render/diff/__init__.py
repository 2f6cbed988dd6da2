"""What separates two schemas."""
