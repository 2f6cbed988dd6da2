"""What pytest offers to projects, tried on the example and on projects with mistakes."""
