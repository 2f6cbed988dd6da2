"""What a rehearsal has come to."""
