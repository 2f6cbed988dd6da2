"""What a check of revisions, or of other migrations, has come to."""
