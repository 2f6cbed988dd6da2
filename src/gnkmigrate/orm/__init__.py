"""What an application's object-relational mapper is told about the target, one folder a mapper."""
