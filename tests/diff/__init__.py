"""Facts against facts."""
